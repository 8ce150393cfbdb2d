import assert from 'node:assert/strict';
import { DEMO_SOURCES, TestSession } from '../debug-session.ts';

describe('logpoints (supportsLogPoints)', function () {
  this.timeout(180_000);
  let session: TestSession;

  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
  });
  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  it('print what they are told to, and do not stop', async () => {
    const source = { path: `${DEMO_SOURCES}/timer.c` };
    const line = 39;
    const breakpoints = [{ line, logMessage: 'tick {ticks}!' }];
    const set = (await session.client.setBreakpointsRequest({ source, breakpoints })).body.breakpoints;
    assert.equal(set[0]?.verified, true, set[0]?.message);
    await session.client.setFunctionBreakpointsRequest({
      breakpoints: [{ name: 'timer_interrupt', condition: 'ticks == 4' }],
    });
    const stop = await session.continue();
    assert.equal(stop.reason, 'function breakpoint');
    const lines = (session.output.get('console') ?? '').split('\n').filter((text) => text.startsWith('tick '));
    assert.deepEqual(lines, ['tick 1!', 'tick 2!', 'tick 3!', 'tick 4!']);
  });
});
