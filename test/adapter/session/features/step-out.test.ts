import assert from 'node:assert/strict';
import { TestSession } from '../debug-session.ts';

describe('stepOut', function () {
  this.timeout(180_000);

  it('goes to just after the call, and says so where there is no caller', async () => {
    const session = await TestSession.onDemo({ at: 'start' });
    assert.match(await session.refusal('stepOut', { threadId: 1 }), /no known caller/);
    await session.breakAtFunctions('wake_sleepers');
    const inside = await session.continue();
    await session.breakAtFunctions();
    const out = await session.client.customRequest('stackTrace', { threadId: 1 });
    const [, caller] = (out.body as { stackFrames: { name: string }[] }).stackFrames;
    const stop = await session.stepOut();
    assert.deepEqual([stop.reason, stop.name], ['step', caller?.name]);
    assert.ok(stop.counter > inside.counter);
    await session.stop();
  });
});
