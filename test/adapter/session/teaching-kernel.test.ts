import assert from 'node:assert/strict';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { record, TestSession } from './debug-session.ts';

const folder = fileURLToPath(new URL('../../guests/teach', import.meta.url));
const file = (name: string): string => path.join(folder, name);

/** All that is said of the kernel: names of its own source. */
const guest = {
  name: 'teach',
  tasks: {
    table: 'procs',
    state: 'state',
    unused: ['UNUSED'],
    name: 'name',
    id: 'pid',
    context: 'context',
    pageTable: 'pagetable',
  },
  current: 'cpus[hart].proc',
};

describe('a teaching kernel that a person has described', function () {
  this.timeout(60_000);
  let session: TestSession;

  before(async () => {
    const machine = { kernel: file('kernel.elf'), memory: '16M', rtc: '2026-01-01T00:00:00Z', seed: '0'.repeat(64) };
    const recording = await record(machine, 'teach.retrograde');
    session = await TestSession.start();
    const users = ['ping', 'pong', 'stray'].map((name) => ({ file: file(`${name}.elf`), space: 'user' }));
    await session.attach({ recording, at: 'start', sourceRoots: [folder], symbols: users, guest });
  });

  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  const threads = async (): Promise<readonly string[]> =>
    (await session.client.threadsRequest()).body.threads.map(({ name }) => name);

  it('has no tasks before the kernel makes them', async () => {
    assert.deepEqual(await threads(), ['hart 0']);
    assert.equal(await session.evaluate('/tasks'), 'No tasks are known at this moment.');
  });

  it('stops in one of the programs that all lie at the same address', async () => {
    const [serve] = await session.breakAtFunctions('pong!main');
    assert.equal(serve?.verified, false);
    const stop = await session.continue();
    assert.deepEqual([stop.name, stop.reason], ['main', 'function breakpoint']);
    assert.ok(stop.pc >= 0x10000n && stop.pc < 0x11000n);
    const [frame] = await session.stack();
    assert.equal(frame?.source?.path, file('pong.c'));
    assert.deepEqual(await threads(), ['hart 0: pong (2)', 'ping (1) RUNNABLE', 'stray (3) RUNNABLE']);
  });

  it("says of a running program's registers and kernel's memory what is so, at U and at S", async () => {
    await session.breakAtFunctions('ping!serve');
    const stop = await session.continue();
    assert.equal(stop.name, 'serve');
    assert.deepEqual(await threads(), ['hart 0: ping (1)', 'pong (2) SLEEPING', 'stray (3) ZOMBIE']);
  });

  it('unwinds the stack of a process that sleeps, from what the context switch saved', async () => {
    const { threads: all } = (await session.client.threadsRequest()).body;
    const sleeper = all.find(({ name }) => name.startsWith('pong'));
    const { stackFrames } = (await session.client.stackTraceRequest({ threadId: sleeper?.id ?? 0 })).body;
    assert.deepEqual(
      stackFrames.slice(0, 4).map(({ name }) => name),
      ['sched', 'sleep', 'user_trap', 'trap_entry'],
    );
    assert.ok(stackFrames.slice(0, 3).every(({ line }) => line > 0));
  });

  it('walks the page tables of another process', async () => {
    const own = await session.evaluate('/walk 0x10000');
    const other = await session.evaluate('/walk 0x10000 2');
    const physical = /physical (0x[0-9a-f]+)/;
    assert.match(own, /Sv39, ASID 0/);
    assert.match(own, /level 0: entry .* V R X U A D\n/);
    assert.notEqual(physical.exec(own)?.[1], physical.exec(other)?.[1]);
    const { mapped, reason } = (await session.request('retrograde/walk', { address: '0x30000' })) as Record<
      string,
      unknown
    >;
    assert.equal(mapped, false);
    assert.equal(reason, '0x30000 is not mapped: the entry of level 0 is not valid.');
  });

  it('says why a program trapped: what it did, and which permission forbade it', async () => {
    await session.travel('start');
    await session.client.setExceptionBreakpointsRequest({ filters: ['faults'] });
    await session.breakAtFunctions();
    const stop = await session.continue();
    assert.equal(stop.reason, 'exception');
    const { sentences } = (await session.request('retrograde/whyTrap')) as { sentences: readonly string[] };
    assert.match(
      sentences[0] ?? '',
      /^The instruction at 0x1000\w <main\+\w+ \(stray\.c:5\)>, `sd .*`, tried to write 0x80200000 <_start.*> in user mode\.$/,
    );
    assert.match(
      sentences[1] ?? '',
      /^Its page \(rwx-\) is mapped to physical 0x80200000, but is not for user programs \(U is clear\)\.$/,
    );
    assert.equal((await session.evaluate('/why')).split('\n')[0], sentences[0]);
    await session.client.setExceptionBreakpointsRequest({ filters: [] });
  });

  it('steps from a program into the kernel and back, forwards and backwards', async () => {
    await session.travel('start');
    await session.breakAtFunctions('pong!main');
    let stop = await session.continue();
    await session.breakAtFunctions();
    const lines = [stop];
    while (stop.pc < 0x80000000n && lines.length < 10) lines.push((stop = await session.stepIn()));
    assert.equal(stop.name, 'trap_entry');
    const back = await session.stepBack();
    assert.deepEqual([back.name, back.counter], ['ask', stop.counter - 1]);
    assert.equal((await session.stepIn()).counter, stop.counter);
  });

  it('names what is missing in the description', async () => {
    const wrong = await TestSession.start();
    const { recording } = await session.status();
    const attributes = { recording, guest: { tasks: { table: 'procs', state: 'state', nmae: 'name' } } };
    assert.match(
      await wrong.refusal('attach', attributes),
      /guest: tasks: there is no attribute "nmae". Did you mean "name"\?/,
    );
    await wrong.stop();
  });
});
