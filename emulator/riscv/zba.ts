/** Zba, address generation (The RISC-V Instruction Set Manual, Volume I, ch. "B"). */
import { define, defineExtension } from './define.ts';
import { byFunct6, byFunct7, opcode } from './encoding.ts';
import { binary, binaryImmediate } from './semantics.ts';
import type { Semantics } from './semantics.ts';

const shiftAndAdd = (amount: number): Semantics =>
  binary((emit, a, b) => emit.add(emit.shl(a, emit.constant(amount)), b));

const shiftAndAddUnsignedWord = (amount: number): Semantics =>
  binary((emit, a, b) => emit.add(emit.shl(emit.zeroExtend(a, 32), emit.constant(amount)), b));

export const zba = defineExtension('Zba', [
  define('sh1add', byFunct7('R', opcode.op, 2, 0x10), 'rs2 + rs1 * 2.', shiftAndAdd(1)),
  define('sh2add', byFunct7('R', opcode.op, 4, 0x10), 'rs2 + rs1 * 4.', shiftAndAdd(2)),
  define('sh3add', byFunct7('R', opcode.op, 6, 0x10), 'rs2 + rs1 * 8.', shiftAndAdd(3)),
  define(
    'add.uw',
    byFunct7('R', opcode.op32, 0, 0x04),
    'rs2 + the low 32 bits of rs1, zero-extended.',
    shiftAndAddUnsignedWord(0),
  ),
  define(
    'sh1add.uw',
    byFunct7('R', opcode.op32, 2, 0x10),
    'rs2 + the low 32 bits of rs1, zero-extended, * 2.',
    shiftAndAddUnsignedWord(1),
  ),
  define(
    'sh2add.uw',
    byFunct7('R', opcode.op32, 4, 0x10),
    'rs2 + the low 32 bits of rs1, zero-extended, * 4.',
    shiftAndAddUnsignedWord(2),
  ),
  define(
    'sh3add.uw',
    byFunct7('R', opcode.op32, 6, 0x10),
    'rs2 + the low 32 bits of rs1, zero-extended, * 8.',
    shiftAndAddUnsignedWord(3),
  ),
  define(
    'slli.uw',
    byFunct6('shift6', opcode.opImm32, 1, 0x02),
    'Shifts the low 32 bits, zero-extended, left.',
    binaryImmediate((emit, a, b) => emit.shl(emit.zeroExtend(a, 32), b)),
  ),
]);
