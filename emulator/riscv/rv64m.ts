/** M, integer multiplication and division (The RISC-V Instruction Set Manual, Volume I, ch. "M"). */
import { define, defineExtension } from './define.ts';
import { byFunct7, opcode } from './encoding.ts';
import { binary, binaryWord } from './semantics.ts';
import type { Binary } from './semantics.ts';

const MULDIV = 0x01;

/** On the low 32 bits of both, sign-extended. A quotient of 2^31 overflows to -2^31 when it is sign-extended again. */
const signedWord =
  (f: Binary): Binary =>
  (emit, a, b) =>
    f(emit, emit.signExtend(a, 32), emit.signExtend(b, 32));
/** On the low 32 bits of both, zero-extended. */
const unsignedWord =
  (f: Binary): Binary =>
  (emit, a, b) =>
    f(emit, emit.zeroExtend(a, 32), emit.zeroExtend(b, 32));

export const rv64m = defineExtension('M', [
  define(
    'mul',
    byFunct7('R', opcode.op, 0, MULDIV),
    'Multiplies; the low 64 bits.',
    binary((emit, a, b) => emit.mul(a, b)),
  ),
  define(
    'mulh',
    byFunct7('R', opcode.op, 1, MULDIV),
    'Multiplies, both signed; the high 64 bits.',
    binary((emit, a, b) => emit.mulHigh(a, b, 'ss')),
  ),
  define(
    'mulhsu',
    byFunct7('R', opcode.op, 2, MULDIV),
    'Multiplies signed rs1 by unsigned rs2; the high 64 bits.',
    binary((emit, a, b) => emit.mulHigh(a, b, 'su')),
  ),
  define(
    'mulhu',
    byFunct7('R', opcode.op, 3, MULDIV),
    'Multiplies, both unsigned; the high 64 bits.',
    binary((emit, a, b) => emit.mulHigh(a, b, 'uu')),
  ),
  define(
    'div',
    byFunct7('R', opcode.op, 4, MULDIV),
    'Divides, signed, towards zero; by zero gives -1.',
    binary((emit, a, b) => emit.divS(a, b)),
  ),
  define(
    'divu',
    byFunct7('R', opcode.op, 5, MULDIV),
    'Divides, unsigned; by zero gives all ones.',
    binary((emit, a, b) => emit.divU(a, b)),
  ),
  define(
    'rem',
    byFunct7('R', opcode.op, 6, MULDIV),
    'Remainder, signed, with the sign of rs1; by zero gives rs1.',
    binary((emit, a, b) => emit.remS(a, b)),
  ),
  define(
    'remu',
    byFunct7('R', opcode.op, 7, MULDIV),
    'Remainder, unsigned; by zero gives rs1.',
    binary((emit, a, b) => emit.remU(a, b)),
  ),
  define(
    'mulw',
    byFunct7('R', opcode.op32, 0, MULDIV),
    'Multiplies the low 32 bits; the low 32 bits of the product, sign-extended.',
    binaryWord((emit, a, b) => emit.mul(a, b)),
  ),
  define(
    'divw',
    byFunct7('R', opcode.op32, 4, MULDIV),
    'Divides the low 32 bits, signed; by zero gives -1.',
    binaryWord(signedWord((emit, a, b) => emit.divS(a, b))),
  ),
  define(
    'divuw',
    byFunct7('R', opcode.op32, 5, MULDIV),
    'Divides the low 32 bits, unsigned; the result is sign-extended; by zero gives all ones.',
    binaryWord(unsignedWord((emit, a, b) => emit.divU(a, b))),
  ),
  define(
    'remw',
    byFunct7('R', opcode.op32, 6, MULDIV),
    'Remainder of the low 32 bits, signed; by zero gives rs1, sign-extended from 32 bits.',
    binaryWord(signedWord((emit, a, b) => emit.remS(a, b))),
  ),
  define(
    'remuw',
    byFunct7('R', opcode.op32, 7, MULDIV),
    'Remainder of the low 32 bits, unsigned; the result is sign-extended; by zero gives rs1.',
    binaryWord(unsignedWord((emit, a, b) => emit.remU(a, b))),
  ),
]);
