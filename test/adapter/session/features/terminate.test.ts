import { TestSession } from '../debug-session.ts';

describe('terminate (supportsTerminateRequest)', function () {
  this.timeout(180_000);
  let session: TestSession;

  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
  });
  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  it('ends the session with its event, and the adapter answers to the last', async () => {
    const ended = session.client.waitForEvent('terminated');
    await session.request('terminate');
    await ended;
    await session.leave();
  });
});
