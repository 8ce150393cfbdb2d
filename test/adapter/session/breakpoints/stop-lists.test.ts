import assert from 'node:assert/strict';
import fc from 'fast-check';
import { demoRecording } from '../debug-session.ts';
import { openGuest } from '../motion/opened-guest.ts';
import { bindBreakpoints, drafts, StopLists } from './stop-lists.ts';

/** Cases, and the seed they come from: `STOP_LIST_CASES` and `STOP_LIST_SEED` for others. A failure tells seed and path. */
const CASES = Number(process.env['STOP_LIST_CASES'] ?? 600);
const SEED = Number(process.env['STOP_LIST_SEED'] ?? 20261130);

describe('stops of continue and of reverseContinue', function () {
  this.timeout(1_800_000);

  it('are the same of the demo, whatever breakpoints there are', async () => {
    const guest = await openGuest(await demoRecording());
    await bindBreakpoints(guest);
    const lists = await StopLists.of(guest);
    await fc.assert(
      fc.asyncProperty(drafts, (draft) => lists.check(draft)),
      { seed: SEED, numRuns: CASES, endOnFailure: process.env['STOP_LIST_SHRINK'] === undefined },
    );
    for (const kind of ['instruction', 'access', 'trap', 'register-change', 'instruction-counted']) {
      assert.ok(
        (lists.kinds.get(kind) ?? 0) >= Math.floor(CASES / 100),
        `few stops at ${kind}: ${lists.kinds.get(kind)}`,
      );
    }
    await guest.timeline.close();
  });
});
