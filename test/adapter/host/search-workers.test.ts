import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MachineRequest } from '../../../adapter/host/assemble-machine.ts';
import { buildMachine } from '../../../adapter/host/machine-request.ts';
import { openRecording, openTimeline, recordTimeline } from '../../../adapter/host/recording-files.ts';
import { SearchWorkers } from '../../../adapter/host/search-workers.ts';
import type { StopCondition, StopSet } from '../../../emulator/machine/stop.ts';
import type { SegmentScanner, SegmentScanners } from '../../../emulator/replay/segment-scanner.ts';
import type { MotionOutcome, Timeline } from '../../../emulator/replay/timeline.ts';
import { requireLinuxFile } from '../../guests/linux.ts';
import { startFromSource } from './source-worker.ts';

const SEARCHES = 25;
const SP = 2;

interface Guest {
  readonly title: string;
  request(context: Mocha.Context): MachineRequest;
  /** Steps to record. */
  readonly until: number;
}

const guests: readonly Guest[] = [
  {
    title: 'a program that sorts',
    request: () => ({
      kernel: fileURLToPath(new URL('../../guests/compute/sort.elf', import.meta.url)),
      firmware: 'none',
    }),
    until: 20_000_000,
  },
  {
    title: 'the small Linux',
    request: (context) => ({
      kernel: requireLinuxFile(context, 'small-kernel'),
      initrd: requireLinuxFile(context, 'initramfs'),
      append: 'console=ttyS0 quiet auto',
      memory: 64 * 2 ** 20,
    }),
    until: 60_000_000,
  },
];

let seed = 7;
function random(below: number): number {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 2 ** 32) * below);
}

for (const guest of guests) {
  describe(`A search for ${guest.title} with workers`, function () {
    this.timeout(600_000);
    const folder = mkdtempSync(join(tmpdir(), 'retrograde-search-'));
    const file = join(folder, 'recorded.retrograde');

    before(async function () {
      const timeline = await recordTimeline(await buildMachine(guest.request(this)), {
        path: file,
        program: 'test',
        overwrite: false,
        pace: 'skip',
        tuning: { digestInterval: 1_000_000, digestPart: 1, writtenLatency: 1 },
      });
      await timeline.run({ conditions: [] }, { until: guest.until });
      await timeline.close();
    });

    after(() => {
      rmSync(folder, { recursive: true, force: true });
    });

    it('finds what a search without them finds', async () => {
      const alone = await open(file);
      const workers = new Counted(new SearchWorkers(file, 0, { count: 2, patience: 1, start: startFromSource }));
      const helped = await open(file, workers);
      try {
        let far = 0;
        // How far a search goes depends on the kernel that was built here.
        for (let search = 0; search < SEARCHES || (far < 4 && search < 10 * SEARCHES); search++) {
          const from = random(alone.end + 1);
          await alone.travelTo(from);
          const stops = randomStops(alone);
          await alone.travelTo(random(alone.end + 1));
          if (random(2) === 0) stops.push(...randomStops(alone));
          const notBefore = random(2) === 0 ? 0 : random(from + 1);
          const expected = await searchFrom(alone, from, { conditions: stops }, notBefore);
          const found = await searchFrom(helped, from, { conditions: stops }, notBefore);
          assert.deepEqual(found, expected, `search ${search} from ${from}`);
          if (from - alone.counter > 4_000_000) far++;
        }
        assert.ok(far >= 4, `only ${far} searches went far`);
        assert.equal(workers.lost, 0);
        assert.ok(workers.scanned > 3, `the workers scanned ${workers.scanned} segments`);
      } finally {
        await alone.close();
        await helped.close();
      }
    });

    it('is cancelled, and goes back to where it began', async () => {
      const timeline = await open(file, new SearchWorkers(file, 0, { count: 1, patience: 1, start: startFromSource }));
      try {
        await timeline.travelTo(timeline.end);
        const origin = timeline.digest();
        const abort = new AbortController();
        let done = 0;
        const outcome = await timeline.runBackTo(
          { conditions: [{ kind: 'instruction', address: 2n }] },
          {
            signal: abort.signal,
            onProgress(progress) {
              assert.ok(progress.total !== undefined && progress.done <= progress.total);
              done = progress.done;
              if (done > 500_000) abort.abort();
            },
          },
        );
        assert.deepEqual(outcome, { kind: 'cancelled' });
        assert.ok(done > 500_000);
        assert.equal(timeline.counter, timeline.end);
        assert.equal(timeline.digest(), origin);
        assert.equal((await timeline.reverseStep()).kind, 'arrived');
      } finally {
        await timeline.close();
      }
    });

    it('goes on without those that are lost', async () => {
      const scanner: SegmentScanner = { scan: () => Promise.reject(new Error('It was lost.')) };
      const lost: SegmentScanners = { patience: 1, acquire: () => [scanner, scanner], close: () => Promise.resolve() };
      for (const scanners of [
        lost,
        new SearchWorkers(join(folder, 'gone'), 0, { count: 1, patience: 1, start: startFromSource }),
      ]) {
        const timeline = await open(file, scanners);
        await timeline.travelTo(timeline.end);
        const outcome = await timeline.runBackTo({ conditions: [{ kind: 'instruction', address: 2n }] });
        assert.deepEqual(outcome, { kind: 'start-of-recording' });
        assert.equal(timeline.counter, 0);
        await timeline.close();
      }
    });
  });
}

/** Scanners that are counted. */
class Counted implements SegmentScanners {
  readonly patience: number;
  scanned = 0;
  lost = 0;
  readonly #scanners: SegmentScanners;

  constructor(scanners: SegmentScanners) {
    this.#scanners = scanners;
    this.patience = scanners.patience;
  }

  acquire(): readonly SegmentScanner[] {
    return this.#scanners.acquire().map((scanner) => ({
      scan: async (...request) => {
        try {
          const outcome = await scanner.scan(...request);
          if (outcome.kind === 'scanned') this.scanned++;
          return outcome;
        } catch (error) {
          this.lost++;
          throw error;
        }
      },
    }));
  }

  close(): Promise<void> {
    return this.#scanners.close();
  }
}

async function open(file: string, scanners?: SegmentScanners): Promise<Timeline> {
  return openTimeline(await openRecording(file), { scanners });
}

/** Conditions that are met at times: around the present moment's instruction, stack and traps. */
function randomStops(timeline: Timeline): StopCondition[] {
  const [hart] = timeline.harts;
  assert.ok(hart !== undefined);
  const { pc } = hart;
  const sp = hart.readX(SP);
  const stops: readonly StopCondition[] = [
    { kind: 'instruction', address: pc },
    {
      kind: 'instruction',
      address: pc,
      when: { kind: 'compare', operand: { kind: 'x', register: SP }, comparison: '!=', value: sp },
    },
    { kind: 'access', space: 'virtual', address: sp, length: 8, access: 'write' },
    {
      kind: 'access',
      space: 'virtual',
      address: sp & ~4095n,
      length: 4096,
      access: 'change',
      when: { kind: 'compare', operand: { kind: 'x', register: 10 }, comparison: '==', value: 0n, mask: 0xfffffn },
    },
    { kind: 'trap', cause: { code: 5, interrupt: true } },
    { kind: 'instruction', address: 2n },
  ];
  const stop = stops[random(stops.length)];
  return stop === undefined ? [] : [stop];
}

async function searchFrom(
  timeline: Timeline,
  from: number,
  stops: StopSet,
  notBefore: number,
): Promise<{ outcome: MotionOutcome; counter: number; digest: string }> {
  await timeline.travelTo(from);
  const outcome = await timeline.runBackTo(stops, { notBefore });
  return { outcome, counter: timeline.counter, digest: timeline.digest() };
}
