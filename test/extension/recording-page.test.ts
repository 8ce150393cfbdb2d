import assert from 'node:assert/strict';
import type { ByteSink } from '../../emulator/recording/byte-source.ts';
import type { EndReason } from '../../emulator/recording/end-chunk.ts';
import type { Recording } from '../../emulator/recording/recording.ts';
import { readRecording } from '../../emulator/recording/recording-reader.ts';
import { RecordingWriter } from '../../emulator/recording/recording-writer.ts';
import { formatBytes, recordingFacts } from '../../extension/recording-facts.ts';
import { recordingPage } from '../../extension/recording-page.ts';

/** A recording file of a run that was cut off after `keep` bytes. */
async function recorded(reason: EndReason, keep = Infinity): Promise<Recording> {
  const written: number[] = [];
  const sink: ByteSink = {
    name: 'crash.retrograde',
    append: (pieces) => {
      for (const piece of pieces) written.push(...piece);
      return Promise.resolve();
    },
    read: (offset, length) => Promise.resolve(Uint8Array.from(written.slice(offset, offset + length))),
    flush: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  const writer = new RecordingWriter(sink, {
    build: { program: 'retrograde 0.1.0', machine: 1 },
    machine: {
      tohost: undefined,
      configuration: {
        memory: 96 * 1024 * 1024,
        harts: 1,
        firmware: { kind: 'builtin' },
        append: 'console=ttyS0 <b>',
        stepsPerTick: 10,
        rtc: '1767225600000000000',
        seed: '00'.repeat(32),
        drives: [{ name: 'root.img', size: 1536, readOnly: true }],
      },
    },
  });
  const state = { counter: 0, harts: new Uint8Array(), devices: new Uint8Array() };
  writer.addCheckpoint({ state, spaces: [] });
  writer.addEvent({ kind: 'entropy', counter: 10, bytes: new Uint8Array(4) });
  writer.addEvent({ kind: 'console-input', counter: 20, device: 'uart0', bytes: new Uint8Array(1), idleTicks: 0 });
  await writer.close({ counter: 1_234_567, reason });
  const bytes = Uint8Array.from(written).subarray(0, keep);
  return readRecording({
    name: sink.name,
    size: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
    close: () => Promise.resolve(),
  });
}

const poweredOff: EndReason = { kind: 'guest-exit', exit: { kind: 'power-off', code: 1 } };

describe('the facts of a recording', () => {
  it('tell the machine, the run and the file', async () => {
    const recording = await recorded(poweredOff);
    const facts = new Map(recordingFacts(recording).map(({ name, value }) => [name, value]));
    assert.equal(facts.get('Memory'), '96 MiB');
    assert.equal(facts.get('Firmware'), "the machine's own SBI");
    assert.equal(facts.get('Kernel command line'), 'console=ttyS0 <b>');
    assert.equal(facts.get('Drive 0'), 'root.img, 1.5 KiB, read-only');
    assert.equal(facts.get('Clock at power-on'), '2026-01-01T00:00:00.000Z');
    assert.equal(facts.get('Length'), '1,234,567 steps');
    assert.equal(facts.get('End'), 'the guest powered off with code 1');
    assert.equal(facts.get('Host input'), '2 events, 1 of them typed on the console');
    assert.equal(facts.get('Recorded by'), 'retrograde 0.1.0');
  });

  it('tell that the recorder was killed', async () => {
    const whole = await recorded(poweredOff);
    const cut = await recorded(poweredOff, whole.size - 1);
    const end = recordingFacts(cut).find(({ name }) => name === 'End');
    assert.match(end?.value ?? '', /^the recorder was stopped/);
  });
});

describe('the page of a recording', () => {
  it('escapes everything that the recording says', async () => {
    const page = recordingPage(
      '<script>.retrograde',
      { kind: 'facts', facts: recordingFacts(await recorded(poweredOff)) },
      'command:retrograde.openRecording?%5B%5D',
    );
    assert(!page.includes('<script>'));
    assert(!page.includes('<b>'));
    assert(page.includes('console=ttyS0 &#60;b&#62;'));
    assert(page.includes('href="command:retrograde.openRecording?%5B%5D"'));
  });

  it('says in one sentence why a file cannot be read, and offers nothing', () => {
    const page = recordingPage('a.retrograde', { kind: 'problem', sentence: 'It is not a recording.' }, 'command:x');
    assert(page.includes('<p>It is not a recording.</p>'));
    assert(!page.includes('href'));
  });
});

describe('a number of bytes', () => {
  it('is written in its largest binary unit', () => {
    assert.equal(formatBytes(0), '0 bytes');
    assert.equal(formatBytes(1023), '1023 bytes');
    assert.equal(formatBytes(1536), '1.5 KiB');
    assert.equal(formatBytes(128 * 2 ** 20), '128 MiB');
    assert.equal(formatBytes(3 * 2 ** 50), '3072 TiB');
  });
});
