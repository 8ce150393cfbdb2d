import type { Value } from '../value.ts';
import { elementAt } from './container.ts';
import { containerOf } from './linux-containers.ts';
import { ofParts, type Renderer, type Rendering } from './rendering.ts';

/** Nodes that are followed: a damaged list may go round for ever. */
const MOST_NODES = 10_000;

/** Linux's `struct list_head`, a ring: its elements where they are known, else its nodes. */
export const listHead: Renderer = (head, types) => follow(head, head.memberNamed('next'), head.address, types);

/** `struct hlist_head`, which ends with a null pointer. */
export const hashList: Renderer = (head, types) => follow(head, head.memberNamed('first'), 0n, types);

function follow(
  head: Value,
  first: Value | undefined,
  end: bigint | undefined,
  types: Parameters<Renderer>[1],
): Rendering | undefined {
  if (first === undefined || end === undefined) return undefined;
  const container = containerOf(head, types);
  const elements: Value[] = [];
  const seen = new Set<bigint>();
  let next: Value | undefined = first;
  for (;;) {
    const contents: ReturnType<Value['read']> | undefined = next?.read();
    const address: bigint | undefined = contents?.kind === 'bits' ? contents.value : undefined;
    if (address === end) return ofParts(summary(elements.length, container?.name), elements);
    const [node]: readonly Value[] = next?.pointee() ?? [];
    const isBroken = address === undefined || node === undefined || seen.has(address) || seen.size >= MOST_NODES;
    if (isBroken) {
      // What has never been made a list is two null pointers.
      if (elements.length === 0 && address === 0n) return ofParts('not initialized', []);
      return ofParts(`${summary(elements.length, container?.name)}, then broken`, elements);
    }
    seen.add(address);
    elements.push(elementAt(elements.length, address, node, container));
    next = node.memberNamed('next');
  }
}

function summary(count: number, name: string | undefined): string {
  if (count === 0) return 'empty';
  return name === undefined ? `${count} ${count === 1 ? 'node' : 'nodes'}` : `${count} ${name}`;
}
