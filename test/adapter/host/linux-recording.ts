import assert from 'node:assert/strict';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openRecording, openTimeline } from '../../../adapter/host/recording-files.ts';
import type { Timeline } from '../../../emulator/replay/timeline.ts';
import type { LinuxFile } from '../../guests/linux.ts';
import { requireLinuxFile } from '../../guests/linux.ts';
import { Retrograde } from '../cli/retrograde.ts';

/** What is typed at the guest's shell. The output differs from the echo of the input, so that each is waited for. */
const SCRIPT = [
  'expect guest# ',
  'send echo sum $((6*7)); uname -r',
  'expect sum 42',
  'expect guest# ',
  'send cat /proc/interrupts | head -n 3',
  'expect ttyS0',
  'expect guest# ',
  'send poweroff -f',
].join('\n');

const MOMENTS = 50;
/** Of those, the moments that a process of its own is asked for. */
const ASKED_AFRESH = 10;

export interface LinuxGuest {
  readonly title: string;
  readonly kernel: LinuxFile;
  /** An OpenSBI image; the built-in SBI when undefined. */
  readonly firmware: LinuxFile | undefined;
  /** MiB of RAM. */
  readonly memory: number;
}

/**
 * What must hold on a recorded boot to a shell, a few commands and a power-off: it is verified again and again wherever the
 * file is, and every moment of it has one digest, whichever way it is reached.
 */
export function describeLinuxRecording(guest: LinuxGuest): void {
  describe(`A recording of ${guest.title}`, function () {
    this.timeout(1_800_000);
    const retrograde = new Retrograde();
    let file = retrograde.file('linux.retrograde');

    before(async function () {
      const kernel = requireLinuxFile(this, guest.kernel);
      const initrd = requireLinuxFile(this, 'initramfs');
      const firmware = guest.firmware === undefined ? [] : ['--firmware', requireLinuxFile(this, guest.firmware)];
      const script = retrograde.file('typed');
      writeFileSync(script, SCRIPT);
      await retrograde.build();
      const recorded = await retrograde.run(
        ...['record', '-o', file, '--kernel', kernel, '--initrd', initrd, ...firmware],
        ...['--append', 'console=ttyS0 quiet', '--memory', `${guest.memory}M`, '--input-script', script],
      );
      assert.equal(recorded.code, 0, recorded.stderr);
      assert.match(recorded.stdout, /\nsum 42\r?\n\d+\.\d+\.\d+/);
      assert.match(recorded.stderr, /the guest powered off with code 0\.\n$/);
    });

    after(() => {
      retrograde.dispose();
    });

    it('is verified twice, and again after it was moved', async () => {
      const verified = [await retrograde.run('verify', file, '--json'), await retrograde.run('verify', file, '--json')];
      const folder = join(retrograde.folder, 'elsewhere');
      mkdirSync(folder);
      const moved = join(folder, 'moved.retrograde');
      renameSync(file, moved);
      file = moved;
      verified.push(await retrograde.run('verify', file, '--json'));
      for (const { code, stdout, stderr } of verified) {
        assert.equal(code, 0, stderr);
        const { identical, complete } = JSON.parse(stdout) as { identical: boolean; complete: boolean };
        assert.deepEqual([identical, complete], [true, true]);
      }
    });

    it('prints the same each time it is replayed', async () => {
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
      assert.equal(new Set(digests.values()).size, new Set(moments).size, 'different moments have different digests');

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
          assert.equal(travelling.digest(), digests.get(moment), `counter ${moment}`);
        }
      }
      await travelling.close();

      // From the checkpoint in the file before it, by a process that knows nothing else.
      for (const moment of moments.slice(0, ASKED_AFRESH)) {
        const state = await retrograde.run('state', file, '--at', String(moment), '--json');
        assert.equal(state.code, 0, state.stderr);
        const { counter, digest } = JSON.parse(state.stdout) as { counter: number; digest: string };
        assert.deepEqual([counter, digest], [moment, digests.get(moment)]);
      }
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
