import assert from 'node:assert/strict';
import { TestSession } from '../debug-session.ts';

describe('stepInTargets', function () {
  this.timeout(120_000);
  let session: TestSession;

  before(async () => {
    session = await TestSession.onDemo();
  });
  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  it('lets a person choose which call of a line to step into', async () => {
    // print("demo kernel: %u pages free\n", pages_free());
    const [breakpoint] = await session.breakAtLines('main.c', 73);
    await session.travel('start');
    const line = await session.continue();
    assert.deepEqual([line.name, line.line], ['kernel_main', breakpoint?.line]);
    const [frame] = await session.stack(1);
    const { targets } = (await session.client.stepInTargetsRequest({ frameId: frame?.id ?? 0 })).body;
    assert.deepEqual(
      targets.map(({ label }) => label),
      ['pages_free', 'print'],
    );
    const print = targets[1];
    assert.ok(print !== undefined);
    const inside = await session.arrive(() => session.client.stepInRequest({ threadId: 1, targetId: print.id }));
    assert.deepEqual([inside.reason, inside.name], ['step', 'print']);
  });
});
