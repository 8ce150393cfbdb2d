import { GuestError } from '../guest-error.ts';
import { KernelObject, type KernelView } from '../kernel-object.ts';

/**
 * Maple trees (include/linux/maple_tree.h): ranges of indices, each with an entry, in nodes whose pointer carries their type.
 */

/** enum maple_type. */
const NODE_TYPES: Readonly<Record<number, { readonly member: string; readonly isLeaf: boolean }>> = {
  1: { member: 'mr64', isLeaf: true },
  2: { member: 'mr64', isLeaf: false },
  3: { member: 'ma64', isLeaf: false },
};
const NODE_MASK = ~0xffn;
const HIGHEST = (1n << 64n) - 1n;
/** No tree is deeper than this; one that is being written to may be. */
const DEEPEST = 16;

/** The entries of a tree that are pointers, by ascending index. */
export function mapleEntries(kernel: KernelView, tree: KernelObject): readonly bigint[] {
  const entries: bigint[] = [];
  const visit = (encoded: bigint, last: bigint, first: bigint, depth: number): void => {
    const type = NODE_TYPES[Number((encoded >> 3n) & 0xfn)];
    if (type === undefined || depth > DEEPEST) throw new GuestError('The tree of mappings is being changed just now.');
    const node = KernelObject.at(kernel, 'maple_node', encoded & NODE_MASK).member(type.member);
    const pivots = node.member('pivot');
    const slots = node.member('slot');
    let low = first;
    for (let index = 0; index < slots.count; index++) {
      const pivot = index < pivots.count ? pivots.element(index).unsigned() : last;
      // A node that is not full ends with a pivot of zero; what lies behind it is no slot.
      const high = index > 0 && pivot === 0n ? last : pivot;
      const slot = slots.element(index).unsigned();
      if (type.isLeaf) {
        if (isPointer(slot)) entries.push(slot);
      } else if (slot !== 0n) {
        visit(slot, high, low, depth + 1);
      }
      if (high >= last) return;
      low = high + 1n;
    }
  };
  const root = tree.member('ma_root').unsigned();
  if (isNode(root)) visit(root, HIGHEST, 0n, 0);
  else if (isPointer(root)) entries.push(root);
  return entries;
}

/** Entries whose two lowest bits are 10 are the tree's own: nodes, and small numbers that stand for states. */
function isNode(entry: bigint): boolean {
  return (entry & 3n) === 2n && entry > 4096n;
}

function isPointer(entry: bigint): boolean {
  return entry !== 0n && (entry & 3n) === 0n;
}
