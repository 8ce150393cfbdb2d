import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { TestSession } from '../debug-session.ts';

describe('data breakpoints (supportsDataBreakpoints)', function () {
  this.timeout(180_000);
  let session: TestSession;

  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
  });
  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  it('stop after a store running forward, and before it running back', async () => {
    const info = (await session.request('dataBreakpointInfo', {
      name: 'ticks',
    })) as DebugProtocol.DataBreakpointInfoResponse['body'];
    assert.ok(info.dataId !== null, info.description);
    assert.ok((info.accessTypes ?? []).includes('write'));
    const breakpoints = [{ dataId: info.dataId, accessType: 'write' as const }];
    const [set] = (await session.client.setDataBreakpointsRequest({ breakpoints })).body.breakpoints;
    assert.equal(set?.verified, true, set?.message);
    // Clearing memory at the start writes it, too.
    let stop = await session.continue();
    while ((await session.evaluate('ticks')) !== '1') stop = await session.continue();
    assert.equal(stop.reason, 'data breakpoint');
    const back = await session.reverseContinue();
    assert.deepEqual([back.counter, await session.evaluate('ticks')], [stop.counter - 1, '0']);
  });
});
