import assert from 'node:assert/strict';
import { TestSession } from '../debug-session.ts';

describe('restart (supportsRestartRequest)', function () {
  this.timeout(180_000);
  let session: TestSession;

  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
  });
  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  it('travels to the first moment', async () => {
    await session.travel(1000);
    const stop = await session.arrive(() => session.request('restart'));
    assert.deepEqual([stop.counter, stop.reason], [0, 'entry']);
  });
});
