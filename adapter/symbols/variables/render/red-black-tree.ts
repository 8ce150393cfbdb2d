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
  let isBroken = false;
  const visit = (pointer: Value | undefined, depth: number): void => {
    const contents = pointer?.read();
    if (contents?.kind !== 'bits' || depth > DEEPEST || elements.length >= MOST_NODES) {
      isBroken = true;
      return;
    }
    if (contents.value === 0n) return;
    const [node] = pointer?.pointee() ?? [];
    visit(node?.memberNamed('rb_left'), depth + 1);
    if (isBroken || node === undefined) return;
    elements.push(elementAt(elements.length, contents.value, node, container));
    visit(node.memberNamed('rb_right'), depth + 1);
  };
  visit(top, 0);
  const count = elements.length;
  const text = count === 0 ? 'empty' : `${count} ${container?.name ?? (count === 1 ? 'node' : 'nodes')}`;
  return ofParts(isBroken ? `${text}, then broken` : text, elements);
};
