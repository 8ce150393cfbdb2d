import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encodeChunkHeader } from '../../../emulator/recording/chunk.ts';
import { crc32 } from '../../../emulator/recording/crc32.ts';
import { encodeHeader } from '../../../emulator/recording/header-chunk.ts';
import { PayloadReader, PayloadWriter } from '../../../emulator/recording/payload.ts';
import { readRecording } from '../../../emulator/recording/recording-reader.ts';
import { RecordingError } from '../../../emulator/recording/recording-error.ts';
import { CODE_SIZE } from '../replay/toy-machine.ts';
import { ToySession } from '../replay/toy-timeline.ts';
import { MemoryFile, sourceOf } from './memory-file.ts';

/** A program that stores, prints and asks for entropy, and a recording of it with input. */
const PROGRAM = new Uint8Array(CODE_SIZE).map((_, index) => [0x13, 0x27, 0x38, 0x49, 0x00, 0x55, 0x2d][index % 7] ?? 0);

async function recordSome(file = new MemoryFile()): Promise<Uint8Array> {
  const session = await ToySession.record(PROGRAM, file);
  await session.play([
    { steps: 4000, input: new Uint8Array([1, 2, 3]) },
    { steps: 7000, input: new Uint8Array([4]) },
  ]);
  await session.timeline.close();
  return file.bytes();
}

function encodeChunk(kind: string, sequence: number, payload: Uint8Array): Uint8Array {
  const header = encodeChunkHeader({ kind, sequence, length: payload.length, payloadChecksum: crc32(payload) });
  return new Uint8Array([...header, ...payload]);
}

/** What reading a file of these bytes comes to. */
async function tryReading(bytes: Uint8Array): Promise<RecordingError | Awaited<ReturnType<typeof readRecording>>> {
  try {
    return await readRecording(sourceOf(bytes));
  } catch (error) {
    if (error instanceof RecordingError) return error;
    throw error;
  }
}

describe('A recording', () => {
  it('holds what was recorded', async () => {
    const recording = await readRecording(sourceOf(await recordSome()));
    assert.equal(recording.damage, undefined);
    assert.equal(recording.lastCounter, 11_000);
    assert.deepEqual(recording.end, {
      counter: 11_000,
      reason: { kind: 'stopped', why: 'the session was closed' },
    });
    assert.deepEqual(
      recording.events
        .filter((event) => event.kind === 'console-input')
        .map((event) => [event.counter, ...event.bytes]),
      [
        [0, 1, 2, 3],
        [4000, 4],
      ],
    );
    const counters = recording.checkpoints.map((checkpoint) => checkpoint.state.counter);
    assert.deepEqual([counters.at(0), counters.at(-1)], [0, 11_000]);
    assert.ok(counters.length > 3, 'checkpoints were written on the way');
    const digests = new Set(recording.digests.map(({ counter }) => counter));
    assert.ok(counters.every((counter) => digests.has(counter)));
    for (let counter = 0; counter <= 11_000; counter += 1000) assert.ok(digests.has(counter));
    // Its content is in the machine's memory; only an ELF file has anything besides.
    assert.deepEqual(await recording.file('kernel'), { name: 'toy.bin', bytes: new Uint8Array() });
  });

  it('killed at any byte is readable up to its last complete chunk', async () => {
    const bytes = await recordSome();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: bytes.length - 1 }), async (length) => {
        const read = await tryReading(bytes.subarray(0, length));
        if (read instanceof RecordingError) {
          assert.equal(read.problem, 'incomplete', read.message);
          return;
        }
        assert.equal(read.damage?.kind, 'truncated');
        const { machine, timeline } = await ToySession.open(PROGRAM, bytes.subarray(0, length));
        const outcome = await timeline.run({ conditions: [] });
        assert.deepEqual(outcome, { kind: 'end-of-recording', exit: undefined });
        assert.equal(machine.counter, read.lastCounter);
      }),
      { numRuns: 150, endOnFailure: true },
    );
  });

  it('with a byte altered anywhere says where', async () => {
    const bytes = await recordSome();
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: bytes.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, flip) => {
          const altered = bytes.slice();
          altered[at] = (altered[at] ?? 0) ^ flip;
          const read = await tryReading(altered);
          if (read instanceof RecordingError) {
            assert.ok(['corrupt', 'not-a-recording'].includes(read.problem), read.message);
          } else if (read.damage?.kind === 'corrupt') {
            assert.ok(read.damage.offset <= at);
          } else {
            assert.fail(`the altered byte ${at} was not noticed`);
          }
        },
      ),
      { numRuns: 300, endOnFailure: true },
    );
  });

  it('of any bytes at all is refused with a sentence, or read, but never crashes the reader', async () => {
    const kinds = fc.constantFrom('MACH', 'FILE', 'PAGE', 'CKPT', 'EVNT', 'CONS', 'DGST', 'ENDS', 'what');
    const payload = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.array(fc.bigInt({ min: 0n, max: 2n ** 53n - 1n }), { maxLength: 12 }).map((counts) => {
        const writer = new PayloadWriter();
        for (const count of counts) writer.count(Number(count));
        return writer.finish();
      }),
      fc.string({ maxLength: 12 }).map((text) => new TextEncoder().encode(text)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(kinds, payload), { maxLength: 6 }), async (chunks) => {
        const file = new MemoryFile();
        await file.append([encodeChunk('HEAD', 0, encodeHeader({ program: 'test', machine: 1 }))]);
        for (const [index, [kind, bytes]] of chunks.entries()) await file.append([encodeChunk(kind, index + 1, bytes)]);
        const read = await tryReading(file.bytes());
        if (read instanceof RecordingError) assert.match(read.message, /^memory\.retrograde .*\.$/);
      }),
      { numRuns: 500, endOnFailure: true },
    );
  });

  it('of another major version is refused by name', async () => {
    const header = encodeHeader({ program: 'test', machine: 1 });
    header[0] = 9;
    await assert.rejects(readRecording(sourceOf(encodeChunk('HEAD', 0, header), 'later.retrograde')), (error) => {
      assert.ok(error instanceof RecordingError);
      assert.equal(error.problem, 'unsupported-version');
      assert.match(error.message, /^later\.retrograde has format version 9\.0; this Retrograde reads version 2\./);
      return true;
    });
  });

  it('with chunks of a kind that is not known is read without them', async () => {
    const bytes = await recordSome();
    // The end is the last chunk: put another in its place, and the end behind it.
    const whole = await readRecording(sourceOf(bytes));
    const ends = whole.totals.get('ENDS')?.bytes ?? 0;
    const last = bytes.subarray(bytes.length - ends);
    const sequence = new DataView(last.buffer, last.byteOffset).getUint32(8, true);
    const file = new MemoryFile();
    await file.append([bytes.subarray(0, bytes.length - ends)]);
    await file.append([encodeChunk('LATE', sequence, new Uint8Array(77))]);
    await file.append([encodeChunk('ENDS', sequence + 1, last.subarray(24))]);
    const read = await readRecording(sourceOf(file.bytes()));
    assert.equal(read.damage, undefined);
    assert.equal(read.lastCounter, whole.lastCounter);
  });

  it('on a disk that fills up ends at its last complete chunk, and the session goes on', async () => {
    const whole = (await recordSome()).length;
    for (const capacity of [0, 100, 1000, whole - 100, whole - 1]) {
      const file = new MemoryFile('full.retrograde', capacity);
      const session = await ToySession.record(PROGRAM, file);
      const told: unknown[] = [];
      for (let turn = 0; turn < 3; turn++) {
        await session.play([{ steps: 4000, input: new Uint8Array([1]) }]).catch((error: unknown) => told.push(error));
      }
      await session.timeline.close().catch((error: unknown) => told.push(error));
      const [first] = told;
      assert.ok(first instanceof RecordingError);
      assert.match(first.message, /^full\.retrograde could not be written further \(no space left on device\)/);
      const read = await tryReading(file.bytes());
      if (read instanceof RecordingError) assert.equal(read.problem, 'incomplete');
      else assert.equal(read.damage?.kind, 'truncated');
      assert.deepEqual(await session.timeline.travelTo(1234), { kind: 'arrived' });
    }
  });
});

describe('A count in a payload', () => {
  it('is read as it was written, up to 2^53', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        assert.equal(new PayloadReader(new PayloadWriter().count(value).finish()).count(), value);
      }),
    );
    assert.throws(() => new PayloadReader(new Uint8Array(9).fill(0xff)).count(), /2\^53/);
  });
});
