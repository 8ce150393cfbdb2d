import assert from 'node:assert/strict';
import { TestSession } from '../debug-session.ts';

describe('stackTrace, a part at a time (supportsDelayedStackTraceLoading)', function () {
  this.timeout(180_000);
  let session: TestSession;

  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
  });
  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  it('gives the frames that are asked for, and tells that there are more', async () => {
    await session.breakAtFunctions('panic');
    await session.continue();
    const all = (await session.client.stackTraceRequest({ threadId: 1 })).body;
    assert.equal(all.totalFrames, all.stackFrames.length);
    const first = (await session.client.stackTraceRequest({ threadId: 1, levels: 1 })).body;
    assert.equal(first.stackFrames.length, 1);
    assert.equal(first.totalFrames, all.totalFrames, 'the end of the stack was forgotten');
    const rest = (await session.client.stackTraceRequest({ threadId: 1, startFrame: 1, levels: 20 })).body;
    const names = [...first.stackFrames, ...rest.stackFrames].map(({ name }) => name);
    assert.deepEqual(
      names,
      all.stackFrames.slice(0, 21).map(({ name }) => name),
    );
    assert.ok(
      all.stackFrames.some(({ presentationHint }) => presentationHint === 'label'),
      'the trap is no label',
    );
  });
});
