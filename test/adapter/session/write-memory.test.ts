import assert from 'node:assert/strict';
import type { TestSession } from './debug-session.ts';
import { sessionOnValues } from './values-session.ts';

describe('writeMemory', function () {
  this.timeout(180_000);
  let session: TestSession;
  before(async () => {
    session = await sessionOnValues();
  });
  after(() => session.stop());

  const data = (...bytes: number[]): string => Buffer.from(bytes).toString('base64');
  const write = async (memoryReference: string, more: object): Promise<number> =>
    ((await session.request('writeMemory', { memoryReference, ...more })) as { bytesWritten: number }).bytesWritten;
  const address = async (of: string): Promise<string> =>
    /0x[0-9a-f]+/.exec(await session.evaluate(`&${of}`, 'watch'))?.[0] ?? '';

  it('writes virtual and physical memory, and begins a branch', async () => {
    const zero = await address('zero');
    assert.equal(await write(zero, { data: data(1, 2, 3, 4) }), 4);
    assert.equal(await session.evaluate('zero', 'watch'), String(0x04030201));
    assert.equal(await write(`p:${zero}`, { offset: 1, data: data(9) }), 1);
    assert.equal(await session.evaluate('zero', 'watch'), String(0x04030901));
    assert.equal((await session.status()).branch?.changes, 1);
    const read = (await session.request('readMemory', { memoryReference: zero, count: 4 })) as { data: string };
    assert.deepEqual([...Buffer.from(read.data, 'base64')], [1, 9, 3, 4]);
  });

  it('changes code that is about to execute', async () => {
    const pc = (await session.stack(1))[0]?.instructionPointerReference ?? '';
    const before = (await session.status()).counter;
    // c.li a0, 7: what it was is two bytes of an instruction no more.
    await write(pc, { data: data(0x1d, 0x45) });
    await session.stepIn('instruction');
    assert.match(await session.evaluate('$a0', 'watch'), /\(7\)$/);
    assert.equal((await session.status()).counter, before + 1);
  });

  it('refuses what is no RAM as a whole, or writes the part that is there', async () => {
    const end = '0x81000000';
    const last = '0x80fffffe';
    assert.match(
      await session.refusal('writeMemory', { memoryReference: last, data: data(1, 2, 3, 4) }),
      /no memory at physical address 0x81000000/,
    );
    assert.equal(await write(last, { data: data(1, 2, 3, 4), allowPartial: true }), 2);
    assert.match(
      await session.refusal('writeMemory', { memoryReference: end, data: data(1), allowPartial: true }),
      /Nothing can be written/,
    );
    assert.match(
      await session.refusal('writeMemory', { memoryReference: 'p:0x10000000', data: data(1) }),
      /register of uart0/,
    );
    assert.match(await session.refusal('writeMemory', { memoryReference: 'p:0x1000', data: data(1) }), /boot ROM/);
    assert.match(await session.refusal('writeMemory', { memoryReference: last, data: '!' }), /base64/);
    assert.equal(await write(last, { data: '' }), 0);
  });
});
