import assert from 'node:assert/strict';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { record, TestSession } from './debug-session.ts';

const program = fileURLToPath(new URL('../../guests/compute/recursion.elf', import.meta.url));
const moved = path.join(path.dirname(program), '../moved/kernel.elf');

describe('symbols of the firmware', () => {
  let session: TestSession;

  afterEach(async () => {
    await session.stop();
  });

  const recordingOf = (kernel: string, name: string): Promise<string> =>
    record({ kernel, memory: '16M', rtc: '2026-01-01T00:00:00Z', seed: '0'.repeat(64) }, name);

  it('are those of code in M-mode, found at the start of RAM', async () => {
    const recording = await recordingOf(program, 'in-m-mode.retrograde');
    session = await TestSession.start();
    await session.attach({ recording, symbols: [{ file: program, space: 'firmware' }], at: 'start' });
    const [breakpoint] = await session.breakAtFunctions('recursion!run');
    assert.equal(breakpoint?.verified, true, breakpoint?.message);
    assert.equal((await session.continue()).name, 'run');
  });

  it('mean nothing to a supervisor at the same addresses', async () => {
    const recording = await recordingOf(moved, 'in-s-mode.retrograde');
    session = await TestSession.start();
    // As if the kernel's own code were the firmware's: it never runs in M-mode.
    const firmware = { file: moved, space: 'firmware', address: '0x100200000' };
    await session.attach({ recording, symbols: [firmware], at: 'start' });
    const places = await session.breakAtFunctions('kernel!choose_place');
    assert.equal(places[0]?.verified, true);
    assert.match((await session.continue()).description, /powered off/);
  });
});
