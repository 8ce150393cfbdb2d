import type { PlacedInstruction } from './region.ts';

/**
 * Accesses of a block whose addresses differ by constants: they share one look into the TLB. Within a region nothing
 * changes the TLB, so what the first of them found holds for all.
 */
export interface AccessGroup {
  /** Number of the integer register that all addresses are relative to; it is not written between the accesses. */
  readonly base: number;
  /** Displacements of the first byte of all, and of the byte after the last one. */
  readonly low: number;
  readonly high: number;
  /** One of them is a store: all use the write permission, which includes reading. */
  readonly write: boolean;
}

/** A group whose bytes lie in two pages leaves the region at every turn: the wider it is, the likelier. */
const MOST_BYTES = 128;

/** For each instruction of a block the group its access belongs to. */
export function groupAccesses(instructions: readonly PlacedInstruction[]): readonly (AccessGroup | undefined)[] {
  const groups: (AccessGroup | undefined)[] = [];
  const open = new Map<number, { base: number; low: number; high: number; write: boolean }>();
  for (const { facts } of instructions) {
    const { access } = facts;
    if (access) {
      const { base, displacement, width } = access;
      const found = open.get(base);
      const low = Math.min(found?.low ?? displacement, displacement);
      const high = Math.max(found?.high ?? displacement, displacement + width);
      if (found && high - low <= MOST_BYTES) {
        found.low = low;
        found.high = high;
        found.write ||= access.kind === 'store';
        groups.push(found);
      } else {
        const group = { base, low: displacement, high: displacement + width, write: access.kind === 'store' };
        open.set(base, group);
        groups.push(group);
      }
    } else groups.push(undefined);
    for (const base of open.keys()) if (facts.writesX & (1 << base)) open.delete(base);
  }
  return groups;
}
