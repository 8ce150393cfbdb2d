import assert from 'node:assert/strict';
import { TestSession } from '../debug-session.ts';

describe('hit conditions (supportsHitConditionalBreakpoints)', function () {
  this.timeout(180_000);

  it('count since power-on, the same in both directions', async () => {
    const session = await TestSession.onDemo({ at: 'start' });
    const ask = async (hitCondition: string): Promise<boolean | undefined> => {
      const breakpoints = [{ name: 'timer_interrupt', hitCondition }];
      return (await session.client.setFunctionBreakpointsRequest({ breakpoints })).body.breakpoints[0]?.verified;
    };
    assert.equal(await ask('5'), true);
    const forward = await session.continue();
    // The fifth tick is about to be counted.
    assert.equal(await session.evaluate('ticks'), '4');
    await session.travel('end');
    assert.equal((await session.reverseContinue()).counter, forward.counter);
    assert.equal(await ask('now and then'), false);
    await session.stop();
  });
});
