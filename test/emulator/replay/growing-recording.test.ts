import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ByteSource } from '../../../emulator/recording/byte-source.ts';
import { readRecording } from '../../../emulator/recording/recording-reader.ts';
import { Timeline } from '../../../emulator/replay/timeline.ts';
import { MemoryFile, sourceOf } from '../recording/memory-file.ts';
import { CODE_SIZE, ToyMachine } from './toy-machine.ts';
import type { Turn } from './toy-timeline.ts';
import { testScheduler, ToySession } from './toy-timeline.ts';

/** The beginning of a file that somebody is still writing. */
class GrowingFile implements ByteSource {
  readonly name = 'growing.retrograde';
  readonly #bytes: Uint8Array;
  #written: number;
  size: number;

  constructor(bytes: Uint8Array, written: number) {
    this.#bytes = bytes;
    this.#written = written;
    this.size = written;
  }

  /** The writer has come to this byte. */
  writtenTo(offset: number): void {
    this.#written = offset;
  }

  refresh(): Promise<void> {
    this.size = this.#written;
    return Promise.resolve();
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    return sourceOf(this.#bytes.subarray(0, this.#written)).read(offset, length);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const program = fc.uint8Array({ minLength: CODE_SIZE, maxLength: CODE_SIZE });
const turn: fc.Arbitrary<Turn> = fc.record({
  steps: fc.integer({ min: 1, max: 3000 }),
  input: fc.uint8Array({ maxLength: 6 }),
});
const turns = fc.array(turn, { minLength: 2, maxLength: 6 });
const place = fc.double({ min: 0, max: 1, noNaN: true });

async function recorded(code: Uint8Array, script: readonly Turn[]): Promise<{ bytes: Uint8Array; end: number }> {
  const file = new MemoryFile();
  const session = await ToySession.record(code, file);
  await session.play(script);
  const { end } = session.timeline;
  await session.timeline.close();
  return { bytes: file.bytes(), end };
}

const openWith = async (code: Uint8Array, source: ByteSource): Promise<Timeline> =>
  Timeline.open(new ToyMachine(code), await readRecording(source), { scheduler: testScheduler() });

/** Bytes from which on a recording can be opened at all: its initial state is there. */
async function firstUsable(bytes: Uint8Array): Promise<number> {
  let [low, high] = [0, bytes.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const usable = await readRecording(sourceOf(bytes.subarray(0, middle))).then(
      () => true,
      () => false,
    );
    if (usable) high = middle;
    else low = middle + 1;
  }
  return low;
}

describe('A recording that another process is still writing', function () {
  this.timeout(180_000);

  it('shows at each byte what is there, and in the end what was recorded, at every counter', async () => {
    await fc.assert(
      fc.asyncProperty(
        program,
        turns,
        fc.array(place, { minLength: 1, maxLength: 6 }),
        fc.array(place, { minLength: 1, maxLength: 4 }),
        async (code, script, cuts, visits) => {
          const { bytes, end } = await recorded(code, script);
          const whole = await openWith(code, sourceOf(bytes));
          const least = await firstUsable(bytes);
          const sizes = cuts.map((cut) => least + Math.floor(cut * (bytes.length - least))).sort((a, b) => a - b);
          const file = new GrowingFile(bytes, sizes[0] ?? least);
          const timeline = await openWith(code, file);
          for (const size of [...sizes, bytes.length]) {
            file.writtenTo(size);
            // Either the person's next motion takes in what there is, or somebody who looks now and then.
            if (size % 2 === 0) await timeline.refresh();
            await timeline.travelTo(timeline.end);
            const before = timeline.end;
            assert.ok(before <= end);
            for (const visit of [1, ...visits]) {
              const counter = Math.floor(visit * before);
              await timeline.travelTo(counter);
              await whole.travelTo(counter);
              assert.equal(timeline.digest(), whole.digest(), `at ${counter} with ${size} of ${bytes.length} bytes`);
            }
          }
          assert.equal(timeline.end, end);
          assert.equal(timeline.isOpenEnded, false);
          await timeline.travelTo(end);
          await whole.travelTo(end);
          assert.deepEqual(timeline.consoleOutput(), whole.consoleOutput());
          assert.deepEqual(await timeline.run({ conditions: [] }), await whole.run({ conditions: [] }));
        },
      ),
      { numRuns: 40, endOnFailure: true },
    );
  });

  it('tells that its end is only that of what is recorded so far', async () => {
    const code = new Uint8Array(CODE_SIZE).fill(0x03);
    const { bytes, end } = await recorded(code, [{ steps: 5000, input: new Uint8Array() }]);
    const file = new GrowingFile(bytes, bytes.length - 1);
    const timeline = await openWith(code, file);
    const sofar = await timeline.run({ conditions: [] });
    assert.deepEqual(sofar, { kind: 'end-of-recording', exit: undefined, isSoFar: true });
    assert.equal(await timeline.refresh(), false);
    file.writtenTo(bytes.length);
    await timeline.refresh();
    assert.deepEqual([timeline.end, timeline.isOpenEnded], [end, false]);
    assert.deepEqual(await timeline.run({ conditions: [] }), { kind: 'end-of-recording', exit: undefined });
  });

  it('looks twice at what cannot be right, and then says so; what was read before stays good', async () => {
    const code = new Uint8Array(CODE_SIZE).fill(0x03);
    const { bytes } = await recorded(code, [
      { steps: 3000, input: new Uint8Array([1]) },
      { steps: 3000, input: new Uint8Array() },
    ]);
    const least = await firstUsable(bytes);
    const damaged = bytes.slice();
    damaged[bytes.length - 5] = (damaged[bytes.length - 5] ?? 0) ^ 0xff;
    const file = new GrowingFile(damaged, least);
    const timeline = await openWith(code, file);
    file.writtenTo(damaged.length);
    await timeline.refresh();
    const known = timeline.end;
    assert.ok(known > 0);
    await assert.rejects(timeline.refresh(), /is damaged at byte \d+/);
    await timeline.travelTo(0);
    await timeline.travelTo(known);
    assert.equal(timeline.counter, known);
  });
});
