import assert from 'node:assert/strict';
import { TestSession } from '../debug-session.ts';

describe('instruction breakpoints (supportsInstructionBreakpoints)', function () {
  this.timeout(180_000);
  let session: TestSession;

  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
  });
  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  it('stop at an address and an offset from it', async () => {
    const [fn] = await session.breakAtFunctions('timer_interrupt');
    await session.breakAtFunctions();
    const instructionReference = fn?.instructionReference ?? '';
    const breakpoints = [{ instructionReference, offset: 0 }];
    const set = (await session.request('setInstructionBreakpoints', { breakpoints })) as {
      breakpoints: { verified: boolean }[];
    };
    assert.equal(set.breakpoints[0]?.verified, true);
    const stop = await session.continue();
    assert.deepEqual([stop.reason, stop.pc], ['instruction breakpoint', BigInt(instructionReference)]);
  });
});
