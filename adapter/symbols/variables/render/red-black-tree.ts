import type { Value } from '../value.ts';
import { elementAt } from './container.ts';
import { containerOf } from './linux-containers.ts';
import { ofParts, type Renderer } from './rendering.ts';

const MOST_NODES = 10_000;
/** Of a tree of 2^64 nodes. */
const DEEPEST = 128;

/** Linux's `struct rb_root` and `rb_root_cached`: their elements in order where they are known, else their nodes. */
export const redBlackTree: Renderer = (root, types) => {
  const top = root.memberNamed('rb_node') ?? root.memberNamed('rb_root')?.memberNamed('rb_node');
  if (top === undefined) return undefined;
  const container = containerOf(root, types);
  const elements: Value[] = [];
  /** False where the tree is broken, or larger than anyone looks through. */
  const visit = (pointer: Value | undefined, depth: number): boolean => {
    const contents = pointer?.read();
    if (contents?.kind !== 'bits' || depth > DEEPEST || elements.length >= MOST_NODES) return false;
    if (contents.value === 0n) return true;
    const [node] = pointer?.pointee() ?? [];
    if (node === undefined || !visit(node.memberNamed('rb_left'), depth + 1)) return false;
    elements.push(elementAt(elements.length, contents.value, node, container));
    return visit(node.memberNamed('rb_right'), depth + 1);
  };
  const isBroken = !visit(top, 0);
  const count = elements.length;
  const text = count === 0 ? 'empty' : `${count} ${container?.name ?? (count === 1 ? 'node' : 'nodes')}`;
  return ofParts(isBroken ? `${text}, then broken` : text, elements);
};
