import assert from 'node:assert/strict';
import { TestSession } from '../adapter/session/debug-session.ts';
import { Random } from '../random.ts';
import { recordedLinux, spacesLinux } from './linux-guests.ts';

interface TaskAnswer {
  readonly threadId: number;
  readonly id: number;
  readonly name: string;
  readonly state: string;
  readonly hart?: number;
  readonly program?: string;
}

/** A console line that printk wrote: `[    0.000000] text`. */
const MESSAGE = /^\[ *\d+\.\d{6}\] /;

describe('what is known of Linux, at any moment of a recorded run', function () {
  this.timeout(600_000);
  let session: TestSession;
  let end: number;

  before(async function () {
    const { recording, symbols } = await recordedLinux(spacesLinux(this));
    session = await TestSession.start();
    end = (await session.attach({ recording, symbols, at: 'end' })).counter;
  });

  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  const tasks = async (): Promise<readonly TaskAnswer[]> =>
    ((await session.request('retrograde/tasks')) as { tasks: readonly TaskAnswer[] }).tasks;

  const console_ = async (): Promise<readonly string[]> => {
    const { data } = (await session.request('retrograde/consoleOutput')) as { data: string };
    return Buffer.from(data, 'base64').toString().replaceAll('\r', '').split('\n');
  };

  it('says which kernel it is, and how it was started', async () => {
    const kernel = (await session.request('retrograde/kernel')) as Record<string, string>;
    assert.equal(kernel['kind'], 'Linux');
    assert.equal(kernel['commandLine'], 'console=ttyS0 ignore_loglevel');
    assert.equal(kernel['relocation'], '0x0');
    const banner = (await console_()).find((line) => line.includes('Linux version'));
    assert.equal(kernel['version'], banner?.replace(MESSAGE, ''));
  });

  it("has the same messages as the console, and as the guest's own dmesg", async () => {
    const { text } = (await session.request('retrograde/kernelLog')) as { text: string };
    const lines = await console_();
    const up = lines.indexOf('guest: up');
    const printed = lines.slice(0, up).filter((line) => MESSAGE.test(line));
    assert.ok(printed.length > 50, `${printed.length} messages on the console`);
    assert.deepEqual(text.split('\n').slice(0, printed.length), printed);
    const listed = lines.slice(up).filter((line) => MESSAGE.test(line));
    assert.deepEqual(text.split('\n').slice(0, printed.length), listed.slice(0, printed.length));
  });

  it('lists the tasks at random moments, one of them on the hart', async () => {
    const random = new Random(4);
    const names = new Set<string>();
    for (let count = 0; count < 12; count++) {
      const counter = random.bits32() % end;
      await session.travel(counter);
      const found = await tasks();
      for (const { name } of found) names.add(name);
      assert.equal(new Set(found.map(({ id }) => id)).size, found.length, `a task twice at ${counter}`);
      // Before there is paging there are no tasks.
      if (found.length === 0) assert.ok(counter < end / 20, `no tasks at ${counter}`);
      else assert.equal(found.filter(({ state }) => state === 'running').length, 1, `at ${counter}`);
    }
    for (const name of ['swapper', 'kthreadd', 'init']) assert.ok(names.has(name), [...names].join(' '));
  });

  it('lists them as threads, those on harts first', async () => {
    await session.travel(end);
    const { threads } = (await session.client.threadsRequest()).body;
    assert.match(threads[0]?.name ?? '', /^hart 0: \S+ \(\d+\)$/);
    const sleeping = threads.find(({ name }) => name.startsWith('sleep '));
    assert.match(sleeping?.name ?? '', /^sleep \(\d+\) sleeping$/);
  });

  it('unwinds the stack of a task that sleeps', async () => {
    const sleeper = (await tasks()).find(({ name }) => name === 'sleep');
    assert.ok(sleeper !== undefined, 'no task sleeps');
    const { stackFrames } = (await session.client.stackTraceRequest({ threadId: sleeper.threadId })).body;
    const names = stackFrames.map(({ name }) => name);
    for (const name of ['__schedule', 'do_nanosleep', 'hrtimer_nanosleep']) {
      assert.ok(names.includes(name), names.join(' < '));
    }
    assert.equal(sleeper.program, '/bin/busybox');
  });

  it('steps and continues a task that sleeps for good to the end of the recording', async () => {
    const sleeper = (await tasks()).find(({ name }) => name === 'sleep');
    const threadId = sleeper?.threadId ?? 0;
    for (const command of ['next', 'continue']) {
      const stop = await session.arrive(() => session.request(command, { threadId }));
      assert.match(stop.description, /End of recording/, command);
    }
  });

  it('knows the mappings of a program as /proc/self/maps has them', async () => {
    const lines = await console_();
    const printed = lines.flatMap((line) => {
      const [, range, flags, offset, name] = /^([0-9a-f]+-[0-9a-f]+) (\S+) (\S+) \S+ \d+ *(.*)$/.exec(line) ?? [];
      return range === undefined ? [] : [`${range} ${flags} ${offset} ${name}`];
    });
    assert.ok(printed.length >= 5, lines.join('\n'));
    // At the write of them the program that printed them is on the hart.
    await session.breakAtFunctions('show_map_vma');
    const mapping = await session.reverseContinue();
    assert.equal(mapping.name, 'show_map_vma');
    await session.breakAtFunctions();
    const { mappings } = (await session.request('retrograde/mappings')) as {
      mappings: readonly { start: string; end: string; flags: string; offset: string; name: string }[];
    };
    const pad = (text: string, width: number): string => text.slice(2).padStart(width, '0');
    const known = mappings.map(
      ({ start, end: to, flags, offset, name }) => `${pad(start, 8)}-${pad(to, 8)} ${flags} ${pad(offset, 8)} ${name}`,
    );
    assert.deepEqual(known, printed);
  });

  it('translates the address of a variable as the hart does', async () => {
    const walk = await session.evaluate('/walk init_task');
    assert.match(walk, /level 1: entry 0x[0-9a-f]{16} at 0x[0-9a-f]+ {2}V R W X G A D\n {2}physical 0x[0-9a-f]+/);
  });

  /** The devices' scopes, opened: name of the scope to lines of name and value. */
  const devices = async (): Promise<ReadonlyMap<string, readonly string[]>> => {
    const [frame] = await session.stack(1);
    const { scopes } = (await session.client.scopesRequest({ frameId: frame?.id ?? 0 })).body;
    const opened = new Map<string, readonly string[]>();
    for (const { name, variablesReference } of scopes) {
      const { variables } = (await session.client.variablesRequest({ variablesReference })).body;
      opened.set(
        name,
        variables.map((variable) => `${variable.name}: ${variable.value}`),
      );
    }
    return opened;
  };

  it('shows the devices as the kernel has set them up', async () => {
    await session.travel(end);
    const state = await devices();
    assert.ok(state.get('PLIC')?.includes('10 (uart0): priority 1'), state.get('PLIC')?.join('\n'));
    assert.match(state.get('PLIC')?.[1] ?? '', /^hart 0, supervisor: enabled: .*10.*; threshold 0; nothing to claim$/);
    assert.match(state.get('CLINT')?.[0] ?? '', /^mtime: \d+ \(\d+\.\d{6} s since power-on\)$/);
    assert.ok(state.get('UART')?.includes('LCR: 0x13 [8 bits]'), state.get('UART')?.join('\n'));
    assert.deepEqual(
      state.get('virtio')?.map((line) => line.replace(/: 0x.*/, '')),
      ['slot 6: virtio-console', 'slot 7: virtio-entropy'],
    );
  });

  it('says of what it does not know why', async () => {
    assert.deepEqual(await session.request('retrograde/modules'), { modules: [] });
    assert.match(await session.refusal('retrograde/mappings', { task: 9999 }), /There is no task 9999/);
  });

  it('changes nothing by looking at everything', async () => {
    for (const counter of [Math.floor(end * 0.4), Math.floor(end * 0.95)]) {
      await session.travel(counter);
      const digest = await session.request('retrograde/digest');
      for (const command of ['/kernel', '/tasks', '/dmesg', '/mappings', '/walk 0x10000', '/why']) {
        await session.evaluate(command);
      }
      for (const { id } of (await session.client.threadsRequest()).body.threads) {
        await session.client.stackTraceRequest({ threadId: id }).catch(() => undefined);
      }
      await devices();
      assert.deepEqual(await session.request('retrograde/digest'), digest);
    }
  });
});
