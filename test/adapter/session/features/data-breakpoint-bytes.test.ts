import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { TestSession } from '../debug-session.ts';

describe('data breakpoints on bytes (supportsDataBreakpointBytes)', function () {
  this.timeout(180_000);
  let session: TestSession;

  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
  });
  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  it('watch as many bytes from an address on as they are told to', async () => {
    const address = /^0x[0-9a-f]+/.exec(await session.evaluate('&ticks'))?.[0];
    assert.ok(address !== undefined);
    const ask = { name: address, asAddress: true, bytes: 4 };
    const info = (await session.request('dataBreakpointInfo', ask)) as DebugProtocol.DataBreakpointInfoResponse['body'];
    assert.ok(info.dataId !== null, info.description);
    await session.travel(1_000_000);
    await session.client.setDataBreakpointsRequest({ breakpoints: [{ dataId: info.dataId, accessType: 'write' }] });
    const before = BigInt(await session.evaluate('ticks'));
    assert.equal((await session.continue()).reason, 'data breakpoint');
    assert.equal(BigInt(await session.evaluate('ticks')), before + 1n);
  });
});
