import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { TestSession } from '../debug-session.ts';

describe('completions (supportsCompletionsRequest, completionTriggerCharacters)', function () {
  this.timeout(180_000);
  let session: TestSession;

  before(async () => {
    session = await TestSession.onDemo({ at: 'end' });
  });
  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  const complete = async (text: string, column = text.length + 1): Promise<DebugProtocol.CompletionItem[]> =>
    (await session.client.completionsRequest({ text, column })).body.targets;

  /** What stands there when the completion of this name is taken. */
  const taken = async (text: string, label: string): Promise<string> => {
    const item = (await complete(text)).find((one) => one.label === label);
    assert.ok(item !== undefined, `${label} does not complete ${text}`);
    const start = (item.start ?? 1) - 1;
    return text.slice(0, start) + item.label + text.slice(start + (item.length ?? 0));
  };

  it('put commands, members, registers and names in the place of what was typed', async () => {
    assert.equal(await taken('/trav', '/travel'), '/travel');
    assert.equal(await taken('1 + current->pri', 'priority'), '1 + current->priority');
    assert.equal(await taken('$sstatus.SP', 'SPP'), '$sstatus.SPP');
    assert.equal(await taken('tic', 'ticks'), 'ticks');
  });

  it('complete the expression that a command is about', async () => {
    assert.equal(await taken('/last-write current->na', 'name'), '/last-write current->name');
  });

  it('look at the line of the cursor alone', async () => {
    const { targets } = (await session.client.completionsRequest({ text: '1 +\ntic', line: 2, column: 4 })).body;
    assert.ok(targets.some(({ label, start }) => label === 'ticks' && start === 1));
  });

  it('are asked for behind the characters that begin something', () => {
    assert.deepEqual(session.capabilities.completionTriggerCharacters, ['/', '$', '.', '>']);
  });

  it('count columns as the client does', async () => {
    const other = await TestSession.start({ columnsStartAt1: false });
    const { targets } = (await other.client.completionsRequest({ text: '/trav', column: 5 })).body;
    assert.deepEqual(targets, [{ label: '/travel', start: 0, length: 5 }]);
    await other.stop();
  });
});
