import type { DecodedInstruction } from '../../riscv/instruction.ts';
import { findControlFlow, type ControlFlow } from './control-flow.ts';
import { factsOf, type InstructionFacts } from './instruction-facts.ts';

/**
 * A region is what is translated as one function: the blocks of a page that are reachable from a hot head without
 * following calls. Addresses are offsets in the page, in bytes; those outside [0, 4096) lie in other pages.
 */
export interface Region {
  readonly head: number;
  /** The head's block is the first. */
  readonly blocks: readonly Block[];
  readonly flow: ControlFlow;
  /** Instructions in all blocks. */
  readonly size: number;
}

/** Instructions of which all are carried out when the first one is, unless one leaves the region before it has an effect. */
export interface Block {
  readonly offset: number;
  readonly instructions: readonly PlacedInstruction[];
  readonly end: BlockEnd;
}

export interface PlacedInstruction {
  readonly offset: number;
  readonly decoded: DecodedInstruction;
  readonly facts: InstructionFacts;
}

export type BlockEnd =
  | { readonly kind: 'go'; readonly to: Target }
  /** The last instruction decides. */
  | { readonly kind: 'branch'; readonly taken: Target; readonly otherwise: Target }
  /** The last instruction computes the address. */
  | { readonly kind: 'jump' }
  /** The interpreter goes on with the instruction at `offset`. */
  | { readonly kind: 'interpret'; readonly offset: number };

/** Where control goes: to a block of the region, or out of it. */
export type Target =
  { readonly kind: 'block'; readonly index: number } | { readonly kind: 'exit'; readonly offset: number };

/** A page's instructions, as far as they are worth translating. */
export interface PageCode {
  /** The instruction at an offset; undefined when it was never executed, or must be left to the interpreter. */
  instructionAt(offset: number): DecodedInstruction | undefined;
}

/** Finds the region of a head: at most `limit` instructions, the nearest to the head first. Undefined when it is empty. */
export function findRegion(code: PageCode, head: number, limit: number): Region | undefined {
  const { instructions, leaders } = explore(code, head, limit);
  const first = instructions.get(head);
  if (!first || first.facts.flow.kind === 'interpret') return undefined;
  const blocks = cutIntoBlocks(instructions, leaders, head);
  const flow = findControlFlow(blocks.map(successorsOf));
  return shape(head, blocks, flow);
}

interface Exploration {
  readonly instructions: ReadonlyMap<number, PlacedInstruction>;
  /** Offsets at which a block begins. */
  readonly leaders: ReadonlySet<number>;
}

function explore(code: PageCode, head: number, limit: number): Exploration {
  const instructions = new Map<number, PlacedInstruction>();
  const leaders = new Set<number>([head]);
  const pending = [head];
  for (let offset = pending.shift(); offset !== undefined; offset = pending.shift()) {
    while (!instructions.has(offset) && instructions.size < limit) {
      const decoded = code.instructionAt(offset);
      if (!decoded) break;
      const facts = factsOf(decoded);
      instructions.set(offset, { offset, decoded, facts });
      const next: number = offset + decoded.length;
      const destination = destinationOf(facts, offset);
      if (destination !== undefined) {
        leaders.add(destination);
        pending.push(destination);
      }
      if (facts.flow.kind === 'branch') leaders.add(next);
      if (facts.flow.kind !== 'next' && facts.flow.kind !== 'branch') break;
      offset = next;
    }
  }
  return { instructions, leaders };
}

/** Where a direct jump or branch leads that is no call. */
function destinationOf(facts: InstructionFacts, offset: number): number | undefined {
  const { flow } = facts;
  if (flow.kind === 'branch') return offset + flow.offset;
  return flow.kind === 'jump-relative' && facts.writesX === 0 ? offset + flow.offset : undefined;
}

function cutIntoBlocks(
  instructions: ReadonlyMap<number, PlacedInstruction>,
  leaders: ReadonlySet<number>,
  head: number,
): Block[] {
  const starts = [head, ...[...leaders].filter((offset) => offset !== head && isBlock(instructions.get(offset)))];
  const indices = new Map(starts.map((offset, index) => [offset, index]));
  const target = (offset: number): Target => {
    const index = indices.get(offset);
    return index === undefined ? { kind: 'exit', offset } : { kind: 'block', index };
  };
  return starts.map((start) => {
    const block: PlacedInstruction[] = [];
    for (let offset = start; ;) {
      const placed = instructions.get(offset);
      if (!placed || (offset !== start && leaders.has(offset))) {
        return { offset: start, instructions: block, end: { kind: 'go', to: target(offset) } };
      }
      const { flow } = placed.facts;
      if (flow.kind === 'interpret') return { offset: start, instructions: block, end: { kind: 'interpret', offset } };
      block.push(placed);
      const next = offset + placed.decoded.length;
      switch (flow.kind) {
        case 'next':
          offset = next;
          continue;
        case 'branch':
          return {
            offset: start,
            instructions: block,
            end: { kind: 'branch', taken: target(offset + flow.offset), otherwise: target(next) },
          };
        case 'jump-relative': {
          const destination = offset + flow.offset;
          const to: Target = placed.facts.writesX === 0 ? target(destination) : { kind: 'exit', offset: destination };
          return { offset: start, instructions: block, end: { kind: 'go', to } };
        }
        case 'jump':
          return { offset: start, instructions: block, end: { kind: 'jump' } };
      }
    }
  });
}

/** A block has at least one instruction that is translated. */
function isBlock(placed: PlacedInstruction | undefined): boolean {
  return placed !== undefined && placed.facts.flow.kind !== 'interpret';
}

export function targetsOf(end: BlockEnd): readonly Target[] {
  switch (end.kind) {
    case 'go':
      return [end.to];
    case 'branch':
      return [end.taken, end.otherwise];
    case 'jump':
    case 'interpret':
      return [];
  }
}

function successorsOf(block: Block): number[] {
  return targetsOf(block.end).flatMap((target) => (target.kind === 'block' ? [target.index] : []));
}

/**
 * Keeps the blocks that control reaches by structured ways; an edge into the middle of a loop becomes an exit to the
 * same address, where another region may begin.
 */
function shape(head: number, blocks: readonly Block[], flow: ControlFlow): Region {
  const kept = flow.order;
  const renumbered = new Map(kept.map((old, index) => [old, index]));
  const move = (from: number, target: Target): Target => {
    if (target.kind === 'exit') return target;
    const index = renumbered.get(target.index);
    const to = blocks[target.index];
    if (!to) throw new RangeError('a target outside of the region');
    return index === undefined || flow.isCut(from, target.index)
      ? { kind: 'exit', offset: to.offset }
      : { kind: 'block', index };
  };
  const shaped = kept.map((old): Block => {
    const block = blocks[old];
    if (!block) throw new RangeError('a block outside of the region');
    const { end } = block;
    switch (end.kind) {
      case 'go':
        return { ...block, end: { kind: 'go', to: move(old, end.to) } };
      case 'branch':
        return {
          ...block,
          end: { kind: 'branch', taken: move(old, end.taken), otherwise: move(old, end.otherwise) },
        };
      case 'jump':
      case 'interpret':
        return block;
    }
  });
  return {
    head,
    blocks: shaped,
    flow: findControlFlow(shaped.map(successorsOf)),
    size: shaped.reduce((sum, block) => sum + block.instructions.length, 0),
  };
}
