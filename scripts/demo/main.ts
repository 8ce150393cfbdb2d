import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DapClient } from './dap-client.ts';
import { Debuggee } from './debuggee.ts';
import type { Frame } from './debuggee.ts';
import { address, bold, count, dim, guestSays, heading, say, showSource, showStack } from './terminal.ts';

/**
 * Records the demo kernel as it crashes and finds the store that broke it, backwards, through the debug adapter: the same
 * requests that an editor sends.
 */

const root = fileURLToPath(new URL('../..', import.meta.url));
const sources = path.join(root, 'test/guests/demo');
const recording = path.join(root, 'dist/demo.retrograde');

function expect(frame: Frame | undefined, name: string): Frame {
  if (frame?.name !== name) throw new Error(`The story expects ${name}, but this is ${frame?.name ?? 'nowhere'}.`);
  return frame;
}

function taskAt(task: bigint): string {
  return `((struct task *)${address(task)})`;
}

async function taskName(guest: Debuggee, task: bigint): Promise<string> {
  const id = await guest.value(`${taskAt(task)}->id`);
  return `task ${id} (${await guest.text(await guest.value(`${taskAt(task)}->name`))})`;
}

async function timed(motion: Promise<void>): Promise<string> {
  const start = performance.now();
  await motion;
  return `${Math.round(performance.now() - start)} ms`;
}

/** The tick wakes a whole list: back over its writes, to the one that replaces this task at the head. */
async function runBackToRemoval(guest: Debuggee, slot: bigint, task: bigint): Promise<void> {
  for (let writes = 0; writes < 8; writes++) {
    await guest.runBackToWrite(slot);
    if ((await guest.value(`*${address(slot)}`)) === task) return;
  }
  throw new Error(`The story expects that the interrupt takes ${address(task)} off the list.`);
}

async function launch(client: DapClient): Promise<void> {
  await client.request('initialize', { adapterID: 'retrograde', linesStartAt1: true, columnsStartAt1: true });
  const initialized = client.event('initialized');
  const launched = client.request('launch', {
    kernel: path.join(sources, 'demo.elf'),
    firmware: 'none',
    memory: '16M',
    rtc: '2026-01-01T00:00:00Z',
    seed: '00'.repeat(32),
    recording,
    sourceRoots: [sources],
  });
  await Promise.race([initialized, launched]);
  await client.request('setFunctionBreakpoints', { breakpoints: [{ name: 'panic' }] });
  const stopped = client.event('stopped');
  await client.request('configurationDone');
  await launched;
  await stopped;
}

async function tell(client: DapClient): Promise<void> {
  const guest = new Debuggee(client);

  heading('1. A small kernel runs, and is recorded');
  const recordingTook = await timed(launch(client));
  const crash = await guest.counter();
  guestSays((await guest.console()).trimEnd());
  say(`${count(crash)} steps in ${recordingTook}. Then it calls panic:`);
  const atPanic = await guest.stack();
  showStack(atPanic, sources);

  heading('2. The bad pointer');
  const slot = await guest.value('&wheel[ticks % 64]');
  const badPointer = await guest.value(`*${address(slot)}`);
  const fault = await guest.value('stval');
  showSource(
    expect(
      atPanic.find(({ name }) => name === 'wake_sleepers'),
      'wake_sleepers',
    ),
    sources,
  );
  say(
    `The timer looks for tasks to wake, and reads a task at ${bold(address(badPointer))}. The load from`,
    `${address(fault)} faults: nothing is mapped there. Who put that pointer into the list?`,
  );

  heading('3. Back to the last write of that list');
  let took = await timed(guest.runBackToWrite(slot));
  const relinking = expect((await guest.stack())[0], 'wake_sleepers');
  const sleeper = await guest.value(`*${address(slot)}`);
  showSource(relinking, sources);
  say(
    `${count(crash - (await guest.counter()))} steps before the panic, found in ${took}. The timer took ${await taskName(guest, sleeper)} off the list;`,
    `the pointer behind it was its sleep_next. Who wrote that?`,
  );

  heading('4. Back to the store that broke it');
  took = await timed(guest.runBackToWrite(await guest.value(`&${taskAt(sleeper)}->sleep_next`)));
  const culprit = await guest.counter();
  const atCulprit = await guest.stack();
  showSource(expect(atCulprit[0], 'sleep_ticks'), sources);
  showStack(atCulprit, sources);
  say(
    `${bold(`${count(crash - culprit)} steps`)} before the panic, found in ${took}: the sampler goes to sleep and links itself in front of`,
    `${address(badPointer)}, the head of the list as it was when it looked. But now there is nothing:`,
  );
  const mapped = (await guest.memory(badPointer, 8)).length > 0;
  if (mapped) throw new Error('The story expects that the task is gone.');
  say(`the page at ${address(badPointer)} is not mapped. What happened in between?`);

  heading('5. Back to what took that task off the list');
  took = await timed(runBackToRemoval(guest, slot, badPointer));
  const atInterrupt = await guest.stack();
  expect(atInterrupt[0], 'wake_sleepers');
  expect(
    atInterrupt.find(({ name }) => name === 'sleep_ticks'),
    'sleep_ticks',
  );
  showStack(atInterrupt, sources);
  say(
    `${count(culprit - (await guest.counter()))} steps earlier, found in ${took}: a timer interrupt, in the middle of sleep_ticks. It wakes`,
    `${await taskName(guest, badPointer)}, which runs, exits and is unmapped before the sampler goes on with its old copy of the pointer.`,
    bold('sleep_ticks reads the head of the list before it turns interrupts off.'),
  );

  say(
    '',
    dim(`The recording is ${path.relative(process.cwd(), recording)}; open it in VS Code, or with retrograde gdb.`),
  );
}

mkdirSync(path.dirname(recording), { recursive: true });
rmSync(recording, { force: true });
const client = new DapClient(process.execPath, [path.join(root, 'dist/adapter.cjs')]);
try {
  await tell(client);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
await client.close();
