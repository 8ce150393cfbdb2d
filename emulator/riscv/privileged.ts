/** Instructions of the privileged architecture (The RISC-V Instruction Set Manual, Volume II). */
import { define, defineExtension } from './define.ts';
import { addressFence, privileged as encode } from './encoding.ts';

export const privileged = defineExtension('privileged', [
  define('sret', encode(0x102), 'Returns from a trap taken in supervisor mode.', (emit) => {
    emit.system('sret');
  }),
  define('mret', encode(0x302), 'Returns from a trap taken in machine mode.', (emit) => {
    emit.system('mret');
  }),
  define('wfi', encode(0x105), 'Waits until an interrupt is pending.', (emit) => {
    emit.system('wfi');
  }),
  define(
    'sfence.vma',
    addressFence(0x09),
    'Orders page-table stores before later translations, of address rs1 and address space rs2 if not x0.',
    (emit) => {
      emit.system('sfence.vma');
    },
  ),
]);
