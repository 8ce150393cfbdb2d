import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { HostEvent } from '../../../emulator/machine/machine.ts';
import type { StopCondition } from '../../../emulator/machine/stop.ts';
import { portableCodec } from '../../../emulator/recording/codec.ts';
import type { RecordedDigest } from '../../../emulator/recording/digest-chunk.ts';
import type { RecordingContent } from '../../../emulator/recording/recording.ts';
import { Recording } from '../../../emulator/recording/recording.ts';
import { readRecording } from '../../../emulator/recording/recording-reader.ts';
import { MemoryFile, sourceOf } from '../recording/memory-file.ts';
import { runStraight } from './straight-run.ts';
import { Timeline } from '../../../emulator/replay/timeline.ts';
import { CODE_SIZE, ToyMachine } from './toy-machine.ts';
import type { Turn } from './toy-timeline.ts';
import { testScheduler, ToySession } from './toy-timeline.ts';

const program = fc.uint8Array({ minLength: CODE_SIZE, maxLength: CODE_SIZE });
const turn: fc.Arbitrary<Turn> = fc.record({
  steps: fc.integer({ min: 1, max: 3000 }),
  input: fc.uint8Array({ maxLength: 6 }),
});
const turns = fc.array(turn, { minLength: 1, maxLength: 5 });
const place = fc.double({ min: 0, max: 1, noNaN: true });
const address = fc.integer({ min: 0, max: CODE_SIZE + 24 }).map(BigInt);
const condition: fc.Arbitrary<StopCondition> = fc.oneof(
  fc.record({ kind: fc.constant('instruction' as const), address }),
  fc.record({
    kind: fc.constant('access' as const),
    space: fc.constant('physical' as const),
    address,
    length: fc.integer({ min: 1, max: 8 }),
    access: fc.constantFrom('read' as const, 'write' as const, 'read-write' as const, 'change' as const),
  }),
  fc.record({ kind: fc.constant('trap' as const), cause: fc.constant(undefined) }),
);
const RUNS = { numRuns: 40, endOnFailure: true };

interface Recorded {
  readonly session: ToySession;
  readonly bytes: Uint8Array;
  readonly events: readonly HostEvent[];
  readonly end: number;
}

async function record(code: Uint8Array, script: readonly Turn[], memoryBudget = 2 ** 22): Promise<Recorded> {
  const file = new MemoryFile();
  const session = await ToySession.record(code, file, memoryBudget);
  await session.play(script);
  const { end } = session.timeline;
  await session.timeline.close();
  const { events } = await readRecording(sourceOf(file.bytes()));
  return { session, bytes: file.bytes(), events, end };
}

describe('A timeline', () => {
  it('shows at every counter the state that a run without travel has there', async () => {
    await fc.assert(
      fc.asyncProperty(program, turns, fc.array(place, { maxLength: 12 }), async (code, script, places) => {
        const { session, bytes, events, end } = await record(code, script);
        const counters = [end, ...places.map((part) => Math.floor(part * end)), 0];
        const { states } = runStraight(code, events, end, counters);
        const opened = await ToySession.open(code, bytes);
        const poor = await ToySession.open(code, bytes, 0);
        // Its checkpoints are in the file alone, which it reads while it writes it.
        const spilling = await record(code, script, 0);
        assert.equal(opened.timeline.end, end);
        assert.equal(spilling.end, end);
        const digests = new Map<number, string>();
        for (const { machine, timeline } of [session, opened, poor, spilling.session]) {
          for (const counter of counters) {
            const outcome = await timeline.travelTo(counter);
            assert.deepEqual(outcome, { kind: 'arrived' });
            assert.equal(machine.fingerprint(), states.get(counter));
            const digest = timeline.digest();
            assert.equal(digest, digests.get(counter) ?? digest);
            digests.set(counter, digest);
          }
        }
      }),
      RUNS,
    );
  });

  it('finds backwards the last moment at which a condition was met, and all of them in turn', async () => {
    await fc.assert(
      fc.asyncProperty(
        program,
        turns,
        fc.array(condition, { minLength: 1, maxLength: 3 }),
        place,
        async (code, script, conditions, from) => {
          const { session, bytes, events, end } = await record(code, script);
          const start = Math.floor(from * end);
          const { hits } = runStraight(code, events, end, [], { conditions });
          const before = hits.filter((counter) => counter < start);
          const { states } = runStraight(code, events, end, before.slice(-6));
          const opened = await ToySession.open(code, bytes);
          for (const { machine, timeline } of [session, opened]) {
            await timeline.travelTo(start);
            for (const expected of before.slice(-6).reverse()) {
              const outcome = await timeline.runBackTo({ conditions });
              assert.equal(outcome.kind, 'hit');
              assert.equal(timeline.counter, expected);
              assert.equal(machine.fingerprint(), states.get(expected));
            }
            if (before.length <= 6) {
              assert.deepEqual(await timeline.runBackTo({ conditions }), { kind: 'start-of-recording' });
              assert.equal(timeline.counter, 0);
            }
          }
        },
      ),
      RUNS,
    );
  });

  it('runs forward from hit to hit, through every one', async () => {
    await fc.assert(
      fc.asyncProperty(program, turns, condition, async (code, script, wanted) => {
        const { bytes, events, end } = await record(code, script);
        const { hits } = runStraight(code, events, end, [], { conditions: [wanted] });
        const { timeline } = await ToySession.open(code, bytes);
        // What is met at the very start is left behind first.
        for (const expected of hits.filter((counter) => counter > 0).slice(0, 20)) {
          const outcome = await timeline.run({ conditions: [wanted] });
          assert.equal(outcome.kind, 'hit');
          assert.equal(outcome.hits[0]?.counter, expected);
          // Accesses stop after their step, and a condition there would be left behind: look from the step itself.
          if (wanted.kind !== 'instruction') await timeline.travelTo(expected);
        }
      }),
      RUNS,
    );
  });

  it('continues to record after a visit to the past', async () => {
    await fc.assert(
      fc.asyncProperty(program, turns, turns, place, async (code, before, after, part) => {
        const file = new MemoryFile();
        const session = await ToySession.record(code, file);
        const { timeline, machine } = session;
        await session.play(before);
        const end = timeline.end;
        await timeline.travelTo(Math.floor(part * end));
        assert.equal(timeline.mode, timeline.counter === end ? 'recording' : 'replaying');
        if (timeline.mode === 'replaying') {
          assert.equal(timeline.sendConsoleInput(new Uint8Array([1])), false);
          const outcome = await timeline.run({ conditions: [] });
          assert.equal(outcome.kind, 'end-of-recording');
        }
        assert.equal(timeline.counter, end);
        await session.play(after);
        await timeline.close();
        const { events } = await readRecording(sourceOf(file.bytes()));
        const { states } = runStraight(code, events, timeline.end, [timeline.end]);
        assert.equal(machine.fingerprint(), states.get(timeline.end));
        const opened = await ToySession.open(code, file.bytes());
        await opened.timeline.travelTo(timeline.end);
        assert.equal(opened.machine.fingerprint(), states.get(timeline.end));
      }),
      RUNS,
    );
  });

  it('prints in replay what it printed when it was recorded', async () => {
    await fc.assert(
      fc.asyncProperty(program, turns, async (code, script) => {
        const { session, bytes, end } = await record(code, script);
        await session.timeline.travelTo(end);
        const recorded = session.timeline.consoleOutput();
        const opened = await ToySession.open(code, bytes);
        const heard: unknown[] = [];
        opened.timeline.onConsoleOutput(({ counter, bytes }) => heard.push({ counter, bytes }));
        await opened.timeline.run({ conditions: [] });
        assert.deepEqual(heard, recorded);
        assert.deepEqual(opened.timeline.consoleOutput(), recorded);
      }),
      RUNS,
    );
  });

  it('says so at both ends of history', async () => {
    const code = new Uint8Array(CODE_SIZE).fill(0x03);
    const { session, end } = await record(code, [{ steps: 2500, input: new Uint8Array() }]);
    const { timeline } = session;
    assert.deepEqual(await timeline.travelTo(end + 1), { kind: 'end-of-recording', exit: undefined });
    assert.equal(timeline.counter, end);
    assert.deepEqual(await timeline.reverseStep(end + 1), { kind: 'start-of-recording' });
    assert.equal(timeline.counter, 0);
    assert.deepEqual(await timeline.reverseStep(), { kind: 'start-of-recording' });
    assert.deepEqual(await timeline.step(end), { kind: 'arrived' });
    assert.equal(timeline.counter, end);
  });

  it('returns to where it began when a search is cancelled', async () => {
    const code = new Uint8Array(CODE_SIZE).fill(0x03);
    const { bytes, end } = await record(code, [{ steps: 20_000, input: new Uint8Array() }]);
    const { timeline, machine } = await ToySession.open(code, bytes);
    await timeline.travelTo(end);
    const state = machine.fingerprint();
    const abort = new AbortController();
    const outcome = await timeline.runBackTo(
      { conditions: [{ kind: 'instruction', address: 9999n }] },
      {
        signal: abort.signal,
        onProgress: ({ done }) => {
          if (done > end / 2) abort.abort();
        },
      },
    );
    assert.deepEqual(outcome, { kind: 'cancelled' });
    assert.equal(machine.fingerprint(), state);
  });

  it('refuses a second motion while one is under way, and stays usable', async () => {
    const code = new Uint8Array(CODE_SIZE).fill(0x03);
    const { bytes } = await record(code, [{ steps: 5000, input: new Uint8Array() }]);
    const { timeline } = await ToySession.open(code, bytes);
    const motion = timeline.travelTo(4000);
    await assert.rejects(timeline.step(), /moving already/);
    assert.deepEqual(await motion, { kind: 'arrived' });
  });

  it('reports the first digest that differs', async () => {
    const code = new Uint8Array(CODE_SIZE).fill(0x03);
    const { bytes } = await record(code, [{ steps: 5000, input: new Uint8Array() }]);
    const recording = await readRecording(sourceOf(bytes));
    // The same recording, in which one digest is another.
    const digests = recording.digests.map((known) =>
      known.counter === 3000 ? { counter: 3000, digest: known.digest ^ 1n } : known,
    );
    const altered = new Recording(sourceOf(bytes), portableCodec, withDigests(recording, digests));
    const timeline = await Timeline.open(new ToyMachine(code), altered, { scheduler: testScheduler() });
    const outcome = await timeline.run({ conditions: [] });
    assert.equal(outcome.kind, 'diverged');
    assert.equal(timeline.counter, 3000);
  });
});

function withDigests(recording: RecordingContent, digests: readonly RecordedDigest[]): RecordingContent {
  const { header, machine, events, printed, checkpoints, end, damage, lastCounter, totals, groups, files } = recording;
  const { bookmarks, appendPlace } = recording;
  return {
    header,
    machine,
    events,
    printed,
    digests,
    checkpoints,
    end,
    damage,
    lastCounter,
    totals,
    groups,
    files,
    bookmarks,
    appendPlace,
  };
}
