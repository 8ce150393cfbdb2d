import assert from 'node:assert/strict';
import { TestSession } from '../debug-session.ts';

describe('disassemble (supportsDisassembleRequest)', function () {
  this.timeout(180_000);
  let session: TestSession;

  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
  });
  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  it('lists instructions around a reference, with symbols and lines', async () => {
    await session.breakAtFunctions('panic');
    const { pc } = await session.continue();
    const memoryReference = `0x${pc.toString(16)}`;
    const ask = { memoryReference, instructionOffset: -20, instructionCount: 40, resolveSymbols: true };
    const { instructions } = (await session.client.disassembleRequest(ask)).body ?? assert.fail('no body');
    assert.equal(instructions.length, 40);
    assert.equal(instructions[20]?.address, memoryReference);
    assert.ok(instructions.some(({ symbol }) => symbol === 'panic'));
    assert.ok(instructions.some(({ location }) => location?.name === 'panic.c'));
  });
});
