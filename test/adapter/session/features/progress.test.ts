import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { TestSession } from '../debug-session.ts';

describe('progress of what takes long (progressStart, progressUpdate, progressEnd)', function () {
  this.timeout(180_000);

  it('is told to clients that show it, can be cancelled by its name, and ends', async () => {
    const session = await TestSession.onDemo({ at: 'end' }, { supportsProgressReporting: true });
    const { end } = await session.status();
    const started = session.client.waitForEvent('progressStart', 120_000) as Promise<DebugProtocol.ProgressStartEvent>;
    const updated = session.client.waitForEvent('progressUpdate', 120_000);
    const ended = session.client.waitForEvent('progressEnd', 120_000) as Promise<DebugProtocol.ProgressEndEvent>;
    await session.breakNowhere();
    const stop = await session.arrive(async () => {
      await session.client.reverseContinueRequest({ threadId: 1 });
      const { body } = await started;
      assert.deepEqual([body.cancellable, body.title], [true, 'Running back']);
      assert.match(body.message ?? '', /^[\d,]+ of [\d,]+ steps/);
      await updated;
      await session.request('cancel', { progressId: body.progressId });
      assert.equal((await ended).body.progressId, body.progressId);
    });
    assert.deepEqual([stop.description, stop.counter], ['Paused', end]);
    await session.stop();
  });
});
