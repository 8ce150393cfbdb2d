/** Zicond, integer conditional operations (The RISC-V Instruction Set Manual, Volume I, ch. "Zicond"). */
import { define, defineExtension } from './define.ts';
import { byFunct7, opcode } from './encoding.ts';
import { binary } from './semantics.ts';
import type { Comparison, Semantics } from './semantics.ts';

/** 0 if rs2 compares so with zero, else rs1. */
const zeroIf = (comparison: Comparison): Semantics =>
  binary((emit, a, b) => emit.select(comparison(emit, b, emit.constant(0)), emit.constant(0), a));

export const zicond = defineExtension('Zicond', [
  define(
    'czero.eqz',
    byFunct7('R', opcode.op, 5, 0x07),
    '0 if rs2 is zero, else rs1.',
    zeroIf((emit, a, b) => emit.eq(a, b)),
  ),
  define(
    'czero.nez',
    byFunct7('R', opcode.op, 7, 0x07),
    '0 if rs2 is not zero, else rs1.',
    zeroIf((emit, a, b) => emit.ne(a, b)),
  ),
]);
