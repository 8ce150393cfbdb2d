import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { DEMO_MACHINE, DEMO_SOURCES, temporaryFolder, TestSession } from '../debug-session.ts';

describe('launch, attach and disconnect', function () {
  this.timeout(180_000);
  const recording = path.join(temporaryFolder(), 'launched.retrograde');

  it('records a guest that is not debugged to its end, and tells its code', async () => {
    const session = await TestSession.start();
    const exited = session.client.waitForEvent('exited');
    const terminated = session.client.waitForEvent('terminated');
    const initialized = session.client.waitForEvent('initialized');
    await session.request('launch', { ...DEMO_MACHINE, recording, noDebug: true });
    await initialized;
    await session.client.configurationDoneRequest();
    assert.deepEqual((await exited).body, { exitCode: 1 });
    await terminated;
    await session.leave();
  });

  it('opens what was recorded, tells what runs in it, and leaves it in place', async () => {
    const session = await TestSession.start();
    const stop = await session.attach({ recording, sourceRoots: [DEMO_SOURCES] });
    assert.equal(stop.name, 'power_off');
    const started = session.events.find(({ event }) => event === 'process');
    assert.deepEqual(started?.body, {
      name: 'demo.elf',
      isLocalProcess: false,
      startMethod: 'attach',
      pointerSize: 64,
    });
    await session.leave();
    assert.ok(existsSync(recording));
  });
});
