import assert from 'node:assert/strict';
import { assertAgreement, compare } from '../adapter/session/motion/reference/compare.ts';
import { openGuest } from '../adapter/session/motion/opened-guest.ts';
import { assertThereAndBack, livelyMoments } from '../adapter/session/motion/there-and-back.ts';
import type { Debuggee } from '../../adapter/session/debuggee.ts';
import { InProcessClient } from '../adapter/session/in-process-client.ts';
import { Random } from '../random.ts';
import { recordedLinux, smallLinux } from './linux-guests.ts';

/** More with MOTION_CASES=1000, others with MOTION_SEED. */
const CASES = Number(process.env['MOTION_CASES'] ?? 40);
const SEED = Number(process.env['MOTION_SEED'] ?? 1205);

describe('Motion in the small Linux', function () {
  this.timeout(600_000);
  let recorded: { readonly recording: string; readonly symbols: string };
  let debuggee: Debuggee;

  before(async function () {
    recorded = await recordedLinux(smallLinux(this));
    debuggee = await openGuest(recorded.recording, recorded.symbols);
  });

  after(async () => {
    await (debuggee as Debuggee | undefined)?.opened.close();
  });

  for (const share of [0.2, 0.9]) {
    it(`ends where a reference says that replays step by step, at ${share * 100} % of the run`, async () => {
      const { timeline } = debuggee;
      await timeline.travelTo(Math.floor(timeline.end * share));
      await timeline.run({ conditions: [{ kind: 'trap', cause: undefined }] });
      const stretch = { from: timeline.counter - 1500, steps: 12_000 };
      assertAgreement(await compare(debuggee, stretch, CASES, new Random(SEED)), CASES / 5);
    });
  }

  it(`leads forward, then back to the same moment, in ${5 * CASES} random cases`, async () => {
    const random = new Random(SEED);
    const moments = await livelyMoments(debuggee, 100, random);
    const client = await InProcessClient.attach(recorded);
    await assertThereAndBack(client, moments, CASES, random);
    await client.close();
  });

  /** Kernel threads all wait in `schedule`, called by the same few functions. */
  for (const [motion, back] of [
    ['next', 'stepBack'],
    ['stepOut', undefined],
  ] as const) {
    it(`${motion} over a call that sleeps stays with the task, however many others are in the same function`, async () => {
      const client = await InProcessClient.attach({ ...recorded, at: 'start' });
      const tasks = new Set<string>();
      await client.request('setFunctionBreakpoints', { breakpoints: [{ name: 'schedule' }] });
      let stayed = 0;
      for (let count = 0; count < 24; count++) {
        const asleep = await client.move('continue');
        if (asleep.reason !== 'function breakpoint') break;
        const [inner, caller] = await client.stack();
        assert.ok(inner !== undefined && caller !== undefined);
        const task = await taskOf(client);
        await client.request('setFunctionBreakpoints', { breakpoints: [] });
        // Over the call of `schedule`, from the line that makes it.
        const call = motion === 'next' ? await client.move('retrograde/reverseStepOut') : asleep;
        const begun = motion === 'next' ? await client.move('stepBack') : call;
        const awake = await client.move(motion);
        if (awake.reason === 'step') {
          assert.equal(await taskOf(client), task, `from ${begun.counter} to ${awake.counter}`);
          stayed++;
          tasks.add(task);
          if (back !== undefined) await client.move(back);
        }
        await client.travel(asleep.counter);
        await client.request('setFunctionBreakpoints', { breakpoints: [{ name: 'schedule' }] });
      }
      assert.ok(stayed >= 8 && tasks.size >= 3, `${stayed} returns in ${tasks.size} tasks`);
      await client.close();
    });
  }
});

async function taskOf(client: InProcessClient): Promise<string> {
  const { threads } = (await client.request('threads')) as { threads: { id: number; name: string }[] };
  // By its number: tasks get other names.
  return /\((\d+)\)/.exec(threads.find(({ id }) => id === 1)?.name ?? '')?.[1] ?? '';
}
