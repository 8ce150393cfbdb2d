import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Change } from '../../../emulator/machine/change.ts';
import type { HostEvent } from '../../../emulator/machine/machine.ts';
import type { StopCondition } from '../../../emulator/machine/stop.ts';
import { readRecording } from '../../../emulator/recording/recording-reader.ts';
import type { PersonChange } from '../../../emulator/replay/person-changes.ts';
import { MemoryFile, sourceOf } from '../recording/memory-file.ts';
import { runStraight } from './straight-run.ts';
import { CODE_SIZE } from './toy-machine.ts';
import type { Turn } from './toy-timeline.ts';
import { ToySession } from './toy-timeline.ts';

const program = fc.uint8Array({ minLength: CODE_SIZE, maxLength: CODE_SIZE });
const turn: fc.Arbitrary<Turn> = fc.record({
  steps: fc.integer({ min: 1, max: 2000 }),
  input: fc.uint8Array({ maxLength: 6 }),
});
const turns = fc.array(turn, { minLength: 1, maxLength: 4 });
const part = fc.double({ min: 0, max: 1, noNaN: true });
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    kind: fc.constant('integer-register' as const),
    hart: fc.constant(0),
    register: fc.integer({ min: 0, max: 7 }),
    value: fc.bigInt({ min: 0n, max: 0xffff_ffffn }),
  }),
  fc.record({
    kind: fc.constant('pc' as const),
    hart: fc.constant(0),
    value: fc.bigInt({ min: 0n, max: BigInt(CODE_SIZE - 1) }),
  }),
  fc.record({
    kind: fc.constant('physical-memory' as const),
    address: fc.bigInt({ min: 0n, max: BigInt(CODE_SIZE + 16) }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 4 }),
  }),
);
/** What a person does in a branch. */
type Deed =
  | { readonly kind: 'play'; readonly turns: readonly Turn[] }
  | { readonly kind: 'travel'; readonly part: number }
  | { readonly kind: 'change'; readonly changes: readonly Change[] }
  | { readonly kind: 'compare' };
const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({ kind: fc.constant('play' as const), turns }),
  fc.record({ kind: fc.constant('travel' as const), part }),
  fc.record({
    kind: fc.constant('change' as const),
    changes: fc.array(change, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant('compare' as const) }),
);
const RUNS = { numRuns: 40, endOnFailure: true };

interface Recorded {
  readonly session: ToySession;
  readonly file: MemoryFile;
}

async function record(code: Uint8Array, script: readonly Turn[], memoryBudget = 2 ** 22): Promise<Recorded> {
  const file = new MemoryFile();
  const session = await ToySession.record(code, file, memoryBudget);
  await session.play(script);
  return { session, file };
}

async function reopened(code: Uint8Array, script: readonly Turn[], memoryBudget: number): Promise<ToySession> {
  const { session, file } = await record(code, script);
  await session.timeline.close();
  return ToySession.open(code, file.bytes(), memoryBudget);
}

/** Stands at a part of what there is, before the guest's end. */
async function travelTo({ timeline }: ToySession, where: number): Promise<void> {
  await timeline.travelTo(Math.floor(where * Math.max(0, timeline.end - 1)));
}

interface Content {
  readonly events: readonly HostEvent[];
  readonly changes: readonly PersonChange[];
}

function contentOf({ timeline }: ToySession, recorded: readonly HostEvent[]): Content {
  const { branch } = timeline;
  return branch === undefined ? { events: recorded, changes: [] } : { events: branch.events, changes: branch.changes };
}

describe('A branch', () => {
  it('is at every counter what a run straight through with the same changes and input is', async () => {
    await fc.assert(
      fc.asyncProperty(
        program,
        turns,
        part,
        fc.array(deed, { minLength: 1, maxLength: 6 }),
        fc.array(part, { maxLength: 6 }),
        fc.constantFrom(0, 2 ** 22),
        async (code, script, where, deeds, parts, memoryBudget) => {
          const session = await reopened(code, script, memoryBudget);
          const { timeline, machine } = session;
          await travelTo(session, where);
          for (const one of [{ kind: 'change', changes: [] } as Deed, ...deeds]) {
            if (one.kind === 'play') await session.play(one.turns);
            else if (one.kind === 'travel') await travelTo(session, one.part);
            else if (one.kind === 'compare') await timeline.compareBranch();
            else if (machine.exit === undefined) assert.equal((await timeline.change(one.changes)).kind, 'changed');
          }
          const { end } = timeline;
          const counters = [end, ...parts.map((each) => Math.floor(each * end)), timeline.branch?.base ?? 0];
          const { events, changes } = contentOf(session, []);
          const { states } = runStraight(code, events, end, counters, { conditions: [] }, changes);
          const digests = new Map<number, string>();
          for (const counter of [...counters, ...counters.toReversed()]) {
            assert.deepEqual(await timeline.travelTo(counter), { kind: 'arrived' });
            assert.equal(machine.fingerprint(), states.get(counter));
            const digest = timeline.digest();
            assert.equal(digest, digests.get(counter) ?? digest);
            digests.set(counter, digest);
          }
        },
      ),
      RUNS,
    );
  });

  it('finds backwards what a run straight through meets, before its base too', async () => {
    const condition: fc.Arbitrary<StopCondition> = fc.oneof(
      fc.record({
        kind: fc.constant('instruction' as const),
        address: fc.integer({ min: 0, max: CODE_SIZE - 1 }).map(BigInt),
      }),
      fc.record({
        kind: fc.constant('access' as const),
        space: fc.constant('physical' as const),
        address: fc.integer({ min: 0, max: CODE_SIZE + 24 }).map(BigInt),
        length: fc.integer({ min: 1, max: 8 }),
        access: fc.constantFrom('write' as const, 'change' as const),
      }),
    );
    await fc.assert(
      fc.asyncProperty(
        program,
        turns,
        turns,
        part,
        change,
        condition,
        async (code, before, after, where, one, wanted) => {
          const session = await reopened(code, before, 2 ** 22);
          const { timeline, machine } = session;
          await travelTo(session, where);
          await timeline.change([one]);
          await session.play(after);
          const { counter: from } = timeline;
          const { events, changes } = contentOf(session, []);
          const { hits } = runStraight(code, events, from, [], { conditions: [wanted] }, changes);
          const last = hits.filter((counter) => counter < from).slice(-6);
          const { states } = runStraight(code, events, from, last, { conditions: [] }, changes);
          for (const expected of last.toReversed()) {
            assert.equal((await timeline.runBackTo({ conditions: [wanted] })).kind, 'hit');
            assert.equal(timeline.counter, expected);
            assert.equal(machine.fingerprint(), states.get(expected));
          }
        },
      ),
      RUNS,
    );
  });

  it('leaves the recording as it is, and its live end where it was', async () => {
    await fc.assert(
      fc.asyncProperty(program, turns, turns, turns, part, change, async (code, before, branch, after, where, one) => {
        // Entropy is drawn in the order in which it is asked for, so the guests compared here ask for none.
        const plain = code.map((byte) => ((byte & 15) === 8 ? byte ^ 15 : byte));
        const undisturbed = await record(plain, before);
        await undisturbed.session.play(after);
        await undisturbed.session.timeline.close();
        const { session, file } = await record(plain, before);
        const { timeline, machine } = session;
        if (machine.exit !== undefined) return;
        const { end } = timeline;
        const whole = machine.fingerprint();
        await travelTo(session, where);
        const [base, state] = [timeline.counter, machine.fingerprint()];
        assert.equal((await timeline.change([one])).kind, 'changed');
        await session.play(branch);
        assert.deepEqual(await timeline.discardBranch(), { kind: 'arrived' });
        assert.equal(timeline.counter, base);
        assert.equal(timeline.branch, undefined);
        assert.equal(timeline.end, end);
        assert.equal(machine.fingerprint(), state);
        await timeline.travelTo(end);
        assert.equal(machine.fingerprint(), whole);
        assert.equal(timeline.mode, 'recording');
        await session.play(after);
        await timeline.change([one]);
        await session.play(branch);
        // Closed within a branch, the recording ends where history did.
        await timeline.close();
        const [mine, theirs] = [file, undisturbed.file].map((each) => readRecording(sourceOf(each.bytes())));
        const [a, b] = [await mine, await theirs];
        assert.deepEqual(a?.events, b?.events);
        assert.deepEqual(a?.printed, b?.printed);
        assert.equal(a?.lastCounter, b?.lastCounter);
        const opened = await ToySession.open(plain, file.bytes());
        assert.deepEqual(await opened.timeline.travelTo(a?.lastCounter ?? 0), { kind: 'arrived' });
      }),
      RUNS,
    );
  });
});
