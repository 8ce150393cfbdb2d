import assert from 'node:assert/strict';
import {
  breakAt,
  finish,
  next,
  nexti,
  resume,
  reverseContinue,
  reverseFinish,
  reverseNext,
  reverseNexti,
  reverseStep,
  reverseStepi,
  step,
  stepi,
  throughBothDoors,
  throughDap,
  throughGdb,
  times,
  travel,
  watch,
  type Command,
  type Place,
  type Recorded,
} from './two-doors.ts';

/** A recorded guest, and what to look at in it. */
export interface Landmarks {
  readonly recorded: (context: Mocha.Context) => Promise<Recorded>;
  /** Functions that are met once each, the one well before the other. */
  readonly early: string;
  readonly late: string;
  /** A function that is met several times after `late`, or before it, and returns. */
  readonly often: string;
  /** A variable that was written before `late` at least three times, each time with another value. */
  readonly variable: string;
  /** A function to go through by line, and how many lines. No trap may come within them. */
  readonly lines: { readonly of: string; readonly count: number };
  /** A function to go through by line, into its calls, and how often. */
  readonly calls: { readonly of: string; readonly count: number };
}

const withoutLine = (place: Place): Place => ({ ...place, line: '' });

/** The only instructions that gdb's frames and ours could disagree on are those of lines; places are compared whole. */
const shown = ({ counter, pc, line }: Place): string => `${counter} 0x${pc.toString(16)} ${line}`;

/**
 * There is one history, whichever debugger looks at it: the same commands lead gdb and a DAP client to the same counters.
 *
 * Stepping by line is the debugger's own work, by its own reading of the line table, and gdb 13 has peculiarities there.
 * Where they show, the test says which they are and asserts what holds all the same.
 */
export function describeOneHistory(landmarks: Landmarks): void {
  let recorded: Recorded;

  before(async function () {
    recorded = await landmarks.recorded(this);
  });

  /** `told`: what of the places is to be the same. Of code before paging is on gdb knows no lines. */
  async function assertSame(
    commands: readonly Command[],
    told: (place: Place) => Place = (place) => place,
  ): Promise<readonly Place[]> {
    const stops = await throughBothDoors(recorded, commands);
    const list = (door: 'gdb' | 'dap'): string[] =>
      stops.map((stop) => {
        const place = told(stop[door]);
        return `${stop.command}: ${shown(stop.gdb.line === '' ? withoutLine(place) : place)}`;
      });
    assert.deepEqual(list('dap'), list('gdb'));
    return stops.map(({ dap }) => dap);
  }

  it('breakpoints, forwards and backwards, and single instructions', async () => {
    const { early, late } = landmarks;
    const places = await assertSame([
      breakAt(late),
      resume,
      ...times(5, reverseStepi),
      ...times(5, stepi),
      reverseFinish,
      breakAt(early),
      reverseContinue,
      breakAt(late),
      resume,
    ]);
    const [met, ...others] = places.map(({ counter }) => counter);
    assert.ok(met !== undefined);
    assert.deepEqual(
      others.slice(0, 5),
      [1, 2, 3, 4, 5].map((count) => met - count),
    );
    assert.deepEqual([others[9], others.at(-1)], [met, met]);
    assert.ok((others.at(-2) ?? met) < met);
  });

  it('in and out of a function', async () => {
    const { often } = landmarks;
    const places = await assertSame([
      breakAt(often),
      resume,
      finish,
      resume,
      reverseFinish,
      stepi,
      reverseContinue,
      reverseFinish,
    ]);
    const [first, returned, second, call, entered, again] = places.map(({ counter }) => counter);
    assert.ok(first !== undefined && returned !== undefined && second !== undefined && call !== undefined);
    assert.ok(first < returned && returned < second && call < second);
    assert.deepEqual([entered, again], [call + 1, first]);
  });

  it('instruction after instruction over calls, and back', async () => {
    // At the first instruction of an inlined function gdb stands in it when it has come by instruction.
    const places = await assertSame(
      [breakAt(landmarks.lines.of), resume, breakAt(), ...times(40, nexti), ...times(40, reverseNexti)],
      withoutLine,
    );
    const counters = places.map(({ counter }) => counter);
    assert.deepEqual(counters.slice(41), counters.slice(0, 40).reverse());
    assert.ok(
      counters.some((counter, index) => index > 0 && counter > (counters[index - 1] ?? 0) + 1),
      'a call was among them',
    );
  });

  it('a watchpoint, back to the instructions that wrote', async () => {
    const places = await assertSame([
      breakAt(landmarks.late),
      resume,
      watch(landmarks.variable),
      ...times(3, reverseContinue),
      ...times(3, resume),
    ]);
    const [, last = 0, middle = 0, first = 0, ...after] = places.map(({ counter }) => counter);
    assert.ok(first < middle && middle < last);
    // Backwards it stops before the store, and forwards after it.
    assert.deepEqual(after, [first + 1, middle + 1, last + 1]);
  });

  it('both ends of history', async () => {
    const places = await assertSame([
      resume,
      ...times(2, reverseStepi),
      ...times(2, resume),
      ...times(2, reverseContinue),
      reverseStepi,
      stepi,
    ]);
    const [end = 0, ...others] = places.map(({ counter }) => counter);
    assert.deepEqual(others, [end - 1, end - 2, end, end, 0, 0, 0, 1]);
  });

  it('line after line, over calls', async () => {
    const { of, count } = landmarks.lines;
    const places = await assertSame([breakAt(of), resume, breakAt(), ...times(count, next)]);
    assert.ok(places.every(({ counter }, index) => counter > (places[index - 1]?.counter ?? 0)));
  });

  it('line after line, into calls', async () => {
    const { of, count } = landmarks.calls;
    const stops = await throughBothDoors(recorded, [breakAt(of), resume, breakAt(), ...times(count, step)]);
    const end = Math.min(...[stops.at(-1)?.gdb.counter, stops.at(-1)?.dap.counter].map((counter) => counter ?? 0));
    const ours = stops.map(({ dap }) => dap).filter(({ counter }) => counter <= end);
    const gdbs = stops.map(({ gdb }) => gdb).filter(({ counter }) => counter <= end);
    // gdb stops once more, without moving, where an inlined function begins.
    const moments = new Set(gdbs.map(({ counter }) => counter));
    const missed = [...moments].filter((moment) => !ours.some(({ counter }) => counter === moment));
    assert.deepEqual(missed, [], 'gdb stops nowhere else');
    // It passes over the opening line of a function that it steps into, although it puts breakpoints there, and over the
    // rest of a line that it comes back to.
    const more = ours.filter(({ counter }) => !moments.has(counter));
    const before = await throughDap(
      recorded,
      more.map(({ counter }) => travel(counter - 1)),
    );
    for (const [index, place] of more.entries()) {
      const function_ = (at: Place | undefined): string | undefined => at?.line.split(' ')[0];
      assert.notEqual(function_(before[index]), function_(place), `${shown(place)}: neither entered nor returned to`);
    }
  });

  for (const { name, back } of [
    { name: 'line before line, over calls', back: reverseNext },
    { name: 'line before line, into calls', back: reverseStep },
  ]) {
    it(name, async () => {
      const { of, count } = landmarks.lines;
      const forward = await throughDap(recorded, [breakAt(of), resume, breakAt(), ...times(count, next)]);
      const origins = forward.map(({ counter }) => counter);
      const [ours, gdbs] = [
        await throughDap(
          recorded,
          origins.flatMap((origin) => [travel(origin), back, back]),
        ),
        await throughGdb(
          recorded,
          origins.flatMap((origin) => [travel(origin), back]),
        ),
      ];
      let same = 0;
      for (const [index, origin] of origins.entries()) {
        const [once, twice, gdb] = [ours[3 * index + 1], ours[3 * index + 2], gdbs[2 * index + 1]];
        assert.ok(once !== undefined && twice !== undefined && gdb !== undefined);
        if (back === reverseNext && index > 0) assert.equal(once.counter, origins[index - 1], 'it undoes next');
        if (once.counter === gdb.counter) {
          assert.equal(shown(gdb), shown(once));
          same++;
          continue;
        }
        // gdb 13 takes each range of a line in the line table for a line of its own, closing braces that are no statements for
        // lines, and a function's opening line for no line. So it ends within the line before, or one line further back.
        const where = `from ${origin}: gdb at ${shown(gdb)}, not ${shown(once)}`;
        assert.ok(twice.counter <= gdb.counter && gdb.counter < origin, where);
      }
      assert.ok(same > origins.length / 2, `${same} of ${origins.length} are the same`);
    });
  }
}
