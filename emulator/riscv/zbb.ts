/** Zbb, basic bit manipulation (The RISC-V Instruction Set Manual, Volume I, ch. "B"). */
import { define, defineExtension } from './define.ts';
import type { Emitter, I64 } from './emitter.ts';
import { byFunct12, byFunct6, byFunct7, opcode } from './encoding.ts';
import { binary, binaryImmediate, binaryImmediateWord, binaryWord, unary, wordAmount } from './semantics.ts';
import type { Binary, Comparison, Semantics, Unary } from './semantics.ts';

const EVERY_BYTE = 0x0101010101010101n;
const LOW_BYTES = 0x00ff00ff00ff00ffn;
const LOW_HALVES = 0x0000ffff0000ffffn;

/** The first operand if the comparison holds, else the second. */
const choose = (comparison: Comparison): Semantics =>
  binary((emit, a, b) => {
    const first = emit.bind(a);
    const second = emit.bind(b);
    return emit.select(comparison(emit, first, second), first, second);
  });

/** The low 32 bits twice over: rotating that by up to 31 rotates the low word within itself. */
const doubledWord = (emit: Emitter, value: I64): I64 => {
  const word = emit.bind(emit.zeroExtend(value, 32));
  return emit.or(word, emit.shl(word, emit.constant(32)));
};

const rotateLeftWord: Binary = (emit, a, amount) => emit.rotl(doubledWord(emit, a), wordAmount(emit, amount));
const rotateRightWord: Binary = (emit, a, amount) => emit.rotr(doubledWord(emit, a), wordAmount(emit, amount));

/** Adding 0x7f to the low seven bits of a byte carries into its top bit unless they are zero; no byte overflows. */
const orCombineBytes: Unary = (emit, a) => {
  const value = emit.bind(a);
  const lowBits = emit.constant(EVERY_BYTE * 0x7fn);
  const carried = emit.add(emit.and(value, lowBits), lowBits);
  const topBits = emit.and(emit.or(carried, value), emit.constant(EVERY_BYTE * 0x80n));
  return emit.mul(emit.shrU(topBits, emit.constant(7)), emit.constant(0xff));
};

/** Exchanges neighbouring groups of `width` bits; `mask` has the lower group of each pair. */
const exchange = (emit: Emitter, a: I64, width: number, mask: bigint): I64 => {
  const value = emit.bind(a);
  const amount = emit.constant(width);
  const low = emit.constant(mask);
  return emit.or(emit.and(emit.shrU(value, amount), low), emit.shl(emit.and(value, low), amount));
};

const reverseBytes: Unary = (emit, a) =>
  emit.rotl(exchange(emit, exchange(emit, a, 8, LOW_BYTES), 16, LOW_HALVES), emit.constant(32));

const logical = [
  define(
    'andn',
    byFunct7('R', opcode.op, 7, 0x20),
    'rs1 and the inverse of rs2.',
    binary((emit, a, b) => emit.and(a, emit.not(b))),
  ),
  define(
    'orn',
    byFunct7('R', opcode.op, 6, 0x20),
    'rs1 or the inverse of rs2.',
    binary((emit, a, b) => emit.or(a, emit.not(b))),
  ),
  define(
    'xnor',
    byFunct7('R', opcode.op, 4, 0x20),
    'The inverse of rs1 exclusive or rs2.',
    binary((emit, a, b) => emit.not(emit.xor(a, b))),
  ),
];

const counts = [
  define(
    'clz',
    byFunct12('R-unary', opcode.opImm, 1, 0x600),
    'Counts zeros above the highest one; 64 for zero.',
    unary((emit, a) => emit.clz(a)),
  ),
  define(
    'ctz',
    byFunct12('R-unary', opcode.opImm, 1, 0x601),
    'Counts zeros below the lowest one; 64 for zero.',
    unary((emit, a) => emit.ctz(a)),
  ),
  define(
    'cpop',
    byFunct12('R-unary', opcode.opImm, 1, 0x602),
    'Counts ones.',
    unary((emit, a) => emit.popcnt(a)),
  ),
  define(
    'clzw',
    byFunct12('R-unary', opcode.opImm32, 1, 0x600),
    'Counts zeros above the highest one of the low 32 bits; 32 for zero.',
    unary((emit, a) => emit.sub(emit.clz(emit.zeroExtend(a, 32)), emit.constant(32))),
  ),
  define(
    'ctzw',
    byFunct12('R-unary', opcode.opImm32, 1, 0x601),
    'Counts zeros below the lowest one of the low 32 bits; 32 for zero.',
    unary((emit, a) => emit.ctz(emit.or(a, emit.constant(0x100000000)))),
  ),
  define(
    'cpopw',
    byFunct12('R-unary', opcode.opImm32, 1, 0x602),
    'Counts ones in the low 32 bits.',
    unary((emit, a) => emit.popcnt(emit.zeroExtend(a, 32))),
  ),
];

const extensions = [
  define(
    'sext.b',
    byFunct12('R-unary', opcode.opImm, 1, 0x604),
    'Sign-extends the low byte.',
    unary((emit, a) => emit.signExtend(a, 8)),
  ),
  define(
    'sext.h',
    byFunct12('R-unary', opcode.opImm, 1, 0x605),
    'Sign-extends the low 16 bits.',
    unary((emit, a) => emit.signExtend(a, 16)),
  ),
  define(
    'zext.h',
    byFunct12('R-unary', opcode.op32, 4, 0x080),
    'Zero-extends the low 16 bits.',
    unary((emit, a) => emit.zeroExtend(a, 16)),
  ),
];

const extremes = [
  define(
    'min',
    byFunct7('R', opcode.op, 4, 0x05),
    'The lesser, signed.',
    choose((emit, a, b) => emit.ltS(a, b)),
  ),
  define(
    'minu',
    byFunct7('R', opcode.op, 5, 0x05),
    'The lesser, unsigned.',
    choose((emit, a, b) => emit.ltU(a, b)),
  ),
  define(
    'max',
    byFunct7('R', opcode.op, 6, 0x05),
    'The greater, signed.',
    choose((emit, a, b) => emit.geS(a, b)),
  ),
  define(
    'maxu',
    byFunct7('R', opcode.op, 7, 0x05),
    'The greater, unsigned.',
    choose((emit, a, b) => emit.geU(a, b)),
  ),
];

const rotates = [
  define(
    'rol',
    byFunct7('R', opcode.op, 1, 0x30),
    'Rotates left.',
    binary((emit, a, b) => emit.rotl(a, b)),
  ),
  define(
    'ror',
    byFunct7('R', opcode.op, 5, 0x30),
    'Rotates right.',
    binary((emit, a, b) => emit.rotr(a, b)),
  ),
  define(
    'rori',
    byFunct6('shift6', opcode.opImm, 5, 0x18),
    'Rotates right by an immediate.',
    binaryImmediate((emit, a, b) => emit.rotr(a, b)),
  ),
  define(
    'rolw',
    byFunct7('R', opcode.op32, 1, 0x30),
    'Rotates the low 32 bits left; the result is sign-extended.',
    binaryWord(rotateLeftWord),
  ),
  define(
    'rorw',
    byFunct7('R', opcode.op32, 5, 0x30),
    'Rotates the low 32 bits right; the result is sign-extended.',
    binaryWord(rotateRightWord),
  ),
  define(
    'roriw',
    byFunct7('shift5', opcode.opImm32, 5, 0x30),
    'Rotates the low 32 bits right by an immediate; the result is sign-extended.',
    binaryImmediateWord(rotateRightWord),
  ),
];

const bytes = [
  define(
    'orc.b',
    byFunct12('R-unary', opcode.opImm, 5, 0x287),
    'Sets every byte that is not zero to 0xff.',
    unary(orCombineBytes),
  ),
  define('rev8', byFunct12('R-unary', opcode.opImm, 5, 0x6b8), 'Reverses the order of the bytes.', unary(reverseBytes)),
];

export const zbb = defineExtension('Zbb', [...logical, ...counts, ...extensions, ...extremes, ...rotates, ...bytes]);
