import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { TestSession } from '../debug-session.ts';

describe('modules (supportsModulesRequest) and module events', function () {
  this.timeout(180_000);
  let session: TestSession;

  before(async () => {
    session = await TestSession.onDemo({ at: 'end' });
  });
  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  it('are the files whose code runs, with what is known of them', async () => {
    const { modules, totalModules } = (await session.request('modules')) as DebugProtocol.ModulesResponse['body'];
    assert.equal(totalModules, 1);
    const [kernel] = modules;
    assert.deepEqual([kernel?.name, kernel?.symbolStatus], ['demo.elf', 'Symbols and lines.']);
    assert.match(kernel?.addressRange ?? '', /^0x80000000 - 0x80[0-9a-f]+$/);
    const [frame] = await session.stack(1);
    assert.equal(frame?.moduleId, kernel?.id);
    const page = (await session.request('modules', { startModule: 1 })) as DebugProtocol.ModulesResponse['body'];
    assert.deepEqual([page.modules, page.totalModules], [[], 1]);
  });
});
