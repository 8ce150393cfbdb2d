import assert from 'node:assert/strict';
import { TestSession } from '../debug-session.ts';

describe('function breakpoints (supportsFunctionBreakpoints)', function () {
  this.timeout(180_000);
  let session: TestSession;

  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
  });
  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  it('stop behind the prologue of the function, in either direction', async () => {
    const [panic, nowhere] = await session.breakAtFunctions('panic', 'nowhere');
    assert.deepEqual([panic?.verified, nowhere?.verified], [true, false]);
    assert.ok((nowhere?.message ?? '').includes('nowhere'));
    const stop = await session.continue();
    assert.deepEqual([stop.reason, stop.name, stop.hitBreakpointIds], ['function breakpoint', 'panic', [panic?.id]]);
    await session.travel('end');
    assert.equal((await session.reverseContinue()).counter, stop.counter);
  });
});
