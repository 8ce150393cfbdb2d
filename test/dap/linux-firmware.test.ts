import assert from 'node:assert/strict';
import { record, TestSession } from '../adapter/session/debug-session.ts';
import { requireLinuxFile, type LinuxFile } from '../guests/linux.ts';
import { numbersFrom } from '../adapter/symbols/fuzz/damage.ts';
import { smallLinux } from './linux-guests.ts';

/** Of each trap. */
const MOMENTS = 25;
/** Steps: as many as most traps take. */
const LONGEST_TRAP = 300;

const FIRMWARE: readonly LinuxFile[] = ['opensbi-debian-12', 'opensbi-debian-13'];

for (const firmware of FIRMWARE) {
  describe(`stacks from ${firmware}, which has no symbols, into Linux`, function () {
    this.timeout(600_000);
    let session: TestSession;

    before(async function () {
      const { machine, symbols } = smallLinux(this);
      const recording = await record(
        {
          ...machine,
          firmware: requireLinuxFile(this, firmware),
          append: 'console=ttyS0 auto',
          rtc: '2026-01-01T00:00:00Z',
          seed: '5e'.repeat(32),
        },
        `${firmware}.retrograde`,
      );
      session = await TestSession.start();
      await session.attach({ recording, symbols, at: 'end' });
    });

    after(async () => {
      await (session as TestSession | undefined)?.stop();
    });

    /** Names, and where the callers go on. */
    const frames = async (): Promise<readonly string[]> =>
      (await session.stack()).map(
        ({ name, instructionPointerReference }) => `${name} ${instructionPointerReference ?? ''}`,
      );

    it('are those of the moment before the trap, at random moments of each, or end in the firmware', async () => {
      const vector = BigInt(/^(?:0x[0-9a-f]+|\d+)/.exec(await session.evaluate('$mtvec & ~3'))?.[0] ?? 0);
      const breakpoints = [{ instructionReference: `0x${vector.toString(16)}` }];
      await session.request('setInstructionBreakpoints', { breakpoints });
      const traps: number[] = [];
      for (let stop = await session.reverseContinue(); !stop.description.includes('Start');) {
        traps.push(stop.counter);
        stop = await session.reverseContinue();
      }
      await session.request('setInstructionBreakpoints', { breakpoints: [] });
      assert.ok(traps.length >= 8, `${traps.length} traps`);
      const { end } = await session.status();
      const numbers = numbersFrom(20_261_130);
      let [followed, ended] = [0, 0];
      for (const [index, taken] of traps.entries()) {
        // They were met backwards: the one before in the list is the next in time.
        const length = Math.min(LONGEST_TRAP, (traps[index - 1] ?? end) - taken);
        await session.travel(taken - 1);
        const before = await frames();
        // Functions that are inlined stand where the call is; afterwards it is returned to behind it.
        const call = BigInt(before[0]?.split(' ').at(-1) ?? 0);
        const behind = new RegExp(` 0x${(call + 4n).toString(16)}$`);
        for (let moment = 0; moment < MOMENTS; moment++) {
          await session.travel(taken + numbers.below(length));
          if (!(await session.evaluate('$priv')).startsWith('0x0000000000000003')) continue;
          const seen = await frames();
          const boundary = seen.findIndex((name) => name.startsWith('<'));
          if (boundary < 0) {
            ended++;
            continue;
          }
          followed++;
          assert.equal(seen[boundary]?.trim(), '<environment call from S-mode>');
          const followedTo = seen.slice(boundary + 1).map((name) => name.replace(behind, ` 0x${call.toString(16)}`));
          assert.deepEqual(followedTo, before);
        }
      }
      // While the handler looks for its stack, some steps, nothing is known.
      assert.ok(followed >= 50 && followed > 10 * ended, `${followed} were followed, ${ended} ended`);
    });
  });
}
