import assert from 'node:assert/strict';
import { openRecording, openTimeline } from '../../adapter/host/recording-files.ts';
import type { Program } from '../../adapter/symbols/program.ts';
import type { TimelineContract } from '../../emulator/replay/timeline.ts';
import { classes, compareRuns, describeComparison, describeDisagreement, type Disagreement } from './comparison.ts';
import { EntryWitness } from './entry-witness.ts';
import { explanations, isValueOnEntry, unexplained } from './explanations.ts';
import { gdbStacks } from './gdb-stacks.ts';
import type { ChooseMoments } from './moments.ts';
import { ourStacks } from './our-stacks.ts';

/** A recording, and how both sides read the symbols of what runs in it. */
export interface Subject {
  readonly timeline: TimelineContract;
  readonly program: Program;
  /** gdb's commands. */
  readonly loadSymbols: readonly string[];
}

/** How both sides read symbols. */
export type Symbols = Omit<Subject, 'timeline'>;

/** In 100, of each class: what must be as gdb tells it, explained or not. */
const LEAST_EQUAL = 98;
/** In 1,000, of all that is compared: what may differ without an explanation. */
const MOST_UNEXPLAINED = 1;

/** What must be seen for a comparison to count: at least this many frames with variables. */
interface Expected {
  readonly moments: number;
  readonly frames: number;
  readonly values: number;
  /** Of frames of functions that ended by calling another. */
  readonly tailCalls?: number;
}

/**
 * Compares stacks, variables and types at moments of a recording with gdb's, and prints the figures and what differs.
 * Where gdb has no value because it does not trust the call that tells it, the recording itself is asked: what it confirms
 * counts as equal, and it may refute nothing.
 */
export async function compareWithGdb(
  title: string,
  { timeline, program, loadSymbols }: Subject,
  choose: ChooseMoments,
  expected: Expected,
): Promise<void> {
  const moments = await choose(timeline);
  assert.ok(moments.length >= expected.moments, `the recording has ${moments.length} such moments only`);
  const comparison = compareRuns(
    await gdbStacks(timeline, loadSymbols, moments),
    await ourStacks(timeline, program, moments),
  );
  const { equal, compared, disagreements } = comparison;
  const open = unexplained(disagreements);
  const { confirmed, unknown, refuted } = await hearWitness(timeline, program, disagreements);
  const report = [
    `${title}, ${moments.length} moments:`,
    ...describeComparison(comparison, explanations),
    `values that gdb has not: ${confirmed} confirmed by the recording, ${refuted.length} refuted, ${unknown} unknown`,
    ...refuted.map((one) => `  ${one}`),
    `${open.length} not explained`,
    ...open.slice(0, 20).map((one) => `  ${describeDisagreement(one)}`),
  ];
  console.log(report.map((line) => `      ${line}`).join('\n'));
  assert.ok(compared.frames >= expected.frames, `${compared.frames} frames are too few`);
  assert.ok(compared.values >= expected.values, `${compared.values} values are too few`);
  const { tailCalls } = comparison;
  assert.ok(
    tailCalls >= (expected.tailCalls ?? 0),
    `${tailCalls} frames of functions that ended by tail calls are too few`,
  );
  assert.deepEqual(refuted, [], 'the recording says that these values are wrong');
  for (const one of classes) {
    const right = equal[one] + (one === 'absences' ? confirmed : 0);
    const percent = (100 * right) / Math.max(1, compared[one]);
    assert.ok(compared[one] === 0 || percent >= LEAST_EQUAL, `${one}: only ${percent} % are right`);
  }
  const all = classes.reduce((sum, one) => sum + compared[one], 0);
  assert.ok(1000 * open.length <= MOST_UNEXPLAINED * all, `${open.length} differences are not explained`);
}

/** The same with a recording in a file. */
export async function compareRecordingWithGdb(
  title: string,
  recording: string,
  symbols: Symbols,
  choose: ChooseMoments,
  expected: Expected,
): Promise<void> {
  const timeline = await openTimeline(await openRecording(recording));
  try {
    await compareWithGdb(title, { timeline, ...symbols }, choose, expected);
  } finally {
    await timeline.close();
  }
}

/** How many of the values on entry that gdb does not tell are what the hart held on entry. */
async function hearWitness(
  timeline: TimelineContract,
  program: Program,
  disagreements: readonly Disagreement[],
): Promise<{ readonly confirmed: number; readonly unknown: number; readonly refuted: readonly string[] }> {
  const witness = new EntryWitness(timeline, program);
  const heard = { confirmed: 0, unknown: 0, refuted: [] as string[] };
  for (const one of disagreements) {
    if (!isValueOnEntry(one) || one.frame === undefined) continue;
    const testimony = await witness.ask({ counter: one.counter, pc: one.frame.pc });
    if (testimony.kind === 'refuted') heard.refuted.push(`${describeDisagreement(one)}: ${testimony.how}`);
    else heard[testimony.kind]++;
  }
  return heard;
}
