import assert from 'node:assert/strict';
import { TestSession, type Stop } from './debug-session.ts';

const place = ({ counter, name, line }: Stop): string => `${counter} ${name}:${line}`;

describe('motion backwards', function () {
  this.timeout(300_000);
  let session: TestSession;
  let compared = 0;
  before(async () => {
    session = await TestSession.onDemo();
  });
  after(async () => {
    await session.stop();
  });

  it('stands at the crash first', async () => {
    const end = await session.travel('end');
    assert.match(end.description, /^End of recording: the guest powered off with code 1$/);
    assert.equal(end.reason, 'goto');
  });

  /** Moments all over the run: at boot, in tasks, in the timer's interrupt. */
  for (const share of [0.05, 0.2, 0.35, 0.5, 0.75, 0.999]) {
    it(`undoes next at ${share * 100} % of the run`, async () => {
      const { end } = await session.status();
      await session.travel(Math.floor(end * share));
      // The first next enters a line; from there on, each is undone by one step back, as long as the frame lives.
      const forward = [await session.next()];
      const depth = (await session.stack()).length;
      for (let count = 0; count < 8; count++) {
        const stop = await session.next();
        if ((await session.stack()).length !== depth) break;
        forward.push(stop);
      }
      const undone = forward.slice(0, -1);
      const back: Stop[] = [];
      const last = forward.at(-1);
      assert.ok(last !== undefined);
      await session.travel(last.counter);
      while (back.length < undone.length) back.push(await session.stepBack());
      assert.deepEqual(back.map(place), undone.reverse().map(place));
      compared += back.length;
    });
  }

  it('has compared enough of them', () => {
    assert.ok(compared >= 10, `only ${compared} steps back were compared`);
  });

  it('goes back by single steps', async () => {
    const { counter } = await session.travel(1_000_000);
    for (let count = 1; count <= 20; count++) {
      const stop = await session.stepBack('instruction');
      assert.equal(stop.counter, counter - count);
      assert.equal(stop.description, '1 step earlier');
    }
  });

  it('stops at the start of the recording, and says so', async () => {
    await session.travel(3);
    const stop = await session.reverseContinue();
    assert.deepEqual([stop.counter, stop.reason, stop.description], [0, 'pause', 'Start of recording']);
    const again = await session.stepBack('instruction');
    assert.deepEqual([again.counter, again.description], [0, 'Start of recording']);
  });

  it('goes back out to the call, and in again to where it was', async () => {
    await session.breakAtFunctions('page_take');
    await session.travel(20_000_000);
    const inside = await session.continue();
    await session.breakAtFunctions();
    assert.equal(inside.name, 'page_take');
    const caller = (await session.stack())[1];
    const call = await session.reverseStepOut();
    assert.ok(call.counter < inside.counter);
    assert.equal(call.name, caller?.name);
    const entered = await session.stepIn();
    assert.equal(place(entered), place(inside));
  });

  it('steps back into the last line of the call just before', async () => {
    await session.breakAtFunctions('page_take');
    await session.travel(20_000_000);
    await session.continue();
    await session.breakAtFunctions();
    const lines = [];
    // Through page_take line by line, until it has returned.
    for (let stop = await session.next(); stop.name === 'page_take'; stop = await session.next()) lines.push(stop);
    const last = lines.at(-1);
    assert.ok(last !== undefined);
    const back = await session.reverseStepIn();
    assert.equal(place(back), place(last));
  });
});
