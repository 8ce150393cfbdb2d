import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputScript, parseInputScript } from '../../../adapter/host/input-script.ts';
import { buildMachine } from '../../../adapter/host/machine-request.ts';
import { openRecording, openTimeline, recordTimeline } from '../../../adapter/host/recording-files.ts';
import type { Timeline } from '../../../emulator/replay/timeline.ts';
import type { LinuxFile } from '../../guests/linux.ts';
import { requireLinuxFile } from '../../guests/linux.ts';

/** What is typed at the guest's shell. The output differs from the echo of the input, so that each is waited for. */
const SCRIPT = parseInputScript(
  'the script',
  [
    'expect guest# ',
    'send echo sum $((6*7)); uname -r',
    'expect sum 42',
    'expect guest# ',
    'send cat /proc/interrupts | head -n 3',
    'expect ttyS0',
    'expect guest# ',
    'send poweroff -f',
  ].join('\n'),
);

const MOMENTS = 50;

interface LinuxGuest {
  readonly title: string;
  readonly kernel: LinuxFile;
  readonly firmware: LinuxFile | undefined;
  readonly memory: number;
}

const guests: readonly LinuxGuest[] = [
  { title: 'the small Linux', kernel: 'small-kernel', firmware: undefined, memory: 64 },
  { title: 'the small Linux on OpenSBI', kernel: 'small-kernel', firmware: 'opensbi-debian-13', memory: 64 },
  // A billion steps, fifty times over: when it is asked for.
  ...(process.env['RETROGRADE_DEBIAN'] === undefined
    ? []
    : [{ title: "Debian's Linux", kernel: 'debian-kernel', firmware: undefined, memory: 256 } as const]),
];

for (const guest of guests) {
  describe(`A recording of ${guest.title}`, function () {
    this.timeout(1_800_000);
    const folder = mkdtempSync(join(tmpdir(), 'retrograde-linux-'));
    const file = join(folder, 'linux.retrograde');

    before(async function () {
      const built = await buildMachine({
        kernel: requireLinuxFile(this, guest.kernel),
        initrd: requireLinuxFile(this, 'initramfs'),
        append: 'console=ttyS0 quiet',
        memory: guest.memory * 2 ** 20,
        ...(guest.firmware === undefined ? {} : { firmware: { path: requireLinuxFile(this, guest.firmware) } }),
      });
      const written = join(folder, 'written.retrograde');
      const timeline = await recordTimeline(built, { path: written, program: 'test', overwrite: false, pace: 'skip' });
      const script = new InputScript(SCRIPT, timeline);
      const outcome = await timeline.run({ conditions: [] });
      assert.deepEqual(outcome, { kind: 'guest-exit', exit: { kind: 'power-off', code: 0 } });
      assert.equal(script.waitingFor, undefined);
      await timeline.close();
      renameSync(written, file);
    });

    after(() => {
      rmSync(folder, { recursive: true, force: true });
    });

    it('is identical when it is replayed, twice, and prints the same', async () => {
      const printed: string[] = [];
      for (let time = 0; time < 2; time++) {
        const timeline = await open();
        const outcome = await timeline.run({ conditions: [] });
        assert.deepEqual(outcome, { kind: 'end-of-recording', exit: { kind: 'power-off', code: 0 } });
        printed.push(
          timeline
            .consoleOutput()
            .map(({ bytes }) => Buffer.from(bytes).toString('latin1'))
            .join(''),
        );
        await timeline.close();
      }
      assert.match(printed[0] ?? '', /sum 42/);
      assert.equal(printed[0], printed[1]);
    });

    it(`has the same digest at ${MOMENTS} random counters however they are reached`, async () => {
      const straight = await open();
      const moments = Array.from({ length: MOMENTS }, () => Math.floor(Math.random() * (straight.end + 1)));
      // From the start, forwards, without any travel.
      const digests = new Map<number, string>();
      for (const moment of [...moments].sort((a, b) => a - b)) {
        if (moment > straight.counter) {
          assert.deepEqual(await straight.run({ conditions: [] }, { until: moment }), { kind: 'arrived' });
        }
        digests.set(moment, straight.digest());
      }
      await straight.close();

      const travelling = await open();
      const reach = async (moment: number): Promise<void> => {
        assert.deepEqual(await travelling.travelTo(moment), { kind: 'arrived' });
        assert.equal(travelling.digest(), digests.get(moment), `counter ${moment}`);
      };
      // Backwards from the end, from the checkpoints in the file and those left on the way.
      for (const moment of [...moments].sort((a, b) => b - a)) await reach(moment);
      // In the order in which they were drawn, forwards and backwards.
      for (const moment of moments) {
        await reach(moment);
        if (moment > 3) {
          await travelling.reverseStep(3);
          assert.deepEqual(await travelling.step(3), { kind: 'arrived' });
          assert.equal(travelling.digest(), digests.get(moment));
        }
      }
      await travelling.close();
    });

    it('finds a breakpoint backwards at the counters at which it is met forwards', async () => {
      const timeline = await open();
      // An address that is met often: the instruction after a trap into the kernel, late in the boot.
      await timeline.travelTo(Math.floor(timeline.end * 0.8));
      const trap = { conditions: [{ kind: 'trap', cause: undefined }] } as const;
      const caught = await timeline.run(trap);
      assert.equal(caught.kind, 'hit');
      const stops = { conditions: [{ kind: 'instruction', address: timeline.harts[0]?.pc ?? 0n }] } as const;
      const forwards: number[] = [];
      for (let hit = 0; hit < 5; hit++) {
        assert.equal((await timeline.run(stops)).kind, 'hit');
        forwards.push(timeline.counter);
      }
      for (const counter of forwards.slice(0, -1).reverse()) {
        assert.equal((await timeline.runBackTo(stops)).kind, 'hit');
        assert.equal(timeline.counter, counter);
      }
      await timeline.close();
    });

    async function open(): Promise<Timeline> {
      return openTimeline(await openRecording(file));
    }
  });
}
