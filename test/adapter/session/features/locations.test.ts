import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { DEMO_SOURCES, TestSession } from '../debug-session.ts';

describe('locations, for declarations and functions', function () {
  this.timeout(180_000);
  let session: TestSession;

  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
  });
  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  it('lead from a variable to its declaration, and from a pointer to the function', async () => {
    await session.breakAtFunctions('job');
    await session.continue();
    const found = async (reference: number | undefined): Promise<{ name: string | undefined; line: number }> => {
      assert.ok(reference !== undefined, 'no reference');
      const { source, line } = (await session.request('locations', { locationReference: reference })) as NonNullable<
        DebugProtocol.LocationsResponse['body']
      >;
      return { name: source.name, line };
    };
    const { variables } = await session.scopeNamed('Locals');
    const value = variables.find(({ name }) => name === 'value');
    const text = readFileSync(`${DEMO_SOURCES}/main.c`, 'utf8').split('\n');
    const declared = text.findIndex((line) => line.includes('u64 value = (u64)argument;')) + 1;
    assert.deepEqual(await found(value?.declarationLocationReference), { name: 'main.c', line: declared });
    const { body } = await session.client.evaluateRequest({ expression: '&job' });
    const { name, line } = await found((body as { valueLocationReference?: number }).valueLocationReference);
    assert.equal(name, 'main.c');
    assert.match(text[line - 1] ?? '', /^static void job/);
    await session.stepIn('instruction');
    const left = { locationReference: value?.declarationLocationReference };
    assert.match(await session.refusal('locations', left), /moment that has been left/);
  });
});
