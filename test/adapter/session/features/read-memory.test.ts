import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { TestSession } from '../debug-session.ts';

describe('readMemory (supportsReadMemoryRequest)', function () {
  this.timeout(180_000);
  let session: TestSession;

  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
  });
  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  type Read = NonNullable<DebugProtocol.ReadMemoryResponse['body']>;
  const read = async (args: object): Promise<Read> => (await session.request('readMemory', args)) as Read;

  it('reads from a reference and an offset, and tells what cannot be read', async () => {
    const text = await read({ memoryReference: '0x80000000', count: 16 });
    assert.equal(Buffer.from(text.data ?? '', 'base64').length, 16);
    const shifted = await read({ memoryReference: '0x80000010', offset: -8, count: 8 });
    assert.equal(shifted.address, '0x80000008');
    assert.equal(
      shifted.data,
      Buffer.from(text.data ?? '', 'base64')
        .subarray(8)
        .toString('base64'),
    );
    // 16 MB of memory end there.
    const edge = await read({ memoryReference: 'p:0x80fffffc', count: 8 });
    assert.deepEqual([edge.unreadableBytes, Buffer.from(edge.data ?? '', 'base64').length], [4, 4]);
    assert.deepEqual(await read({ memoryReference: '0x10', count: 8 }), { address: '0x10', unreadableBytes: 8 });
  });
});
