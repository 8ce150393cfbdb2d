import assert from 'node:assert/strict';
import { TestSession } from '../debug-session.ts';

describe('exceptionInfo (supportsExceptionInfoRequest)', function () {
  this.timeout(180_000);
  let session: TestSession;

  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
  });
  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  it('tells of the trap at which the machine stopped, and only there', async () => {
    assert.match(await session.refusal('exceptionInfo', { threadId: 1 }), /did not stop at a trap/);
    await session.client.setExceptionBreakpointsRequest({ filters: ['faults'] });
    await session.continue();
    const { body } = await session.client.exceptionInfoRequest({ threadId: 1 });
    assert.equal(body.exceptionId, 'load page fault');
    assert.match(body.description ?? '', /^load page fault at 0x[0-9a-f]+ in \w+, 0x[0-9a-f]+$/);
    assert.deepEqual([body.details?.typeName, body.details?.evaluateName], ['exception', '$scause']);
    assert.match(await session.evaluate(body.details?.evaluateName ?? ''), /\(13\)$/);
  });
});
