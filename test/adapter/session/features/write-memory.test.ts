import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { TestSession } from '../debug-session.ts';

describe('writeMemory (supportsWriteMemoryRequest) and memory events', function () {
  this.timeout(180_000);

  it('writes bytes, and tells clients that show memory', async () => {
    const session = await TestSession.onDemo(
      { at: 1_000_000 },
      { supportsMemoryEvent: true, supportsInvalidatedEvent: true },
    );
    const memoryReference = /^0x[0-9a-f]+/.exec(await session.evaluate('&ticks', 'watch'))?.[0] ?? '';
    const write = async (...bytes: number[]): Promise<void> => {
      const data = Buffer.from(bytes).toString('base64');
      await session.request('writeMemory', { memoryReference, data });
    };
    const stopped = session.client.waitForEvent('stopped');
    await write(1, 0, 0, 0, 0, 0, 0, 0);
    await stopped;
    const told = session.client.waitForEvent('memory') as Promise<DebugProtocol.MemoryEvent>;
    await write(2);
    const { body } = await told;
    assert.deepEqual([BigInt(body.memoryReference), body.count], [BigInt(memoryReference), 1]);
    assert.equal(await session.evaluate('ticks', 'watch'), '2');
    await session.stop();
  });
});
