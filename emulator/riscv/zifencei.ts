/** Zifencei, instruction-fetch fence (The RISC-V Instruction Set Manual, Volume I, ch. "Zifencei"). */
import { define, defineExtension } from './define.ts';
import { byFunct3, opcode } from './encoding.ts';

export const zifencei = defineExtension('Zifencei', [
  // Its immediate, rs1 and rd are reserved for finer fences; implementations ignore them.
  define(
    'fence.i',
    byFunct3('none', opcode.miscMem, 1),
    'Makes earlier stores visible to instruction fetch.',
    (emit) => {
      emit.system('fence.i');
    },
  ),
]);
