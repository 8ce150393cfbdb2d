import assert from 'node:assert/strict';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { record, TestSession } from './debug-session.ts';

const folder = fileURLToPath(new URL('../../guests', import.meta.url));

describe('a variable that one of a block further in hides', () => {
  let session: TestSession;
  let frameId: number;

  before(async () => {
    const kernel = path.join(folder, 'values/values.elf');
    const machine = { kernel, memory: '16M', rtc: '2026-01-01T00:00:00Z', seed: '0'.repeat(64) };
    const recording = await record(machine, 'values.retrograde');
    session = await TestSession.start();
    await session.attach({ recording, sourceRoots: [folder], at: 'start' });
    await session.breakAtFunctions('stop_here');
    await session.continue();
    const caller = (await session.stack())[1];
    assert.equal(caller?.name, 'show');
    frameId = caller.id;
  });

  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  it('is listed by a name of its own, which expressions know', async () => {
    const { scopes } = (await session.client.scopesRequest({ frameId })).body;
    const variablesReference = scopes.find(({ name }) => name === 'Locals')?.variablesReference ?? 0;
    const { variables } = (await session.client.variablesRequest({ variablesReference })).body;
    const found = variables.filter(({ name }) => name.endsWith('shadowed'));
    assert.deepEqual(
      found.map(({ name, value }) => `${name} = ${value}`),
      ['shadowed = 2', 'outer::shadowed = 1'],
    );
    for (const { evaluateName = '', value } of found) {
      const { result } = (await session.client.evaluateRequest({ expression: evaluateName, frameId })).body;
      assert.equal(result, value);
    }
    const { result } = (await session.client.evaluateRequest({ expression: 'shadowed - outer::shadowed', frameId }))
      .body;
    assert.equal(result, '1');
  });

  it('can be watched', async () => {
    const info = (await session.client.dataBreakpointInfoRequest({ name: 'outer::shadowed', frameId })).body as {
      dataId: string;
    };
    const inner = (await session.client.dataBreakpointInfoRequest({ name: 'shadowed', frameId })).body as {
      dataId: string;
    };
    assert.ok(info.dataId && inner.dataId && info.dataId !== inner.dataId);
  });
});
