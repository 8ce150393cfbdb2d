/** Zihintpause, the pause hint (The RISC-V Instruction Set Manual, Volume I, ch. "Zihintpause"). */
import { define, defineExtension } from './define.ts';
import { exactly } from './encoding.ts';
import { nothing } from './semantics.ts';

export const zihintpause = defineExtension('Zihintpause', [
  define('pause', exactly(0x0100000f), 'Hints that a loop waits: a fence of nothing after writes.', nothing),
]);
