import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { crc32 } from '../../../emulator/recording/crc32.ts';
import { readRecording } from '../../../emulator/recording/recording-reader.ts';
import { RecordingWriter } from '../../../emulator/recording/recording-writer.ts';
import { MemoryFile, sourceOf } from './memory-file.ts';

async function writeExample(): Promise<Uint8Array> {
  const file = new MemoryFile();
  const writer = new RecordingWriter(file, {
    build: { program: 'example', machine: 1 },
    machine: {
      configuration: {
        memory: 4096,
        harts: 1,
        firmware: { kind: 'none' },
        append: '',
        stepsPerTick: 10,
        rtc: '0',
        seed: '00'.repeat(32),
        drives: [],
      },
      tohost: undefined,
    },
  });
  const page = new Uint8Array(4096);
  page[0] = 0x13;
  const number = writer.nextPage;
  const written = writer.addPages([page]);
  const state = { counter: 0, harts: new Uint8Array([0xaa]), devices: new Uint8Array([0xbb, 0xcc]) };
  writer.addCheckpoint({
    state,
    spaces: [{ name: 'ram', pageCount: 2, changed: [{ index: 1, page: number }] }],
  });
  writer.addEvent({
    kind: 'console-input',
    counter: 2,
    device: 'uart0',
    bytes: new Uint8Array([0x61]),
    idleTicks: 300,
  });
  writer.addPrinted({ counter: 3, bytes: new Uint8Array([0x6f, 0x6b]) });
  writer.addDigest({ counter: 5, digest: 0x0123456789abcdefn });
  assert.equal(await written, true);
  await writer.close({ counter: 5, reason: { kind: 'stopped', why: 'enough' } });
  return file.bytes();
}

/** Sixteen bytes to a line, offset and characters at the sides; runs of equal lines are shown once. */
function dump(bytes: Uint8Array): string {
  const lines: string[] = [];
  let previous = '';
  for (let at = 0; at < bytes.length; at += 16) {
    const row = [...bytes.subarray(at, at + 16)];
    const digits = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    if (digits === previous) {
      if (lines.at(-1) !== '*') lines.push('*');
      continue;
    }
    previous = digits;
    const text = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${at.toString(16).padStart(5, '0')}  ${digits.padEnd(47)}  ${text}`);
  }
  return lines.map((line) => `    ${line}\n`).join('');
}

describe('The format', () => {
  it('is as its description shows', async () => {
    const example = dump(await writeExample());
    const description = readFileSync(new URL('../../../FORMAT.md', import.meta.url), 'utf8');
    if (process.env['UPDATE_FORMAT_EXAMPLE'] !== undefined) console.log(example);
    assert.equal(description.split('<!-- example -->\n\n')[1], example);
  });

  it('is read back from the example', async () => {
    const recording = await readRecording(sourceOf(await writeExample()));
    assert.equal(recording.damage, undefined);
    assert.equal(recording.lastCounter, 5);
    assert.equal((await recording.pages([1])).get(1)?.[0], 0x13);
    assert.deepEqual(recording.printed, [{ counter: 3, bytes: new Uint8Array([0x6f, 0x6b]) }]);
  });

  it('uses the CRC-32 of zip', () => {
    assert.equal(crc32(new TextEncoder().encode('123456789')), 0xcbf43926);
    assert.equal(crc32(new Uint8Array()), 0);
    const [digits, part] = [new TextEncoder().encode('123456789'), 5];
    assert.equal(crc32(digits.subarray(part), crc32(digits.subarray(0, part))), 0xcbf43926);
  });
});
