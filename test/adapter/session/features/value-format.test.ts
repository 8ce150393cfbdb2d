import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { TestSession } from '../debug-session.ts';

describe('formats of values (supportsValueFormattingOptions)', function () {
  this.timeout(180_000);
  let session: TestSession;

  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
  });
  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  it('show integers in hexadecimal where a request says so', async () => {
    await session.breakAtFunctions('timer_interrupt');
    for (let count = 0; count < 11; count++) await session.continue();
    const ask = async (args: object): Promise<unknown> =>
      ((await session.request('evaluate', { expression: 'ticks', ...args })) as { result: string }).result;
    assert.deepEqual([await ask({}), await ask({ format: { hex: true } })], ['10', '0xa']);
  });

  it('name parameters, lines and modules in frames', async () => {
    await session.breakAtFunctions('task_ready');
    await session.continue();
    const name = async (format?: DebugProtocol.StackFrameFormat): Promise<string> => {
      const { stackFrames } = (
        await session.client.stackTraceRequest({ threadId: 1, levels: 1, ...(format && { format }) })
      ).body;
      return stackFrames[0]?.name ?? '';
    };
    assert.equal(await name(), 'task_ready');
    assert.match(await name({ parameters: true }), /^task_ready\(task = 0x[0-9a-f]+\)$/);
    assert.equal(await name({ parameterTypes: true }), 'task_ready(struct task *)');
    assert.equal(await name({ parameterNames: true, module: true }), 'demo.elf!task_ready(task)');
    assert.match(await name({ line: true }), /^task_ready line \d+$/);
  });

  it('are switched for a whole session, which the client is told', async () => {
    const client = await TestSession.onDemo({ at: 'end' }, { supportsInvalidatedEvent: true });
    const told = client.client.waitForEvent('invalidated');
    assert.deepEqual(await client.request('retrograde/format', { hex: true }), { hex: true });
    assert.deepEqual(((await told) as DebugProtocol.InvalidatedEvent).body.areas, ['variables']);
    assert.match(await client.evaluate('ticks'), /^0x/);
    await client.evaluate('/hex off');
    assert.match(await client.evaluate('ticks'), /^\d+$/);
    await client.stop();
  });
});
