import assert from 'node:assert/strict';
import { isWanted, parseHitCondition } from '../../../../adapter/session/breakpoints/hit-condition.ts';
import { TestSession, type Stop } from '../debug-session.ts';

describe('hit counts of breakpoints', function () {
  this.timeout(300_000);
  let session: TestSession;
  /** The first hits of timer_interrupt, without a count. */
  let all: readonly number[];
  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
    await breakAt();
    all = await forward(13);
  });
  after(async () => {
    await session.stop();
  });

  const breakAt = async (
    hitCondition?: string,
    more: object = {},
  ): Promise<{ verified: boolean; message?: string }> => {
    const breakpoint = { name: 'timer_interrupt', ...(hitCondition === undefined ? {} : { hitCondition }), ...more };
    const answer = await session.client.setFunctionBreakpointsRequest({ breakpoints: [breakpoint] });
    return answer.body.breakpoints[0] ?? assert.fail('no answer');
  };

  const forward = async (count: number): Promise<number[]> => {
    const counters: number[] = [];
    for (let stop = 0; stop < count; stop++) {
      const { counter, reason } = await session.continue();
      assert.equal(reason, 'function breakpoint');
      counters.push(counter);
    }
    return counters;
  };

  const stopsBefore = async (counter: number): Promise<number[]> => {
    const counters: number[] = [];
    await session.travel(counter);
    for (let stop: Stop = await session.reverseContinue(); stop.counter > 0; stop = await session.reverseContinue()) {
      counters.push(stop.counter);
    }
    return counters.reverse();
  };

  for (const [hitCondition, wanted] of [
    ['3', [3]],
    ['==3', [3]],
    ['>9', [10, 11, 12]],
    ['>=9', [9, 10, 11, 12]],
    ['<3', [1, 2]],
    ['<= 3', [1, 2, 3]],
    ['%4', [4, 8, 12]],
  ] as const) {
    it(`of ${hitCondition} stop at the same hits in both directions`, async () => {
      const expected = wanted.map((number) => all[number - 1] ?? 0);
      const beyond = (all[11] ?? 0) + 1;
      await session.travel('start');
      assert.equal((await breakAt(hitCondition)).verified, true);
      assert.deepEqual(await forward(wanted.length), expected);
      assert.deepEqual(await stopsBefore(beyond), expected);
    });
  }

  it('are those of the moment, wherever the motion began and whenever the breakpoint was set', async () => {
    await session.travel((all[5] ?? 0) + 10);
    await breakAt('%4');
    assert.deepEqual(await forward(1), [all[7]]);
    await session.travel((all[9] ?? 0) - 10);
    await breakAt('5');
    assert.equal((await session.reverseContinue()).counter, all[4]);
    await session.travel(all[4] ?? 0);
    await breakAt('>=6');
    assert.deepEqual(await forward(1), [all[5]]);
  });

  it('count what the condition lets through, whether the engine evaluates it or the adapter', async () => {
    for (const condition of ['ticks & 1', '(ticks + 2) % 2 == 1']) {
      await session.travel('start');
      await breakAt('%2', { condition });
      const counters = await forward(2);
      await session.travel('start');
      await breakAt(undefined, { condition });
      const uncounted = await forward(4);
      assert.deepEqual(counters, [uncounted[1], uncounted[3]], condition);
    }
  });

  it('of logpoints print at those hits', async () => {
    await session.travel('start');
    session.output.delete('console');
    const log = { name: 'timer_interrupt', hitCondition: '%3', logMessage: 'tick {ticks}' };
    const stop = { name: 'timer_interrupt', hitCondition: '10' };
    await session.client.setFunctionBreakpointsRequest({ breakpoints: [log, stop] });
    assert.deepEqual(await forward(1), [all[9]]);
    assert.equal(session.output.get('console')?.match(/^tick \d+$/gm)?.length, 3);
  });

  it('say what is wrong with them', async () => {
    for (const wrong of ['often', '%0', '5 times', '-1', '>']) {
      const { verified, message } = await breakAt(wrong);
      assert.deepEqual([verified, message?.includes(`"${wrong}" is no hit count`)], [false, true]);
    }
  });

  it('can be paused while the hits before are counted, and leave the machine where it was', async () => {
    await session.travel('end');
    const { counter } = await session.status();
    await session.client.setFunctionBreakpointsRequest({
      breakpoints: [{ name: 'page_take', condition: '$a0 + 1 > $a1 * 2', hitCondition: '100000000' }],
    });
    const stop = await session.arrive(async () => {
      await Promise.all([
        session.client.reverseContinueRequest({ threadId: 1 }),
        session.client.pauseRequest({ threadId: 1 }),
      ]);
    });
    assert.deepEqual([stop.counter, stop.description], [counter, 'Paused']);
  });
});

describe('a hit condition', () => {
  it('is a number, or a comparison with one', () => {
    assert.deepEqual(parseHitCondition(' >= 12 '), { comparison: '>=', count: 12 });
    assert.deepEqual(parseHitCondition('7'), { comparison: '==', count: 7 });
    assert.deepEqual(parseHitCondition('===7'), { comparison: '==', count: 7 });
    for (const wrong of ['', 'x', '%0', '1.5', '>>2', '5;']) assert.equal(parseHitCondition(wrong), undefined, wrong);
  });

  it('wants hits by their numbers, from 1 on', () => {
    const wanted = (text: string): number[] => {
      const condition = parseHitCondition(text) ?? assert.fail(text);
      return [1, 2, 3, 4, 5, 6].filter((number) => isWanted(condition, number));
    };
    assert.deepEqual(wanted('>4'), [5, 6]);
    assert.deepEqual(wanted('<=2'), [1, 2]);
    assert.deepEqual(wanted('%3'), [3, 6]);
  });
});
