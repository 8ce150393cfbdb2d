import assert from 'node:assert/strict';
import type { Program } from '../../adapter/symbols/program.ts';
import { classes, compareRuns, describeComparison, describeDisagreement } from './comparison.ts';
import { explanations, unexplained } from './explanations.ts';
import { gdbStacks } from './gdb-stacks.ts';
import { momentsInKernel, ourStacks } from './our-stacks.ts';

/** A recording, and how both sides read the symbols of what runs in it. */
export interface Subject {
  readonly recording: string;
  readonly program: Program;
  /** gdb's commands. */
  readonly loadSymbols: readonly string[];
}

/** In 100, of each class: what must be as gdb tells it, explained or not. */
const LEAST_EQUAL = 98;
/** In 1,000, of all that is compared: what may differ without an explanation. */
const MOST_UNEXPLAINED = 1;

/** What must be seen for a comparison to count: at least this many frames with variables. */
interface Expected {
  readonly frames: number;
  readonly values: number;
}

/**
 * Compares stacks, variables and types at random moments with gdb's, and prints the figures and what differs. The same
 * seed draws the same moments.
 */
export async function compareWithGdb(
  title: string,
  { recording, program, loadSymbols }: Subject,
  { moments: count, seed = 1 }: { readonly moments: number; readonly seed?: number },
  expected: Expected,
): Promise<void> {
  const moments = await momentsInKernel(recording, count, seed);
  assert.equal(moments.length, count, 'the recording has too few moments in the kernel');
  const comparison = compareRuns(
    await gdbStacks(recording, loadSymbols, moments),
    await ourStacks(recording, program, moments),
  );
  const { equal, compared, disagreements } = comparison;
  const open = unexplained(disagreements);
  const report = [
    `${title}, ${count} moments:`,
    ...describeComparison(comparison, explanations),
    `${open.length} not explained`,
    ...open.slice(0, 20).map((one) => `  ${describeDisagreement(one)}`),
  ];
  console.log(report.map((line) => `      ${line}`).join('\n'));
  assert.ok(compared.frames >= expected.frames, `${compared.frames} frames are too few`);
  assert.ok(compared.values >= expected.values, `${compared.values} values are too few`);
  for (const one of classes) {
    const percent = (100 * equal[one]) / Math.max(1, compared[one]);
    assert.ok(
      one === 'absences' || compared[one] === 0 || percent >= LEAST_EQUAL,
      `${one}: only ${percent} % are equal`,
    );
  }
  const all = classes.reduce((sum, one) => sum + compared[one], 0);
  assert.ok(1000 * open.length <= MOST_UNEXPLAINED * all, `${open.length} differences are not explained`);
}
