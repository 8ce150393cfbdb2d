import { spawnSync } from 'node:child_process';

/** Whole processes, timed from outside: what a person waits for, start-up and compilation included. */

/** Seconds of one run. */
export interface Times {
  readonly user: number;
  readonly wall: number;
}

/** A command under its column's name. */
export interface Contender {
  readonly name: string;
  readonly command: readonly string[];
  /** What its standard output must contain, so that a run that failed is never a measurement. */
  readonly mustPrint: string;
}

/** Runs a command to its end. Throws when it does not print what it must. */
export function time({ name, command, mustPrint }: Contender): Times {
  const result = spawnSync('bash', ['-c', 'TIMEFORMAT="times %U %S %R"; time "$@"', 'time', ...command], {
    encoding: 'utf8',
    input: '',
    maxBuffer: 2 ** 26,
  });
  const match = /times ([\d.]+) ([\d.]+) ([\d.]+)\s*$/.exec(result.stderr);
  if (!match || !result.stdout.includes(mustPrint)) {
    const said = `${result.stdout.slice(-500)}\n${result.stderr.slice(-500)}`;
    throw new Error(`${name} did not print "${mustPrint}": ${command.join(' ')}\n${said}`);
  }
  return { user: Number(match[1]) + Number(match[2]), wall: Number(match[3]) };
}

/** Times all contenders in turn, `rounds` times: the machine's speed drifts, and all see the same drift. */
export function interleave(
  contenders: readonly Contender[],
  rounds: number,
  beforeEach: (contender: Contender) => void,
): ReadonlyMap<string, readonly Times[]> {
  const times = new Map<string, Times[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) {
      beforeEach(contender);
      times.get(contender.name)?.push(time(contender));
    }
  }
  return times;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new RangeError('the median of nothing');
  const below = sorted[Math.floor((sorted.length - 1) / 2)] ?? middle;
  return (middle + below) / 2;
}

/** The median over rounds of a ratio between two contenders of the same round. */
export function medianRatio(a: readonly Times[], b: readonly Times[], figure: keyof Times): number {
  return median(a.map((times, round) => times[figure] / Math.max(1e-3, b[round]?.[figure] ?? NaN)));
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
