import { costOf, type Cost } from './cost.ts';
import { timesAsLong } from './ratios.ts';
import type { Measured } from './contenders.ts';
import { meanOf } from './report.ts';
import { milliseconds, millions, percent, ratio, table } from './table.ts';
import type { TravelFigures } from './travel/figures.ts';

/** What the engine is to reach, beside what was measured. */

interface Target {
  readonly what: string;
  readonly aim: string;
  readonly measured: number | undefined;
  readonly shown: (value: number | undefined) => string;
  readonly met: (value: number) => boolean;
}

const atLeast = (least: number) => (value: number) => value >= least;
const atMost = (most: number) => (value: number) => value <= most;

export function targetsSection(
  bare: readonly Measured[],
  linux: readonly Measured[],
  travel: TravelFigures | undefined,
  interpreted: number | undefined,
  costs: readonly Cost[],
): string {
  const everything = [...bare, ...linux];
  const against = (name: 'plain' | 'rr=replay', of = everything): (number | undefined)[] =>
    of.map((each) => timesAsLong(each, name, 'record', 'user'));
  const known = (values: readonly (number | undefined)[]): number[] => values.filter((value) => value !== undefined);
  const least = (values: readonly (number | undefined)[]): number | undefined =>
    known(values).length === 0 ? undefined : Math.min(...known(values));
  const most = (values: readonly (number | undefined)[]): number | undefined =>
    known(values).length === 0 ? undefined : Math.max(...known(values));
  const traps = bare.filter(({ guest }) => guest.name.startsWith('trap-heavy/'));
  const boots = linux.filter(({ guest }) => guest.kind === 'boot');

  const targets: readonly Target[] = [
    {
      what: 'recording, in times of the speed of QEMU; geometric mean',
      aim: 'at least 0.8',
      measured: meanOf(against('plain')),
      shown: ratio,
      met: atLeast(0.8),
    },
    {
      what: '... of rr=replay; geometric mean',
      aim: 'at least 1.5',
      measured: meanOf(against('rr=replay')),
      shown: ratio,
      met: atLeast(1.5),
    },
    {
      what: '... of QEMU; the slowest guest',
      aim: 'at least 0.5',
      measured: least(against('plain')),
      shown: ratio,
      met: atLeast(0.5),
    },
    {
      what: '... of rr=replay; the slowest of the trap-heavy guests',
      aim: 'at least 3',
      measured: least(against('rr=replay', traps)),
      shown: ratio,
      met: atLeast(3),
    },
    {
      what: 'replay, in times of the speed of recording; geometric mean',
      aim: 'at least 1',
      measured: meanOf(everything.map((each) => timesAsLong(each, 'record', 'replay', 'user'))),
      shown: ratio,
      met: atLeast(1),
    },
    {
      what: 'recording a Linux boot, in times of the wall time of rr=record; the slower kernel',
      aim: 'at most 2.5',
      measured: most(boots.map((each) => timesAsLong(each, 'record', 'rr=record', 'wall'))),
      shown: ratio,
      met: atMost(2.5),
    },
    {
      what: 'recording, checkpoints left out, costs over running; geometric mean',
      aim: 'at most 2 %',
      measured: costOf(costs, 'bare'),
      shown: percent,
      met: atMost(0.02),
    },
    {
      what: 'recording, checkpoints included, costs over running; geometric mean',
      aim: 'at most 5 %',
      measured: costOf(costs, 'record'),
      shown: percent,
      met: atMost(0.05),
    },
    {
      what: 'the integer loop with nothing translated, in millions of steps a second of user time',
      aim: 'at least 150',
      measured: interpreted,
      shown: millions,
      met: atLeast(150e6),
    },
    ...travelTargets(travel),
  ];
  return table(
    ['', 'aim', 'measured', ''],
    targets.map(({ what, aim, measured, shown, met }) => [
      what,
      aim,
      shown(measured),
      measured === undefined ? 'not measured' : met(measured) ? 'met' : 'missed',
    ]),
  );
}

function travelTargets(travel: TravelFigures | undefined): readonly Target[] {
  return [
    {
      what: 'reverse-stepi, median',
      aim: 'under 20 ms',
      measured: travel?.linux.reverseStepInstruction.p50,
      shown: milliseconds,
      met: atMost(20),
    },
    {
      what: 'reverse-stepi, 99 of 100',
      aim: 'under 100 ms',
      measured: travel?.linux.reverseStepInstruction.p99,
      shown: milliseconds,
      met: atMost(100),
    },
    {
      what: '... the first after running forward, median',
      aim: 'under 20 ms',
      measured: travel?.linux.reverseStepAfterRun.p50,
      shown: milliseconds,
      met: atMost(20),
    },
    {
      what: '... the first after running forward, 99 of 100',
      aim: 'under 100 ms',
      measured: travel?.linux.reverseStepAfterRun.p99,
      shown: milliseconds,
      met: atMost(100),
    },
    {
      what: '... in a recording just opened, median',
      aim: 'under 20 ms',
      measured: travel?.linux.reverseStepJustOpened.p50,
      shown: milliseconds,
      met: atMost(20),
    },
    {
      what: '... in a recording just opened, 99 of 100',
      aim: 'under 100 ms',
      measured: travel?.linux.reverseStepJustOpened.p99,
      shown: milliseconds,
      met: atMost(100),
    },
    {
      what: 'reverse-step by source line, 99 of 100',
      aim: 'under 100 ms',
      measured: travel?.reverseStepLine.p99,
      shown: milliseconds,
      met: atMost(100),
    },
    {
      what: 'to a random counter, median',
      aim: 'under 150 ms',
      measured: travel?.linux.travelTo.p50,
      shown: milliseconds,
      met: atMost(150),
    },
    {
      what: 'reverse-continue without a hit, in times of the speed of replay',
      aim: 'at least 0.8',
      measured: travel === undefined ? undefined : travel.linux.scanSpeed / travel.linux.replaySpeed,
      shown: ratio,
      met: atLeast(0.8),
    },
    {
      what: 'a watchpoint on a busy page, in times of the time without',
      aim: 'under 2',
      measured: travel?.watchCost,
      shown: ratio,
      met: atMost(2),
    },
    {
      what: 'a condition tested in a search backwards, in millions of times',
      aim: 'at least 10',
      measured: travel?.tests.tests,
      shown: millions,
      met: atLeast(10e6),
    },
    {
      what: '... cancelled and back where the search began',
      aim: 'under 100 ms',
      measured: travel?.tests.cancelled,
      shown: milliseconds,
      met: atMost(100),
    },
    {
      what: 'a logpoint over a recording, cancelled, with what was found; the longest',
      aim: 'under 100 ms',
      measured: travel?.logpoints.cancelled,
      shown: milliseconds,
      met: atMost(100),
    },
    {
      what: 'pause, however hard the engine works, 99 of 100',
      aim: 'under 50 ms',
      measured: travel?.pause.p99,
      shown: milliseconds,
      met: atMost(50),
    },
    {
      what: 'steps of the recording travelled in, in millions',
      aim: 'at least 5,000',
      measured: travel?.linux.steps,
      shown: millions,
      met: atLeast(5e9),
    },
  ];
}
