import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { TestSession } from '../debug-session.ts';

describe('setVariable (supportsSetVariable)', function () {
  this.timeout(180_000);

  it('changes a variable, which begins a branch, and tells what to ask for again', async () => {
    const session = await TestSession.onDemo(
      { at: 'start' },
      { supportsInvalidatedEvent: true, supportsMemoryEvent: true },
    );
    await session.breakAtFunctions('job');
    const { counter } = await session.continue();
    const frameId = (await session.stack(1))[0]?.id ?? 0;
    const { scopes } = (await session.client.scopesRequest({ frameId })).body;
    const registers = scopes.find(({ name }) => name === 'Registers')?.variablesReference ?? 0;
    const set = { variablesReference: registers, name: 'a0', value: '0x1234' };
    const stopped = session.client.waitForEvent('stopped') as Promise<DebugProtocol.StoppedEvent>;
    const { body } = await session.client.setVariableRequest(set);
    assert.equal(BigInt(body.value), 0x1234n);
    assert.match((await stopped).body.description ?? '', /In a branch from/);
    assert.match(await session.evaluate('$a0', 'watch'), /\(4660\)$/);
    const changed = session.client.waitForEvent('invalidated');
    await session.client.setVariableRequest({ ...set, value: '7' });
    await changed;
    const stop = await session.arrive(() => session.request('retrograde/discardBranch'));
    assert.equal(stop.counter, counter);
    assert.doesNotMatch(await session.evaluate('$a0', 'watch'), /\(7\)$/);
    await session.stop();
  });
});
