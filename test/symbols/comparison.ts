import path from 'node:path';
import type { Assumption, ToldFrame, ToldPart, ToldRun, ToldStack, ToldVariable } from './told-stack.ts';

/**
 * What is compared: whole backtraces, their frames, the variables of each, the bits of those that gdb shows a value of,
 * that there are none where gdb shows none, and types.
 */
export const classes = ['backtraces', 'frames', 'variables', 'values', 'absences', 'types'] as const;
export type Class = (typeof classes)[number];

/** One thing that gdb and Retrograde tell differently. */
export interface Disagreement {
  readonly class: Class;
  readonly counter: number;
  /** Of the frame, when it is about one. */
  readonly frame: ToldFrame | undefined;
  /** What it is about: a variable, a part of one, a type. */
  readonly subject: string;
  readonly gdb: string;
  readonly ours: string;
  readonly isInPatchableNops?: boolean | undefined;
  /** That under which Retrograde would tell the same as gdb. */
  readonly assumption?: Assumption | undefined;
}

/** Why gdb and Retrograde tell something differently, when it is not Retrograde's mistake. */
export interface Explanation {
  readonly reason: string;
  readonly explains: (disagreement: Disagreement) => boolean;
}

/** In place of what one side tells, where it tells nothing. */
export const NOT_TOLD = 'not told';

export interface Comparison {
  readonly equal: Readonly<Record<Class, number>>;
  readonly compared: Readonly<Record<Class, number>>;
  readonly disagreements: readonly Disagreement[];
  /** Moments at which an inlined function begins that gdb shows as entered. */
  readonly enteredInGdb: number;
  /** Frames that gdb tells of functions that ended by calling another. */
  readonly tailCalls: number;
  /** Moments at a return of which gdb shows other callers than are there after the next step: not compared. */
  readonly lostAtReturn: number;
  /**
   * Values that gdb shows in a caller's frame of registers that its callee may have changed (a0 to a7, t0 to t6) and that nobody
   * saved: not compared. It takes them for unchanged; Retrograde says that nobody saved them.
   */
  readonly notSaved: number;
  /** Values that gdb makes of zeroes where a location's pieces have ended: not compared. */
  readonly madeOfNothing: number;
  /** Frames that Retrograde shows where gdb's stack has ended. */
  readonly furtherFrames: number;
}

/** Holds what Retrograde shows at the same moments against what gdb shows. */
export function compareRuns(gdb: ToldRun, ours: ToldRun): Comparison {
  const tally = new Tally();
  for (const [index, stack] of gdb.stacks.entries()) {
    const other = ours.stacks[index];
    if (other?.counter !== stack.counter)
      throw new Error(`gdb was at ${stack.counter}, not ${other?.counter ?? 'here'}.`);
    tally.compareStacks(stack, other);
  }
  for (const [name, members] of gdb.bodies) {
    const body = ours.bodies.get(name);
    // Types that only one side came by, because it shows a variable more, have been told of already.
    if (body !== undefined) tally.compareBodies(name, members, body);
  }
  return tally;
}

/** The figures, and what differs, for people. */
export function describeComparison(comparison: Comparison, explanations: readonly Explanation[]): string[] {
  const lines = classes.map((one) => {
    const { equal, compared } = comparison;
    const percent = ((100 * equal[one]) / Math.max(1, compared[one])).toFixed(2);
    return `${one}: ${equal[one]} of ${compared[one]} as gdb tells them (${percent} %)`;
  });
  lines.push(`an inlined function that begins is entered in gdb: ${comparison.enteredInGdb} times`);
  lines.push(`frames of functions that ended by tail calls in gdb's stacks: ${comparison.tailCalls}`);
  lines.push(`returns to other callers than gdb shows: ${comparison.lostAtReturn}`);
  lines.push(`values that gdb takes from registers which nobody saved: ${comparison.notSaved}`);
  lines.push(`values of zeroes that gdb reads behind a location's last piece: ${comparison.madeOfNothing}`);
  lines.push(`frames beyond the end of gdb's stack: ${comparison.furtherFrames}`);
  for (const { reason, explains } of explanations) {
    const count = comparison.disagreements.filter(explains).length;
    if (count > 0) lines.push(`  ${count} explained: ${reason}`);
  }
  return lines;
}

export function describeDisagreement({
  class: one,
  counter,
  frame,
  subject,
  gdb,
  ours,
  assumption,
}: Disagreement): string {
  const where = frame === undefined ? '' : ` in ${frame.function ?? '??'}:${frame.line}`;
  return (
    `${one} at ${counter}${where}: ${subject}: gdb ${gdb}, ours ${ours}` +
    (assumption === undefined ? '' : ` (if ${assumption})`)
  );
}

/** What gdb's values are made of when they are true only under an assumption that does not hold. */
const INVENTED: ReadonlyMap<Assumption | undefined, 'madeOfNothing' | 'notSaved'> = new Map([
  ['what no piece describes is zero', 'madeOfNothing'],
  ['unsaved registers are unchanged', 'notSaved'],
]);

class Tally implements Comparison {
  readonly equal = { backtraces: 0, frames: 0, variables: 0, values: 0, absences: 0, types: 0 };
  readonly compared = { backtraces: 0, frames: 0, variables: 0, values: 0, absences: 0, types: 0 };
  readonly disagreements: Disagreement[] = [];
  furtherFrames = 0;
  madeOfNothing = 0;
  notSaved = 0;
  lostAtReturn = 0;
  enteredInGdb = 0;
  tailCalls = 0;

  compareStacks({ counter, frames: theirs }: ToldStack, { frames, entered, isReturn }: ToldStack): void {
    this.tailCalls += theirs.filter(({ kind }) => kind === 'tail-call').length;
    // After a step by instruction from the line that calls it, gdb takes an inlined function that begins for entered.
    const isEntered = entered !== undefined && theirs[0]?.function === entered[0]?.function;
    if (isEntered) this.enteredInGdb++;
    const ours = asGdbTellsTailCalls(isEntered ? entered : frames);
    const parted = theirs.findIndex((frame, index) => frame.pc !== ours[index]?.pc);
    const together = parted < 0 ? theirs.length : parted;
    if (parted >= 0 && isReturn === true) {
      this.lostAtReturn++;
      return;
    }
    let same = parted < 0;
    for (let index = 0; index < together; index++) {
      const [frame, own] = [theirs[index], ours[index]];
      if (frame === undefined || own === undefined) continue;
      const alike = isSameFrame(frame, own);
      same &&= alike;
      this.note('frames', counter, alike, own, `frame ${index}`, describeFrame(frame), describeFrame(own));
      if (frame.function === own.function) this.compareVariables(counter, frame, own);
    }
    if (parted >= 0) {
      const [gdb, own] = [theirs[parted], ours[parted]].map((frame) => (frame ? describeFrame(frame) : 'nothing'));
      this.note('frames', counter, false, ours[parted - 1], `frame ${parted}`, gdb ?? '', own ?? '');
      this.compared.frames += theirs.length - parted - 1;
    } else {
      this.furtherFrames += ours.length - theirs.length;
    }
    this.compared.backtraces++;
    if (same) this.equal.backtraces++;
  }

  compareBodies(name: string, gdb: readonly string[], ours: readonly string[]): void {
    this.note('types', 0, gdb.join('\n') === ours.join('\n'), undefined, name, ...differing(gdb, ours));
  }

  private compareVariables(counter: number, frame: ToldFrame, own: ToldFrame): void {
    const rest = [...own.variables];
    for (const variable of frame.variables) {
      // A name may be declared in several blocks.
      const named = rest.filter(({ name, argument }) => name === variable.name && argument === variable.argument);
      const other = named.find(({ parts }) => differingPart(variable.parts, parts) === undefined) ?? named[0];
      if (other !== undefined) rest.splice(rest.indexOf(other), 1);
      this.note('variables', counter, other !== undefined, frame, variable.name, 'told', NOT_TOLD);
      if (other === undefined) continue;
      const { type } = variable;
      this.note('types', counter, type === other.type, frame, variable.name, type, other.type);
      this.compareParts(counter, frame, variable, other);
    }
    for (const { name, isExtern, parts } of rest) {
      const told = parts.some(([, shown]) => shown.startsWith('0x')) ? 'told' : 'optimized out';
      this.note('variables', counter, false, own, name, NOT_TOLD, isExtern === true ? 'extern' : told);
    }
  }

  private compareParts(counter: number, frame: ToldFrame, variable: ToldVariable, other: ToldVariable): void {
    const { parts } = variable;
    const differs = differingPart(parts, other.parts);
    const [at, bits]: ToldPart = differs ?? ['', ''];
    const assumption = Object.entries(other.otherwise ?? {}).find(
      ([, assumed]) => differingPart(parts, assumed) === undefined,
    )?.[0] as Assumption | undefined;
    const invented = differs === undefined ? undefined : INVENTED.get(assumption);
    if (invented !== undefined) {
      this[invented]++;
      return;
    }
    const ours = new Map(other.parts).get(at) ?? 'nothing';
    const isShown = parts.some(([, shown]) => shown.startsWith('0x'));
    const one = isShown ? 'values' : 'absences';
    this.note(one, counter, differs === undefined, frame, variable.name + at, bits, ours, assumption);
  }

  private note(
    one: Class,
    counter: number,
    equal: boolean,
    frame: ToldFrame | undefined,
    subject: string,
    gdb: string,
    ours: string,
    assumption?: Assumption,
  ): void {
    this.compared[one]++;
    if (equal) this.equal[one]++;
    else
      this.disagreements.push({
        class: one,
        counter,
        frame,
        subject,
        gdb,
        ours,
        assumption,
        isInPatchableNops: frame?.isInPatchableNops,
      });
  }
}

/**
 * Of a function that ended by a tail call which was inlined into it gdb tells one frame, with the inlined function's name; Retrograde
 * tells both, as of any other function.
 */
function asGdbTellsTailCalls(frames: readonly ToldFrame[]): readonly ToldFrame[] {
  return frames.flatMap((frame, index) => {
    const outer = frames.slice(index).find(({ kind }) => kind !== 'inlined');
    if (outer?.kind !== 'tail-call') return [frame];
    const isInnermost = frames[index - 1]?.kind !== 'inlined';
    return isInnermost ? [{ ...frame, kind: 'tail-call' }] : [];
  });
}

function isSameFrame(gdb: ToldFrame, ours: ToldFrame): boolean {
  const sameFile = gdb.file === null || ours.file === null ? gdb.file === ours.file : endsWith(ours.file, gdb.file);
  const sameKind = gdb.kind === ours.kind || (gdb.kind === 'trap' && ours.kind === 'normal');
  return gdb.function === ours.function && gdb.line === ours.line && sameKind && sameFile;
}

/** gdb tells a file as the line table does, without the folder that it was compiled in. */
function endsWith(full: string, part: string): boolean {
  const [whole, end] = [path.posix.normalize(full), path.posix.normalize(part).replace(/^(\.\.?\/)+/, '')];
  return whole === end || whole.endsWith(`/${end}`);
}

function differingPart(gdb: readonly ToldPart[], ours: readonly ToldPart[]): ToldPart | undefined {
  const own = new Map(ours);
  return gdb.find(([at, bits]) => !isSameValue(bits, own.get(at)));
}

/** The same bits, or none on both sides: why there are none is said in other words. */
function isSameValue(gdb: string, ours: string | undefined): boolean {
  if (gdb.startsWith('0x')) return gdb === ours;
  return !ours?.startsWith('0x');
}

function describeFrame({ function: name, file, line, kind, pc }: ToldFrame): string {
  return `${name ?? '??'} ${file ?? '?'}:${line} ${kind} ${pc}`;
}

function differing(gdb: readonly string[], ours: readonly string[]): [string, string] {
  const at = Math.max(
    0,
    gdb.findIndex((member, index) => member !== ours[index]),
  );
  return [gdb[at] ?? 'nothing', ours[gdb.length < ours.length && gdb[at] === ours[at] ? gdb.length : at] ?? 'nothing'];
}
