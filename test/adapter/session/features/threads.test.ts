import assert from 'node:assert/strict';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { record, TestSession } from '../debug-session.ts';

const folder = fileURLToPath(new URL('../../../guests/teach', import.meta.url));
const guest = {
  tasks: { table: 'procs', state: 'state', unused: ['UNUSED'], name: 'name', id: 'pid', context: 'context' },
  current: 'cpus[hart].proc',
};

describe('threads and thread events', function () {
  this.timeout(180_000);
  let session: TestSession;

  before(async () => {
    const recording = await record({ kernel: path.join(folder, 'kernel.elf'), memory: '16M' }, 'threads.retrograde');
    session = await TestSession.start();
    await session.attach({ recording, at: 'start', sourceRoots: [folder], guest });
  });
  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  /** What the thread events since the last look say. */
  const told = async (): Promise<{ reason: string; threadId: number }[]> => {
    await session.request('retrograde/status');
    const events = session.events.filter(({ event }) => event === 'thread');
    session.events.length = 0;
    return events.map(({ body }) => body as { reason: string; threadId: number });
  };

  it('are harts, and the tasks that the kernel has at the moment', async () => {
    const { threads } = (await session.client.threadsRequest()).body;
    assert.deepEqual(threads, [{ id: 1, name: 'hart 0' }]);
  });

  it('come as the kernel makes tasks, and go where there are none yet', async () => {
    await told();
    await session.travel('end');
    const { threads } = (await session.client.threadsRequest()).body;
    const tasks = threads.map(({ id }) => id).filter((id) => id !== 1);
    assert.ok(tasks.length > 0, JSON.stringify(threads));
    assert.deepEqual(
      await told(),
      tasks.map((threadId) => ({ threadId, reason: 'started' })),
    );
    await session.travel('start');
    assert.deepEqual(
      await told(),
      tasks.map((threadId) => ({ threadId, reason: 'exited' })),
    );
  });
});
