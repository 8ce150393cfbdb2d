import assert from 'node:assert/strict';
import { TestSession } from '../debug-session.ts';

describe('cancel (supportsCancelRequest)', function () {
  this.timeout(180_000);
  let session: TestSession;

  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
  });
  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  it('ends a question early, with an answer', async () => {
    const asked = session.client.customRequest('retrograde/valueHistory', { name: 'ticks', most: 100_000 });
    await session.client.customRequest('cancel', { requestId: session.lastSequence });
    const { ended } = (await asked).body as { ended: string };
    assert.equal(ended, 'cancelled');
    assert.equal((await session.status()).state, 'stopped');
  });

  it('does nothing to what is over or was never there', async () => {
    await session.request('cancel', { requestId: 1 });
    await session.request('cancel', { progressId: 'nothing' });
    await session.request('cancel');
  });
});
