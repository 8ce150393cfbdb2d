import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bindBreakpoints, drafts, StopLists } from '../adapter/session/breakpoints/stop-lists.ts';
import { openGuest } from '../adapter/session/motion/opened-guest.ts';
import { recordedLinux, smallLinux } from './linux-guests.ts';

/** As in test/adapter/session/breakpoints/stop-lists.test.ts. */
const CASES = Number(process.env['STOP_LIST_CASES'] ?? 400);
const SEED = Number(process.env['STOP_LIST_SEED'] ?? 20261130);

describe('stops of continue and of reverseContinue', function () {
  this.timeout(1_800_000);

  it('are the same of the small Linux, whatever breakpoints there are', async function () {
    const { recording, symbols } = await recordedLinux(smallLinux(this));
    const guest = await openGuest(recording, symbols);
    await bindBreakpoints(guest);
    const lists = await StopLists.of(guest);
    const endOnFailure = process.env['STOP_LIST_SHRINK'] === undefined;
    await fc.assert(
      fc.asyncProperty(drafts, (draft) => lists.check(draft)),
      { seed: SEED, numRuns: CASES, endOnFailure },
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
