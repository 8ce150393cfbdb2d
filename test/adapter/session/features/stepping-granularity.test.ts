import assert from 'node:assert/strict';
import { TestSession } from '../debug-session.ts';

describe('granularity of steps (supportsSteppingGranularity)', function () {
  this.timeout(180_000);
  let session: TestSession;

  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
  });
  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  it('makes a step one instruction or one line', async () => {
    await session.breakAtFunctions('timer_interrupt');
    const start = await session.continue();
    await session.breakAtFunctions();
    assert.equal((await session.stepIn('instruction')).counter, start.counter + 1);
    assert.equal((await session.stepBack('instruction')).counter, start.counter);
    const line = await session.next('line');
    assert.ok(line.counter > start.counter);
    await session.travel(start.counter);
    assert.equal((await session.next('statement')).counter, line.counter);
  });
});
