import assert from 'node:assert/strict';
import { TestSession } from '../debug-session.ts';

describe('conditions of breakpoints (supportsConditionalBreakpoints)', function () {
  this.timeout(180_000);
  let session: TestSession;

  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
  });
  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  it('keep a breakpoint from stopping where they do not hold', async () => {
    const breakpoints = [{ name: 'timer_interrupt', condition: 'ticks == 7' }];
    await session.client.setFunctionBreakpointsRequest({ breakpoints });
    await session.continue();
    assert.equal(await session.evaluate('ticks'), '7');
    const wrong = { breakpoints: [{ name: 'timer_interrupt', condition: 'ticks ==' }] };
    const [refused] = (await session.client.setFunctionBreakpointsRequest(wrong)).body.breakpoints;
    assert.equal(refused?.verified, false);
    assert.ok((refused.message ?? '').length > 0);
  });
});
