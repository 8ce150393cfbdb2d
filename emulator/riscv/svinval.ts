/** Svinval, fine-grained address-translation cache invalidation (The RISC-V Instruction Set Manual, Volume II). */
import { define, defineExtension } from './define.ts';
import { addressFence, privileged as encode } from './encoding.ts';

export const svinval = defineExtension('Svinval', [
  define(
    'sinval.vma',
    addressFence(0x0b),
    'Invalidates translations, of address rs1 and address space rs2 if not x0, between the two fences below.',
    (emit) => {
      emit.system('sinval');
    },
  ),
  define('sfence.w.inval', encode(0x180), 'Orders earlier page-table stores before later sinval.vma.', (emit) => {
    emit.system('sfence.order');
  }),
  define('sfence.inval.ir', encode(0x181), 'Orders earlier sinval.vma before later translations.', (emit) => {
    emit.system('sfence.order');
  }),
]);
