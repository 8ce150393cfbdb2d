import type { PageId, PageStore } from './page-store.ts';

/**
 * The pages of one space at one moment: a persistent radix tree. A new tree made from an old one shares every subtree
 * in which nothing changed; comparing two trees skips what they share.
 */

const BITS = 6;
const FANOUT = 1 << BITS;

class Leaf {
  /** Trees and inner nodes that hold this one. */
  references = 1;
  readonly pages: Uint32Array;

  constructor(pages: Uint32Array) {
    this.pages = pages;
  }
}

class Inner {
  references = 1;
  readonly children: readonly (Node | undefined)[];

  constructor(children: readonly (Node | undefined)[]) {
    this.children = children;
  }
}

/** Undefined stands for a subtree of zeros. */
type Node = Leaf | Inner;

/** A page's new content. The tree takes over the reference. */
export interface PageChange {
  readonly index: number;
  readonly page: PageId;
}

export class PageTree {
  readonly #store: PageStore;
  readonly #root: Node | undefined;
  /** Levels of inner nodes above the leaves. */
  readonly #height: number;
  readonly pageCount: number;

  private constructor(store: PageStore, pageCount: number, height: number, root: Node | undefined) {
    this.#store = store;
    this.pageCount = pageCount;
    this.#height = height;
    this.#root = root;
  }

  /** A space of zeros. */
  static zeros(store: PageStore, pageCount: number): PageTree {
    let height = 0;
    while (pageCount > FANOUT ** (height + 1)) height++;
    return new PageTree(store, pageCount, height, undefined);
  }

  /** This tree with pages replaced; indices ascend. The new tree is the caller's to release. */
  with(changes: readonly PageChange[]): PageTree {
    const root = this.#replace(this.#root, this.#height, 0, changes, 0, changes.length);
    return new PageTree(this.#store, this.pageCount, this.#height, root);
  }

  /** One more holder of the same tree. */
  retain(): this {
    if (this.#root !== undefined) this.#root.references++;
    return this;
  }

  /** One holder less; contents that only this tree held are given back. */
  release(): void {
    this.#release(this.#root);
  }

  page(index: number): PageId {
    let node = this.#root;
    for (let level = this.#height; node instanceof Inner; level--) {
      node = node.children[(index >>> (BITS * level)) & (FANOUT - 1)];
    }
    return node?.pages[index & (FANOUT - 1)] ?? 0;
  }

  /** Visits, in ascending order, every page whose id differs in `other`: a tree of the same store and size. */
  difference(other: PageTree, visit: (index: number, mine: PageId, theirs: PageId) => void): void {
    this.#difference(this.#root, other.#root, this.#height, 0, visit);
  }

  #replace(
    node: Node | undefined,
    level: number,
    first: number,
    changes: readonly PageChange[],
    from: number,
    to: number,
  ): Node | undefined {
    if (from === to) {
      if (node !== undefined) node.references++;
      return node;
    }
    if (level === 0) return this.#replaceLeaf(node, first, changes, from, to);
    const span = FANOUT ** level;
    const old = node instanceof Inner ? node.children : undefined;
    const children: (Node | undefined)[] = new Array<Node | undefined>(FANOUT);
    let at = from;
    for (let child = 0; child < FANOUT; child++) {
      const start = first + child * span;
      const begin = at;
      while (at < to && (changes[at]?.index ?? Infinity) < start + span) at++;
      children[child] = this.#replace(old?.[child], level - 1, start, changes, begin, at);
    }
    return new Inner(children);
  }

  #replaceLeaf(node: Node | undefined, first: number, changes: readonly PageChange[], from: number, to: number): Leaf {
    const pages = node instanceof Leaf ? node.pages.slice() : new Uint32Array(FANOUT);
    const kept = pages.slice();
    for (let at = from; at < to; at++) {
      const change = changes[at];
      if (change === undefined || change.index >= this.pageCount) throw new RangeError('A page outside its space.');
      pages[change.index - first] = change.page;
      kept[change.index - first] = 0;
    }
    for (const page of kept) this.#store.retain(page);
    return new Leaf(pages);
  }

  #release(node: Node | undefined): void {
    if (node === undefined || --node.references > 0) return;
    if (node instanceof Leaf) for (const page of node.pages) this.#store.release(page);
    else for (const child of node.children) this.#release(child);
  }

  #difference(
    mine: Node | undefined,
    theirs: Node | undefined,
    level: number,
    first: number,
    visit: (index: number, mine: PageId, theirs: PageId) => void,
  ): void {
    if (mine === theirs) return;
    if (level > 0) {
      const span = FANOUT ** level;
      for (let child = 0; child < FANOUT; child++) {
        const left = mine instanceof Inner ? mine.children[child] : undefined;
        const right = theirs instanceof Inner ? theirs.children[child] : undefined;
        this.#difference(left, right, level - 1, first + child * span, visit);
      }
      return;
    }
    for (let page = 0; page < FANOUT; page++) {
      const left = mine instanceof Leaf ? (mine.pages[page] ?? 0) : 0;
      const right = theirs instanceof Leaf ? (theirs.pages[page] ?? 0) : 0;
      if (left !== right) visit(first + page, left, right);
    }
  }
}
