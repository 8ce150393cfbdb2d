/** Zicbom, Zicboz and Zicbop, cache-block operations (The RISC-V Instruction Set Manual, Volume I, ch. "CMO"). */
import { define, defineExtension } from './define.ts';
import type { CacheBlockOperation } from './emitter.ts';
import { cacheBlock, prefetch } from './encoding.ts';
import { nothing } from './semantics.ts';
import type { Semantics } from './semantics.ts';

const onBlock =
  (operation: CacheBlockOperation): Semantics =>
  (emit, { rs1 }) => {
    emit.cacheBlock(operation, emit.readX(rs1));
  };

export const zicbom = defineExtension('Zicbom', [
  define('cbo.inval', cacheBlock(0), 'Invalidates the cache block that holds the address.', onBlock('inval')),
  define('cbo.clean', cacheBlock(1), 'Writes back the cache block that holds the address.', onBlock('clean')),
  define(
    'cbo.flush',
    cacheBlock(2),
    'Writes back and invalidates the cache block that holds the address.',
    onBlock('flush'),
  ),
]);

export const zicboz = defineExtension('Zicboz', [
  define('cbo.zero', cacheBlock(4), 'Stores zeros to the 64-byte block that holds the address.', onBlock('zero')),
]);

/** Prefetches are hints: they access nothing and raise nothing. */
export const zicbop = defineExtension('Zicbop', [
  define('prefetch.i', prefetch(0), 'Hints that the cache block will be fetched from.', nothing),
  define('prefetch.r', prefetch(1), 'Hints that the cache block will be loaded from.', nothing),
  define('prefetch.w', prefetch(3), 'Hints that the cache block will be stored to.', nothing),
]);
