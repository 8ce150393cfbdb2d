import assert from 'node:assert/strict';
import { TestSession } from '../debug-session.ts';

describe('pause, at any time', function () {
  this.timeout(180_000);
  let session: TestSession;

  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
  });
  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  it('stops a run, and returns a search backwards to where it began', async () => {
    const end = (await session.travel('end')).counter;
    await session.breakAtFunctions();
    await session.breakNowhere();
    const stop = await session.arrive(async () => {
      const going = session.client.reverseContinueRequest({ threadId: 1 });
      const pausing = session.client.pauseRequest({ threadId: 1 });
      await Promise.all([going, pausing]);
    });
    assert.deepEqual([stop.reason, stop.description, stop.counter], ['pause', 'Paused', end]);
  });

  it('does nothing to a machine that stands', async () => {
    await session.client.pauseRequest({ threadId: 1 });
    assert.equal((await session.status()).state, 'stopped');
  });
});
