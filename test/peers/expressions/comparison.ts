import assert from 'node:assert/strict';
import type { ExpressionEnvironment } from '../../../adapter/symbols/expressions/environment.ts';
import type { GdbAnswer } from '../gdb-expressions.ts';
import { answerTo, type Answer } from './frame.ts';
import { isRefusal, isSameText } from './notation.ts';

/** A difference that is meant, and why. Each must be one: what agrees with gdb after all is no exception. */
export interface Explained {
  /** The value is the same and the type another; both are; or only one of the two has a value. */
  readonly difference: 'type' | 'text' | 'gdb refuses' | 'refused here';
  /** The expressions: each of these, or all that match. */
  readonly expressions: readonly string[] | RegExp;
  readonly reason: string;
}

/** How two lists of answers compare. */
export interface Tally {
  readonly equal: number;
  readonly explained: number;
}

/** Holds the answers here against gdb's. Fails with a list of what differs without an explanation. */
export function compareWithGdb(
  expressions: readonly string[],
  answers: readonly GdbAnswer[],
  environment: ExpressionEnvironment,
  explanations: readonly Explained[],
): Tally {
  const differences: string[] = [];
  const needed = new Set<string>();
  let equal = 0;
  let explained = 0;
  for (const [at, expression] of expressions.entries()) {
    const theirs = answers[at] ?? assert.fail('gdb gave fewer answers than it was asked for');
    const ours = answerTo(expression, environment);
    const difference = differenceOf(theirs, ours);
    if (difference === undefined) {
      equal++;
    } else if (explanations.some((one) => one.difference === difference && covers(one, expression))) {
      explained++;
      needed.add(expression);
    } else {
      const type = (answer: Answer): string => (answer.kind === 'value' ? answer.type : '');
      differences.push(
        `${expression}\n    gdb   ${theirs.text} | ${type(theirs)}\n    here  ${ours.text} | ${type(ours)}`,
      );
    }
  }
  assert.equal(differences.length, 0, `${differences.length} differences:\n${differences.join('\n')}`);
  const needless = explanations
    .flatMap((one) => (one.expressions instanceof RegExp ? [] : one.expressions))
    .filter((expression) => !needed.has(expression));
  assert.deepEqual(needless, [], 'these agree with gdb, or are not asked: they need no explanation');
  return { equal, explained };
}

function covers({ expressions }: Explained, expression: string): boolean {
  return expressions instanceof RegExp ? expressions.test(expression) : expressions.includes(expression);
}

function differenceOf(theirs: GdbAnswer, ours: Answer): Explained['difference'] | undefined {
  const gdbHasNone = isRefusal(theirs);
  if (theirs.kind === 'error' || ours.kind === 'error' || gdbHasNone) {
    if (gdbHasNone) return ours.kind === 'error' ? undefined : 'gdb refuses';
    return 'refused here';
  }
  if (!isSameText(theirs.text, ours.text)) return 'text';
  return theirs.type === ours.type ? undefined : 'type';
}
