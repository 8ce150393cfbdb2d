import { plainText, type Renderer } from './rendering.ts';

/**
 * Linux's spinlocks on RISC-V, which are tickets: the lock is free when the ticket that is served, in the lower half of the word,
 * is the next to be given out, in the upper half. On a kernel for one hart they are empty.
 */
export const spinlock: Renderer = (value) => {
  const lock = value.memberNamed('raw_lock') ?? value.memberNamed('rlock')?.memberNamed('raw_lock');
  const word = lock?.memberNamed('counter') ?? lock?.memberNamed('val')?.memberNamed('counter');
  const contents = word?.read();
  if (contents?.kind !== 'bits') return undefined;
  const served = contents.value & 0xffffn;
  const next = (contents.value >> 16n) & 0xffffn;
  const waiting = BigInt.asUintN(16, next - served);
  return plainText(waiting === 0n ? 'unlocked' : waiting === 1n ? 'locked' : `locked, ${waiting - 1n} waiting`);
};
