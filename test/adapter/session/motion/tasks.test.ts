import assert from 'node:assert/strict';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { record } from '../debug-session.ts';
import { InProcessClient } from '../in-process-client.ts';

const folder = fileURLToPath(new URL('../../../guests/teach', import.meta.url));
const guest = {
  name: 'teach',
  tasks: { table: 'procs', state: 'state', unused: ['UNUSED'], name: 'name', id: 'pid', context: 'context' },
  current: 'cpus[hart].proc',
};
const TASK_THREADS = 65536;

describe('Motion of a task that is on no hart', function () {
  this.timeout(120_000);
  let client: InProcessClient;
  let asleep: number;

  const onHart = async (): Promise<string> => {
    const { threads } = (await client.request('threads')) as { threads: { id: number; name: string }[] };
    return threads.find(({ id }) => id === 1)?.name ?? '';
  };

  before(async () => {
    const machine = { memory: '16M', rtc: '2026-01-01T00:00:00Z', seed: '0'.repeat(64) };
    const recording = await record({ ...machine, kernel: path.join(folder, 'kernel.elf') }, 'teach-tasks.retrograde');
    client = await InProcessClient.attach({ recording, at: 'start', sourceRoots: [folder], guest });
    // When pong sleeps for the second time, ping has been left in the middle of its run.
    await client.request('setFunctionBreakpoints', { breakpoints: [{ name: 'sleep' }] });
    await client.move('continue');
    asleep = (await client.move('continue')).counter;
    assert.equal(await onHart(), 'hart 0: pong (2)');
    await client.request('setFunctionBreakpoints', { breakpoints: [] });
  });

  after(async () => {
    await client.close();
  });

  for (const command of ['next', 'stepIn', 'stepOut']) {
    it(`${command} runs until it goes on`, async () => {
      await client.travel(asleep);
      const stop = await client.move(command, { threadId: TASK_THREADS + 1 });
      assert.deepEqual([stop.reason, await onHart()], ['step', 'hart 0: ping (1)']);
      assert.ok(stop.counter > asleep);
      assert.equal((await client.stack())[0]?.name, 'sched');
    });
  }

  it('stepBack goes back to where it was left, before the switch', async () => {
    await client.travel(asleep);
    const stop = await client.move('stepBack', { threadId: TASK_THREADS + 1 });
    assert.deepEqual([stop.reason, await onHart()], ['step', 'hart 0: ping (1)']);
    assert.ok(stop.counter < asleep);
    // From there, over the switch, is where it goes on.
    const on = await client.move('next', { threadId: 1, granularity: 'instruction' });
    await client.travel(asleep);
    assert.equal((await client.move('next', { threadId: TASK_THREADS + 1 })).counter, on.counter);
  });

  it('is a command of the debug console, too', async () => {
    await client.travel(asleep);
    const stop = await client.move('evaluate', { expression: '/continue-task 1', context: 'repl' });
    assert.deepEqual([stop.counter > asleep, await onHart()], [true, 'hart 0: ping (1)']);
    const refusal = (expression: string): Promise<string> =>
      client.refusal('evaluate', { expression, context: 'repl' });
    assert.match(await refusal('/continue-task 1'), /Task 1 is on hart 0/);
    assert.match(await refusal('/continue-task 77'), /no such task/);
  });
});
