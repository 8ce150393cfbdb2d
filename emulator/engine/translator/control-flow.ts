/**
 * The shape of a control-flow graph: what structured code must know of it. Nodes are numbers, the first is the entry.
 * A graph is reducible when every way into a loop leads through its header, which dominates the loop; edges that spoil
 * this are cut.
 */
export interface ControlFlow {
  /** The nodes that can be reached, in reverse postorder: a node before those that it dominates. */
  readonly order: readonly number[];
  /** Position of a node in `order`. */
  position(node: number): number;
  /** True for an edge that goes into a loop elsewhere than at its header. */
  isCut(from: number, to: number): boolean;
  /** The nodes that `node` dominates immediately, in the order of `order`. */
  dominated(node: number): readonly number[];
  /** True when an edge leads back to the node. */
  isLoopHeader(node: number): boolean;
  /** True when more than one edge leads forward to the node. */
  isMerge(node: number): boolean;
}

export function findControlFlow(successors: readonly (readonly number[])[]): ControlFlow {
  const cut = new Set<number>();
  const key = (from: number, to: number): number => from * successors.length + to;
  for (;;) {
    const edges = successors.map((targets, from) => targets.filter((to) => !cut.has(key(from, to))));
    const order = reversePostorder(edges);
    const dominators = new Dominators(order, edges);
    const before = cut.size;
    for (const from of order) {
      for (const to of edges[from] ?? []) {
        if (dominators.position(to) <= dominators.position(from) && !dominators.dominates(to, from)) {
          cut.add(key(from, to));
        }
      }
    }
    if (cut.size === before) return describe(order, edges, dominators, (from, to) => cut.has(key(from, to)));
  }
}

function describe(
  order: readonly number[],
  edges: readonly (readonly number[])[],
  dominators: Dominators,
  isCut: (from: number, to: number) => boolean,
): ControlFlow {
  const headers = new Set<number>();
  const forward = new Map<number, number>();
  const children = new Map<number, number[]>();
  for (const from of order) {
    for (const to of edges[from] ?? []) {
      if (dominators.position(to) <= dominators.position(from)) headers.add(to);
      else forward.set(to, (forward.get(to) ?? 0) + 1);
    }
    const parent = dominators.immediate(from);
    if (parent !== from) children.set(parent, [...(children.get(parent) ?? []), from]);
  }
  return {
    order,
    position: (node) => dominators.position(node),
    isCut,
    dominated: (node) => children.get(node) ?? [],
    isLoopHeader: (node) => headers.has(node),
    isMerge: (node) => (forward.get(node) ?? 0) > 1,
  };
}

function reversePostorder(edges: readonly (readonly number[])[]): number[] {
  const seen = new Set<number>([0]);
  const postorder: number[] = [];
  // A stack of our own: a region may be deeper than a call stack likes.
  const stack = [{ node: 0, next: 0 }];
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const target = edges[top.node]?.[top.next++];
    if (target === undefined) {
      postorder.push(top.node);
      stack.pop();
    } else if (!seen.has(target)) {
      seen.add(target);
      stack.push({ node: target, next: 0 });
    }
  }
  return postorder.reverse();
}

/** Immediate dominators, found by intersecting the dominators of predecessors until nothing changes. */
class Dominators {
  readonly #positions: ReadonlyMap<number, number>;
  readonly #order: readonly number[];
  /** By position: the position of the immediate dominator. */
  readonly #immediate: number[] = [0];

  constructor(order: readonly number[], edges: readonly (readonly number[])[]) {
    this.#order = order;
    this.#positions = new Map(order.map((node, position) => [node, position]));
    const predecessors: number[][] = order.map(() => []);
    order.forEach((from, position) => {
      for (const to of edges[from] ?? []) predecessors[this.position(to)]?.push(position);
    });
    for (let changed = true; changed;) {
      changed = false;
      for (let position = 1; position < order.length; position++) {
        let dominator: number | undefined;
        for (const predecessor of predecessors[position] ?? []) {
          if (this.#immediate[predecessor] === undefined) continue;
          dominator = dominator === undefined ? predecessor : this.#common(dominator, predecessor);
        }
        if (dominator !== undefined && this.#immediate[position] !== dominator) {
          this.#immediate[position] = dominator;
          changed = true;
        }
      }
    }
  }

  position(node: number): number {
    const position = this.#positions.get(node);
    if (position === undefined) throw new RangeError(`node ${node} cannot be reached`);
    return position;
  }

  /** The entry is its own. */
  immediate(node: number): number {
    return this.#order[this.#parent(this.position(node))] ?? 0;
  }

  dominates(dominator: number, node: number): boolean {
    const wanted = this.position(dominator);
    let position = this.position(node);
    while (position > wanted) position = this.#parent(position);
    return position === wanted;
  }

  #common(a: number, b: number): number {
    while (a !== b) {
      if (a > b) a = this.#parent(a);
      else b = this.#parent(b);
    }
    return a;
  }

  #parent(position: number): number {
    return this.#immediate[position] ?? 0;
  }
}
