import assert from 'node:assert/strict';
import { DEMO_SOURCES, demoRecording, TestSession } from '../debug-session.ts';

describe('configurationDone (supportsConfigurationDoneRequest)', function () {
  this.timeout(180_000);

  it('is when the machine starts: breakpoints set before are met', async () => {
    const session = await TestSession.start();
    const initialized = session.client.waitForEvent('initialized');
    await session.request('attach', { recording: await demoRecording(), at: 'start', sourceRoots: [DEMO_SOURCES] });
    await initialized;
    await session.breakAtFunctions('panic');
    await session.request('retrograde/status');
    assert.ok(!session.events.some(({ event }) => event === 'stopped'), 'it stopped before it was told to begin');
    const stop = await session.arrive(() => session.client.configurationDoneRequest());
    assert.deepEqual([stop.reason, stop.counter], ['entry', 0]);
    assert.equal((await session.continue()).name, 'panic');
    await session.stop();
  });
});
