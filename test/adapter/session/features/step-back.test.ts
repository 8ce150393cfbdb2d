import assert from 'node:assert/strict';
import { TestSession } from '../debug-session.ts';

describe('stepBack and reverseContinue (supportsStepBack)', function () {
  this.timeout(180_000);
  let session: TestSession;

  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
  });
  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  it('undo next and continue', async () => {
    await session.breakAtFunctions('timer_interrupt');
    const first = await session.continue();
    const second = await session.continue();
    assert.equal((await session.reverseContinue()).counter, first.counter);
    assert.equal((await session.continue()).counter, second.counter);
    await session.breakAtFunctions();
    const next = await session.next();
    const back = await session.stepBack();
    assert.deepEqual([back.line, back.counter], [second.line, second.counter]);
    assert.equal((await session.next()).counter, next.counter);
  });
});
