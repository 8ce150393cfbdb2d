import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { DEMO_SOURCES, TestSession } from '../debug-session.ts';

describe('gotoTargets and goto (supportsGotoTargetsRequest)', function () {
  this.timeout(180_000);
  let session: TestSession;

  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
  });
  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  it('go to the nearest moment at which the line ran, and change no pc', async () => {
    const source = { path: `${DEMO_SOURCES}/timer.c` };
    const { targets } = (await session.request('gotoTargets', {
      source,
      line: 38,
    })) as DebugProtocol.GotoTargetsResponse['body'];
    assert.equal(targets.length, 1);
    const end = (await session.travel('end')).counter;
    const stop = await session.arrive(() => session.request('goto', { threadId: 1, targetId: targets[0]?.id }));
    assert.deepEqual([stop.reason, stop.name, stop.line], ['goto', 'timer_interrupt', 38]);
    assert.ok(stop.counter < end);
  });
});
