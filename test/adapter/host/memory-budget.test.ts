import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { buildMachine } from '../../../adapter/host/machine-request.ts';
import { openRecording, openTimeline, recordTimeline } from '../../../adapter/host/recording-files.ts';
import type { Timeline } from '../../../emulator/replay/timeline.ts';
import { requireLinuxFile } from '../../guests/linux.ts';
import { Random } from '../../random.ts';

const MEGABYTE = 2 ** 20;
const RAM = 64 * MEGABYTE;
const BUDGET = 8 * MEGABYTE;
/** Blocks of file that were read, chunks being written, copies that wait for the garbage collector. */
const BESIDES = 48 * MEGABYTE;
const PLACES = 25;
/** As dense as slices are: the boot then makes checkpoints of some hundred megabytes. */
const tuning = { nearLatency: 0.5, farLatency: 0.5, slice: 200_000 };

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes of this process's array buffers that are in use: where contents of pages are, and the guest's own memory is not. */
function buffers(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

describe('A session with little memory for checkpoints, in the small Linux', function () {
  this.timeout(600_000);
  const folder = mkdtempSync(join(tmpdir(), 'retrograde-budget-'));
  const file = join(folder, 'recorded.retrograde');
  const opened: Timeline[] = [];

  after(async () => {
    for (const timeline of opened) await timeline.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('keeps to it while it records and travels, and shows the same states', async function () {
    const machine = await buildMachine({
      kernel: requireLinuxFile(this, 'small-kernel'),
      initrd: requireLinuxFile(this, 'initramfs'),
      append: 'console=ttyS0 quiet auto',
      memory: RAM,
    });
    const before = buffers();
    const live = await recordTimeline(machine, {
      ...{ path: file, program: 'test', overwrite: true, pace: 'skip', memoryBudget: BUDGET, tuning },
    });
    assert.equal((await live.run({ conditions: [] }, { until: 60_000_000 })).kind, 'arrived');
    const random = new Random(3);
    const places = Array.from({ length: PLACES }, () => random.below(live.end));
    const digests = new Map<number, string>();
    for (const place of places) {
      assert.equal((await live.travelTo(place)).kind, 'arrived');
      digests.set(place, live.digest());
    }
    // Restoring a state may have taken all of the guest's memory for a moment, which is then kept for the next.
    assert.ok(buffers() - before < BUDGET + RAM + BESIDES, `${(buffers() - before) / MEGABYTE} MB`);
    await live.close();

    const spent: number[] = [];
    for (const memoryBudget of [MEGABYTE, undefined]) {
      const empty = buffers();
      const timeline = await openTimeline(await openRecording(file), { memoryBudget, tuning });
      opened.push(timeline);
      assert.equal((await timeline.run({ conditions: [] })).kind, 'end-of-recording');
      for (const place of places) {
        assert.equal((await timeline.travelTo(place)).kind, 'arrived');
        assert.equal(timeline.digest(), digests.get(place), `at counter ${place}`);
      }
      spent.push(buffers() - empty);
    }
    const [poor = 0, rich = 0] = spent;
    assert.ok(poor < MEGABYTE + RAM + BESIDES, `${poor / MEGABYTE} MB`);
    assert.ok(
      rich > poor + 2 * BUDGET,
      `${rich / MEGABYTE} MB without a budget are hardly more than ${poor / MEGABYTE}`,
    );
  });
});
