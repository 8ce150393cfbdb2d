import assert from 'node:assert/strict';
import { callsSession } from '../calls-session.ts';
import type { TestSession } from '../debug-session.ts';
import { frameOf, scopeOf } from '../values-session.ts';

/** `run` calls `first(5)`; each then ends by calling the next. */
const STACK = ['last', 'third', 'second', 'first', 'run'];

describe('functions that ended by calling others', () => {
  let session: TestSession;

  before(async () => {
    session = await callsSession();
  });

  beforeEach(async () => {
    await session.breakAtFunctions('last');
    await session.travel('start');
    const stop = await session.continue();
    assert.equal(stop.name, 'last');
    await session.breakAtFunctions();
  });

  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  const names = async (): Promise<readonly string[]> =>
    (await session.stack()).map(({ name }) => name).slice(0, STACK.length);

  it('have frames of their own, where they made their calls, with what they were passed', async () => {
    assert.deepEqual(await names(), STACK);
    const frames = await session.stack();
    assert.deepEqual(
      frames
        .slice(0, 5)
        .map(({ line }) => line)
        .slice(1),
      [57, 61, 66, 129],
    );
    for (const [name, value] of [
      ['first', '5'],
      ['second', '8'],
      ['third', '16'],
    ] as const) {
      const frameId = await frameOf(session, name);
      const { variables } = await scopeOf(session, frameId, 'Arguments');
      assert.equal(variables.find((one) => one.name.startsWith('number'))?.value, value, name);
      const { result } = (await session.client.evaluateRequest({ expression: 'number@entry', frameId })).body;
      assert.equal(result, value, name);
    }
  });

  it('are not returned to: a step out goes to the function that called the first of them', async () => {
    const stop = await session.stepOut();
    assert.equal(stop.name, 'run');
  });

  it('are not returned to from further in, either', async () => {
    await session.breakAtFunctions('stop_here');
    await session.continue();
    await session.breakAtFunctions();
    assert.deepEqual((await session.stack()).map(({ name }) => name).slice(0, 6), ['stop_here', ...STACK]);
    assert.equal((await session.stepOut()).name, 'last');
    assert.equal((await session.stepOut()).name, 'run');
  });

  it('are passed by a step back out, to the call that led to them', async () => {
    const stop = await session.reverseStepOut();
    assert.equal(stop.name, 'run');
    assert.equal(stop.line, 129);
  });

  it('can be gone back to the beginning of', async () => {
    for (const name of ['third', 'second', 'first']) {
      const frameId = await frameOf(session, name);
      const stop = await session.arrive(() => session.request('restartFrame', { frameId }));
      assert.equal(stop.name, name);
      assert.equal(await session.evaluate('$pc == &' + name), '1');
      if (name !== 'first') assert.equal((await names())[1], STACK[STACK.indexOf(name) + 1]);
    }
  });
});
