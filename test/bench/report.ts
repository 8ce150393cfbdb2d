import { contenderNames, finished, titles, type ContenderName, type Measured } from './contenders.ts';
import { secondsOf, speedOf, timesAsLong } from './ratios.ts';
import { geometricMean } from './statistics.ts';
import { millions, ratio, seconds, table } from './table.ts';

/** The sections of BENCHMARKS.md about whole runs. */

/** The mean of what could be measured; undefined when nothing could. */
export function meanOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : geometricMean(known);
}

const pairs: readonly (readonly [a: ContenderName, b: ContenderName])[] = [
  ['plain', 'record'],
  ['rr=replay', 'record'],
  ['record', 'replay'],
];
const pairTitles = ['record / QEMU', 'record / rr=replay', 'replay / record'];

/** Millions of steps a second, and how many times as fast as QEMU recording is. */
export function speedSection(measured: readonly Measured[]): string {
  const speeds = measured.map((each) => [
    each.guest.name,
    millions(each.steps),
    ...contenderNames.map((name) => millions(speedOf(each, name))),
    ...pairs.map(([a, b]) => ratio(timesAsLong(each, a, b, 'user'))),
  ]);
  const means = pairs.map(([a, b]) => ratio(meanOf(measured.map((each) => timesAsLong(each, a, b, 'user')))));
  return table(
    ['guest', 'M steps', ...contenderNames.map((name) => titles[name]), ...pairTitles],
    [...speeds, ['geometric mean', '', ...contenderNames.map(() => ''), ...means]],
  );
}

/** Linux: wall time from power-on to the prompt, or through the workload to power-off. */
export function linuxSection(measured: readonly Measured[]): string {
  return table(
    ['guest', ...contenderNames.map((name) => titles[name]), 'record, in times of rr=record'],
    measured.map((each) => [
      each.guest.name,
      ...contenderNames.map((name) => wall(each, name)),
      ratio(timesAsLong(each, 'record', 'rr=record', 'wall')),
    ]),
  );
}

function wall(measured: Measured, name: ContenderName): string {
  const runs = measured.runs.get(name) ?? [];
  if (runs.length > 0 && finished(measured, name).length === 0) return `ended at ${seconds(runs[0]?.wall)}`;
  return seconds(secondsOf(measured, name, 'wall'));
}

/** A guest that does nothing: what each contender takes to begin and end. */
export function startSection(start: Measured): string {
  return table(
    ['', ...contenderNames.map((name) => titles[name])],
    (['user', 'wall'] as const).map((figure) => [
      figure === 'user' ? 'user time' : 'wall time',
      ...contenderNames.map((name) => seconds(secondsOf(start, name, figure))),
    ]),
  );
}
