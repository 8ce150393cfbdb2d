import assert from 'node:assert/strict';
import { CALLS_SOURCE, callsSession } from './calls-session.ts';
import type { TestSession } from './debug-session.ts';
import { frameOf, scopeOf } from './values-session.ts';

describe('what a parameter was on entry', () => {
  let session: TestSession;
  let frameId: number;

  before(async () => {
    session = await callsSession();
    await session.breakAtFunctions('stop_here');
    // At its second call it holds other values in their places.
    await session.continue();
    await session.continue();
    frameId = await frameOf(session, 'forget');
  });

  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  const evaluate = async (expression: string, context = 'watch'): Promise<string> =>
    (await session.client.evaluateRequest({ expression, frameId, context })).body.result;

  it('is listed behind the parameter where that is not known, or another by now', async () => {
    const { variables } = await scopeOf(session, frameId, 'Arguments');
    const shown = Object.fromEntries(variables.map(({ name, value }) => [name, value]));
    assert.equal(shown['wide@entry'], '84');
    assert.equal(shown['count@entry'], '42');
    // Told by the same call.
    assert.equal(shown['letter'], "120 'x'");
    assert.equal(shown['letter@entry'], undefined);
    // In memory and unchanged.
    assert.equal(shown['ninth'], '90');
    assert.equal(shown['ninth@entry'], undefined);
    // Passed by a pointer, and not told by the call.
    assert.equal(shown['large@entry'], undefined);
    for (const { name, evaluateName = '', value } of variables.filter(({ name }) => name.endsWith('@entry'))) {
      assert.equal(evaluateName, name);
      assert.equal(await evaluate(evaluateName), value);
    }
  });

  it('is an expression wherever there are some', async () => {
    for (const context of ['watch', 'hover', 'repl']) assert.equal(await evaluate('count@entry', context), '42');
    assert.equal(await evaluate('count @ entry * 2'), '84');
  });

  it('is refused for what is no parameter, with the column', async () => {
    await assert.rejects(evaluate('1 + seen@entry'), /"@entry" is for parameters of the function, and "seen" is none/);
    await assert.rejects(evaluate('1 + nothing@entry'), /There is no "nothing"/);
  });

  it('stops a breakpoint where a condition asks for it', async () => {
    await session.client.setFunctionBreakpointsRequest({ breakpoints: [] });
    const line = 39;
    const { breakpoints } = (
      await session.client.setBreakpointsRequest({
        source: { path: CALLS_SOURCE },
        breakpoints: [{ line, condition: 'times@entry == 3 && single@entry > 2' }],
      })
    ).body;
    assert.equal(breakpoints[0]?.verified, true, breakpoints[0]?.message);
    await session.continue();
    assert.equal((await session.stack())[0]?.line, line);
  });
});
