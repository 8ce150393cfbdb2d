import assert from 'node:assert/strict';
import { TestSession } from '../debug-session.ts';

describe('restartFrame (supportsRestartFrame)', function () {
  this.timeout(180_000);
  let session: TestSession;

  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
  });
  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  it('goes to the moment at which the frame began', async () => {
    await session.breakAtFunctions('wake_sleepers');
    await session.continue();
    const [, caller] = await session.stack();
    assert.equal(caller?.name, 'timer_interrupt');
    const stop = await session.arrive(() => session.request('restartFrame', { frameId: caller.id }));
    assert.deepEqual([stop.name, stop.reason], ['timer_interrupt', 'goto']);
    assert.match(await session.refusal('restartFrame', { frameId: caller.id }), /moment that has been left/);
  });
});
