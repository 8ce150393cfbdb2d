import type { SearchPredicate } from '../../../emulator/machine/predicate.ts';
import type { StopCondition } from '../../../emulator/machine/stop.ts';
import {
  containsAddress,
  type CodePlace,
  type InlinedCalls,
  type LineStart,
  type Program,
  type ProgramFunction,
} from '../program.ts';
import { behind, instructionsOf, type Decode, type PlacedInstruction } from './code.ts';

/** What stepping must know of a function: where its lines begin, where it calls, and where it may leave. */
export interface FunctionPlan {
  readonly function: ProgramFunction;
  /** Where lines begin, by address, without those of the prologue: nobody stops there. */
  readonly starts: ReadonlyMap<bigint, LineStart>;
  readonly calls: ReadonlyMap<bigint, PlacedInstruction>;
  readonly environmentCalls: ReadonlyMap<bigint, PlacedInstruction>;
  /**
   * Instructions other than returns that may leave the function for good: jumps to elsewhere, jumps to a computed address,
   * returns from traps, and the last one, past which assembly may go on under another symbol or none.
   */
  readonly exits: ReadonlyMap<bigint, PlacedInstruction>;
  /** Instructions that may go over to another stack in the middle of the function, as switches between tasks do. */
  readonly stackSwitches: ReadonlyMap<bigint, PlacedInstruction>;
  /** All of its code. */
  readonly instructions: readonly PlacedInstruction[];
  /** Code of the function jumps to its entry, so that being there does not mean having been called. */
  readonly loopsToEntry: boolean;
}

/**
 * Reads a function's code from memory as it is now. With `frame`, the inlined calls that a step stays in: lines of others are
 * no lines of it.
 */
export function planOf(
  fn: ProgramFunction,
  frame: InlinedCalls | undefined,
  program: Program,
  read: (address: bigint, length: number) => Uint8Array,
  decode: Decode,
): FunctionPlan {
  const body = program.bodyOf(fn);
  const inPrologue = (address: bigint): boolean => fn.entry <= address && address < body;
  const starts = program
    .lineStarts(fn)
    .filter(({ address, inlined }) => !inPrologue(address) && (frame === undefined || isWithin(inlined, frame)));
  const instructions = instructionsOf(fn, read, decode);
  return {
    function: fn,
    starts: new Map(starts.map((start) => [start.address, start])),
    calls: byAddress(instructions.filter((instruction) => instruction.flow.kind === 'call')),
    environmentCalls: byAddress(instructions.filter((instruction) => instruction.flow.kind === 'environment-call')),
    exits: byAddress(instructions.filter((instruction) => mayLeave(instruction, fn))),
    stackSwitches: byAddress(instructions.filter((instruction) => instruction.setsStack)),
    instructions,
    loopsToEntry: instructions.some(({ flow }) => flow.kind === 'jump' && flow.target === fn.entry),
  };
}

/** These inlined calls are those of `frame`, or some of the outer ones. */
export function isWithin(inlined: InlinedCalls, frame: InlinedCalls): boolean {
  return inlined.length <= frame.length && inlined.every((call, depth) => call === frame[depth]);
}

function mayLeave(instruction: PlacedInstruction, fn: ProgramFunction): boolean {
  const { flow } = instruction;
  switch (flow.kind) {
    case 'call':
    case 'return':
      return false;
    case 'trap-return':
      return true;
    case 'within':
    case 'environment-call':
      return !containsAddress(fn, behind(instruction));
    case 'jump':
      return [flow.target, behind(instruction)].some((to) => to === undefined || !containsAddress(fn, to));
  }
}

function byAddress(instructions: readonly PlacedInstruction[]): ReadonlyMap<bigint, PlacedInstruction> {
  return new Map(instructions.map((instruction) => [instruction.address, instruction]));
}

/** Conditions for being about to execute any of these places in programs. */
export function atPlaces(places: readonly CodePlace[]): readonly StopCondition[] {
  return places.flatMap(({ address, when }) => atAny([address], when));
}

/** Conditions for being about to execute any of these, while `when` holds. */
export function atAny(addresses: Iterable<bigint>, when?: SearchPredicate): readonly StopCondition[] {
  return [...addresses].map((address) => ({ kind: 'instruction', address, ...(when === undefined ? {} : { when }) }));
}
