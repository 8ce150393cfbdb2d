import assert from 'node:assert/strict';
import type { Debuggee } from '../../../../../adapter/session/debuggee.ts';
import { motions, type MotionName } from '../../../../../adapter/session/motion/catalogue.ts';
import type { Random } from '../../../../random.ts';
import { Reference } from './reference.ts';
import { trace } from './trace.ts';

/** How one motion is to end, by the reference; undefined where that cannot tell. */
type Rule = (reference: Reference, from: number) => number | undefined;

const RULES: readonly (readonly [MotionName, Rule])[] = [
  ['step-instruction', (reference, from) => reference.stepi(from)],
  ['step-back-instruction', (reference, from) => reference.reverseStepi(from)],
  ['next-instruction', (reference, from) => reference.nexti(from)],
  ['reverse-next-instruction', (reference, from) => reference.reverseNexti(from)],
  ['next', (reference, from) => reference.next(from, 'line')],
  ['next-statement', (reference, from) => reference.next(from, 'statement')],
  ['step-in', (reference, from) => reference.stepIn(from, 'line')],
  ['step-in-statement', (reference, from) => reference.stepIn(from, 'statement')],
  ['step-out', (reference, from) => reference.stepOut(from)],
  ['step-back', (reference, from) => reference.stepBack(from, 'line')],
  ['step-back-statement', (reference, from) => reference.stepBack(from, 'statement')],
  ['reverse-step-in', (reference, from) => reference.reverseStepIn(from, 'line')],
  ['reverse-step-in-statement', (reference, from) => reference.reverseStepIn(from, 'statement')],
  ['reverse-step-out', (reference, from) => reference.reverseStepOut(from)],
];

/** A stretch of history to compare in. */
export interface Stretch {
  readonly from: number;
  readonly steps: number;
}

export interface Comparison {
  /** How many motions ended where the reference says, by name. */
  readonly agreed: ReadonlyMap<MotionName, number>;
  /** One line for each that did not. */
  readonly differences: readonly string[];
}

/**
 * Makes each motion from `cases` random moments of a stretch. Moments are drawn by their instruction first, so that rare ones are
 * not lost among the turns of a loop. `isFair` leaves out what the guest makes unanswerable.
 */
export async function compare(
  debuggee: Debuggee,
  { from, steps }: Stretch,
  cases: number,
  random: Random,
  isFair: (motion: MotionName, functionName: string | undefined) => boolean = () => true,
): Promise<Comparison> {
  const { timeline } = debuggee;
  const reference = new Reference(debuggee.program, await trace(debuggee, from, steps));
  const moments = momentsByInstruction(reference);
  const agreed = new Map<MotionName, number>();
  const differences: string[] = [];
  for (let count = 0; count < cases; count++) {
    const here = random.pick(random.pick(moments));
    for (const [name, rule] of RULES) {
      const expected = rule(reference, here);
      if (expected === undefined || !isFair(name, reference.at(here).function?.name)) continue;
      await timeline.travelTo(here);
      await motions(debuggee, 0)[name]().move({});
      const actual = timeline.counter;
      if (actual === expected) agreed.set(name, (agreed.get(name) ?? 0) + 1);
      else {
        const place = (counter: number): string => reference.describe(counter);
        differences.push(`${name} from ${place(here)}: to ${place(actual)}, not ${place(expected)}`);
      }
    }
  }
  return { agreed, differences };
}

/** Every motion was compared, and nothing differed. */
export function assertAgreement({ agreed, differences }: Comparison, leastOfEach: number): void {
  assert.deepEqual(differences, []);
  for (const [name] of RULES) {
    const count = agreed.get(name) ?? 0;
    assert.ok(count >= leastOfEach, `${name} was compared ${count} times only`);
  }
}

function momentsByInstruction(reference: Reference): readonly (readonly number[])[] {
  const [first, last] = reference.range;
  const byAddress = new Map<bigint, number[]>();
  for (let counter = first + 1; counter < last; counter++) {
    const { pc } = reference.at(counter);
    const there = byAddress.get(pc) ?? [];
    byAddress.set(pc, there);
    there.push(counter);
  }
  return [...byAddress.values()];
}
