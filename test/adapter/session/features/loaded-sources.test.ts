import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { DEMO_SOURCES, demoRecording, TestSession } from '../debug-session.ts';

describe('loadedSources (supportsLoadedSourcesRequest) and loadedSource events', function () {
  this.timeout(180_000);
  let session: TestSession;

  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
  });
  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  it('are those that the debug information names', async () => {
    const { sources } = (await session.request('loadedSources')) as { sources: DebugProtocol.Source[] };
    assert.ok(sources.some(({ path }) => path === `${DEMO_SOURCES}/timer.c`));
    assert.ok(sources.every(({ name }) => (name ?? '') !== ''));
  });

  it('are told of again when the client turns out to have one', async () => {
    const other = await TestSession.start();
    await other.attach({ recording: await demoRecording(), sourceRoots: [] });
    const before = ((await other.request('loadedSources')) as { sources: DebugProtocol.Source[] }).sources;
    const absent = before.find(({ name }) => name === 'timer.c');
    if (absent?.sourceReference !== undefined) {
      const told = other.client.waitForEvent('loadedSource');
      await other.breakAtLines('timer.c', 38);
      const { body } = (await told) as DebugProtocol.LoadedSourceEvent;
      assert.deepEqual([body.reason, body.source.path], ['changed', `${DEMO_SOURCES}/timer.c`]);
    } else {
      assert.fail('the sources are found without being told where they are: this test shows nothing');
    }
    await other.stop();
  });
});
