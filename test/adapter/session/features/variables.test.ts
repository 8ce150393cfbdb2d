import assert from 'node:assert/strict';
import { TestSession } from '../debug-session.ts';

describe('scopes and variables, a part at a time', function () {
  this.timeout(180_000);
  let session: TestSession;

  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
  });
  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  it('name their scopes, and have registers with the places that they point to', async () => {
    await session.breakAtFunctions('task_ready');
    await session.continue();
    const { scopes } = (await session.client.scopesRequest({ frameId: (await session.stack(1))[0]?.id ?? 0 })).body;
    assert.deepEqual(
      scopes.slice(0, 2).map(({ name, presentationHint }) => [name, presentationHint]),
      [
        ['Arguments', 'arguments'],
        ['Registers', 'registers'],
      ],
    );
    const { variables } = await session.scopeNamed('Registers');
    const pc = variables.find(({ name }) => name === 'pc') as { valueLocationReference?: number } | undefined;
    assert.ok(pc?.valueLocationReference !== undefined);
  });

  it('give elements and members apart, a page at a time', async () => {
    const { body } = await session.client.evaluateRequest({ expression: 'samples' });
    assert.equal(body.indexedVariables, 32768);
    const page = async (args: object): Promise<string[]> => {
      const asked = { variablesReference: body.variablesReference, ...args };
      return (await session.client.variablesRequest(asked)).body.variables.map(({ name }) => name);
    };
    assert.deepEqual(await page({ filter: 'indexed', start: 100, count: 3 }), ['[100]', '[101]', '[102]']);
    assert.deepEqual(await page({ filter: 'named' }), []);
  });
});
