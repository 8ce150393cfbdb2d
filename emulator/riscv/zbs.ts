/** Zbs, single-bit instructions (The RISC-V Instruction Set Manual, Volume I, ch. "B"). */
import { define, defineExtension } from './define.ts';
import type { Emitter, I64 } from './emitter.ts';
import { byFunct6, byFunct7, opcode } from './encoding.ts';
import { binary, binaryImmediate } from './semantics.ts';
import type { Binary } from './semantics.ts';

/** A one at the bit that the low six bits of `index` name. */
const bit = (emit: Emitter, index: I64): I64 => emit.shl(emit.constant(1), index);

const clear: Binary = (emit, a, index) => emit.and(a, emit.not(bit(emit, index)));
const extract: Binary = (emit, a, index) => emit.and(emit.shrU(a, index), emit.constant(1));
const invert: Binary = (emit, a, index) => emit.xor(a, bit(emit, index));
const set: Binary = (emit, a, index) => emit.or(a, bit(emit, index));

export const zbs = defineExtension('Zbs', [
  define('bclr', byFunct7('R', opcode.op, 1, 0x24), 'Clears the bit that rs2 names.', binary(clear)),
  define('bclri', byFunct6('shift6', opcode.opImm, 1, 0x12), 'Clears the named bit.', binaryImmediate(clear)),
  define('bext', byFunct7('R', opcode.op, 5, 0x24), 'Reads the bit that rs2 names: 0 or 1.', binary(extract)),
  define('bexti', byFunct6('shift6', opcode.opImm, 5, 0x12), 'Reads the named bit: 0 or 1.', binaryImmediate(extract)),
  define('binv', byFunct7('R', opcode.op, 1, 0x34), 'Inverts the bit that rs2 names.', binary(invert)),
  define('binvi', byFunct6('shift6', opcode.opImm, 1, 0x1a), 'Inverts the named bit.', binaryImmediate(invert)),
  define('bset', byFunct7('R', opcode.op, 1, 0x14), 'Sets the bit that rs2 names.', binary(set)),
  define('bseti', byFunct6('shift6', opcode.opImm, 1, 0x0a), 'Sets the named bit.', binaryImmediate(set)),
]);
