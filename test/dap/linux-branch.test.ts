import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { TestSession, temporaryFolder, type Stop } from '../adapter/session/debug-session.ts';
import { smallLinux } from './linux-guests.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Milliseconds that the guest may take to print something. */
const PATIENCE = 240_000;

/** A person in front of a Linux that is being recorded changes what a system call returned, looks what comes of it, and goes back. */
describe('a branch of a Linux that is being recorded', function () {
  this.timeout(900_000);
  let session: TestSession;
  const recording = path.join(temporaryFolder(), 'branched-linux.retrograde');

  before(async function () {
    const { machine, symbols } = smallLinux(this);
    session = await TestSession.start();
    const launch = { ...machine, symbols, append: 'console=ttyS0', recording, seed: '5e'.repeat(32) };
    await Promise.all([session.client.waitForEvent('initialized', PATIENCE), session.request('launch', launch)]);
    await session.client.configurationDoneRequest();
    await printed('guest# ');
  });

  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  const output = (): string => session.output.get('stdout') ?? '';
  const printed = async (text: string, from = 0): Promise<void> => {
    const end = Date.now() + PATIENCE;
    while (!output().slice(from).includes(text)) {
      await wait(50);
      assert.ok(Date.now() < end, `The guest did not print ${JSON.stringify(text)}:\n${output().slice(from)}`);
    }
  };
  /** Types a line, and waits for what it prints and the next prompt. */
  const say = async (line: string, answer: string): Promise<void> => {
    const from = output().length;
    await session.request('retrograde/consoleInput', { text: `${line}\n` });
    await printed(`\n${answer}\r\nguest# `, from);
  };
  const pause = (): Promise<Stop> => session.arrive(() => session.client.pauseRequest({ threadId: 1 }));
  const runOn = (): Promise<unknown> => session.client.continueRequest({ threadId: 1 });
  const digest = async (): Promise<string> =>
    ((await session.request('retrograde/digest')) as { digest: string }).digest;

  it('prints what the system call is made to return, while the recording waits', async () => {
    await say('id -u', '0');
    const { counter: end } = await pause();
    const state = await digest();

    // Back to the system call that told the user, as it returns.
    await session.breakAtFunctions('sys_geteuid');
    await session.reverseContinue();
    await session.breakAtFunctions();
    const { counter: base } = await session.stepOut();
    const before = await digest();
    const began = await session.arrive(() => session.evaluate('$a0 = 1234'));
    assert.match(began.description, /^In a branch from [\d,]+$/);
    assert.equal((await session.status()).mode, 'branching');

    const from = output().length;
    await runOn();
    await printed('1234\r\nguest# ', from);
    await say('echo in the branch $((40 + 2))', 'in the branch 42');
    const present = await pause();
    const there = await digest();

    // Back and forth in the branch is replay, as exact as anywhere.
    await session.travel(base + Math.floor((present.counter - base) / 3));
    await session.travel(present.counter);
    assert.equal(await digest(), there);
    const difference = (await session.request('retrograde/compareBranch')) as {
      parted?: number;
      registers: readonly object[];
      memory: readonly { symbol?: string }[];
    };
    assert.ok((difference.parted ?? 0) > base);
    assert.ok(difference.memory.length > 0 && difference.memory.some(({ symbol }) => symbol !== undefined));
    assert.equal(await digest(), there);

    const back = await session.arrive(() => session.request('retrograde/discardBranch'));
    assert.equal(back.counter, base);
    assert.equal(await digest(), before);
    const live = await session.travel('end');
    assert.equal(live.counter, end);
    assert.equal(await digest(), state);
    assert.equal((await session.status()).mode, 'recording');
  });

  it('lets the recording go on, which is verified, and holds nothing of the branch', async () => {
    await runOn();
    await say('echo in history', 'in history');
    await pause();
    const { data } = (await session.request('retrograde/consoleOutput')) as { data: string };
    const text = Buffer.from(data, 'base64').toString();
    assert.ok(text.includes('\n0\r\n') && text.includes('in history'));
    assert.ok(!text.includes('1234') && !text.includes('branch'));
    await session.leave();
    const cli = [path.join(root, 'adapter/cli/main.ts'), 'verify', recording];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--import', 'tsx', ...cli], { cwd: root });
    assert.match(stdout + stderr, /verified|equal|no difference|identical/i);
  });
});
