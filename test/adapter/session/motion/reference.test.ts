import { fileURLToPath } from 'node:url';
import type { Debuggee } from '../../../../adapter/session/debuggee.ts';
import { guestPath } from '../../../guests/programs.ts';
import { Random } from '../../../random.ts';
import { demoRecording, record } from '../debug-session.ts';
import { openGuest } from './opened-guest.ts';
import { assertAgreement, compare } from './reference/compare.ts';

/** More with MOTION_CASES=1000, others with MOTION_SEED. */
const CASES = Number(process.env['MOTION_CASES'] ?? 40);
const SEED = Number(process.env['MOTION_SEED'] ?? 20261130);

describe('Motions end where a reference says that replays step by step', function () {
  this.timeout(300_000);
  const opened: Debuggee[] = [];

  const open = async (recording: string): Promise<Debuggee> => {
    const debuggee = await openGuest(recording);
    opened.push(debuggee);
    return debuggee;
  };

  after(async () => {
    for (const { opened: timeline } of opened) await timeline.close();
  });

  for (const [name, share] of [
    ['when tasks have just been started', 0],
    ['in the middle of the run', 0.4],
  ] as const) {
    it(`in the demo, around a timer interrupt ${name}`, async () => {
      const demo = await open(await demoRecording());
      await demo.timeline.travelTo(Math.floor(demo.timeline.end * share));
      await demo.timeline.run({ conditions: [{ kind: 'trap', cause: undefined }] });
      const stretch = { from: demo.timeline.counter - 1500, steps: 12_000 };
      assertAgreement(await compare(demo, stretch, CASES, new Random(SEED)), CASES / 4);
    });
  }

  it('in C with inlined functions', async () => {
    const values = await open(await record(bareMachine('values/values'), 'values.retrograde'));
    assertAgreement(await compare(values, { from: 0, steps: 1100 }, CASES, new Random(SEED)), CASES / 4);
  });

  it('in Rust as LLVM compiles it, whose call frame information tells of no epilogues', async () => {
    const values = await open(await record(bareMachine('rust/values'), 'values-rust.retrograde'));
    assertAgreement(await compare(values, { from: 0, steps: 400 }, CASES, new Random(SEED)), CASES / 4);
  });

  it('in a kernel without call frame information that switches between user programs', async () => {
    const machine = { ...bareMachine('teach/kernel'), firmware: 'builtin' };
    const kernel = await open(await record(machine, 'teach.retrograde'));
    // Behind what its handler of traps calls, nothing tells any more where that goes back to.
    const isFair = (motion: string, name: string | undefined): boolean =>
      motion !== 'step-out' || (name !== 'trap_entry' && name !== 'user_return');
    assertAgreement(await compare(kernel, { from: 0, steps: 5000 }, CASES, new Random(SEED), isFair), CASES / 4);
  });
});

function bareMachine(name: string): object {
  const always = { memory: '64M', rtc: '2026-01-01T00:00:00Z', seed: '0'.repeat(64) };
  return { ...always, kernel: fileURLToPath(guestPath(name)), firmware: 'none' };
}
