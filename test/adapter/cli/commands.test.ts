import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { guestPath } from '../../guests/programs.ts';
import { Retrograde } from './retrograde.ts';

const hash = fileURLToPath(guestPath('compute/hash'));
const ecall = fileURLToPath(guestPath('trap-heavy/ecall'));
const random = fileURLToPath(guestPath('memory/random'));
const demo = fileURLToPath(guestPath('demo/demo'));

describe('The command line', function () {
  this.timeout(120_000);
  const retrograde = new Retrograde();

  before(() => retrograde.build());
  after(() => {
    retrograde.dispose();
  });

  it("runs a guest, prints its console, and ends with the guest's code", async () => {
    const ran = await retrograde.run('run', '--kernel', ecall, '--memory', '64M');
    assert.deepEqual(ran, { code: 0, stdout: '147d28ce76da4ae1\n', stderr: '' });
    const panicked = await retrograde.run('run', '--kernel', demo, '--memory', '16M');
    assert.equal(panicked.code, 1);
    assert.match(panicked.stdout, /panic: load page fault/);
  });

  it('records, verifies, and says what is in a recording, wherever the file is moved', async () => {
    const file = retrograde.file('ecall.retrograde');
    const recorded = await retrograde.run('record', '-o', file, '--kernel', ecall, '--memory', '64M', '--json');
    assert.equal(recorded.code, 0, recorded.stderr);
    assert.equal(recorded.stderr, '147d28ce76da4ae1\n');
    const summary = JSON.parse(recorded.stdout) as { counter: number; exit: unknown };
    assert.deepEqual(summary.exit, { kind: 'power-off', code: 0 });

    const moved = retrograde.file('moved.retrograde');
    renameSync(file, moved);
    const verified = await retrograde.run('verify', moved, '--json');
    assert.equal(verified.code, 0, verified.stderr);
    const result = JSON.parse(verified.stdout) as { identical: boolean; counter: number; complete: boolean };
    assert.deepEqual([result.identical, result.counter, result.complete], [true, summary.counter, true]);

    const replayed = await retrograde.run('replay', moved);
    assert.deepEqual(replayed, { code: 0, stdout: '147d28ce76da4ae1\n', stderr: '' });

    const info = JSON.parse((await retrograde.run('info', moved, '--json')).stdout) as {
      counter: number;
      end: unknown;
      damage: unknown;
      machine: { memory: number };
      sizes: Record<string, { bytes: number }>;
    };
    assert.equal(info.counter, summary.counter);
    assert.deepEqual(info.end, { kind: 'guest-exit', exit: { kind: 'power-off', code: 0 } });
    assert.equal(info.damage, null);
    assert.equal(info.machine.memory, 64 * 2 ** 20);
    const total = Object.values(info.sizes).reduce((sum, { bytes }) => sum + bytes, 0);
    assert.equal(total, readFileSync(moved).length);
  });

  it('stops a recording where it is told to', async () => {
    const file = retrograde.file('stopped.retrograde');
    const atStep = await retrograde.run(
      'record',
      '-o',
      file,
      '--kernel',
      demo,
      '--memory',
      '16M',
      '--until-step',
      '123456',
    );
    assert.equal(atStep.code, 0, atStep.stderr);
    assert.match(atStep.stderr, /recorded 123456 steps .*stopped because it reached counter 123456\./);
    const overwriting = await retrograde.run('record', '-o', file, '--kernel', demo);
    assert.equal(overwriting.code, 74);
    assert.match(overwriting.stderr, /stopped\.retrograde cannot be created: it exists already\. .*--force/);
    const atOutput = await retrograde.run(
      ...['record', '-o', file, '--force', '--kernel', demo, '--memory', '16M', '--until-output', 'tick 100:'],
    );
    assert.equal(atOutput.code, 0);
    assert.match(atOutput.stdout, /tick 100:/);
    assert.equal((await retrograde.run('verify', file)).code, 0);
  });

  it('shows the same state at a counter each time, and refuses one beyond the end', async () => {
    const file = retrograde.file('state.retrograde');
    await retrograde.run('record', '-o', file, '--kernel', demo, '--memory', '16M', '--until-step', '3000000');
    const [once, again] = [
      await retrograde.run('state', file, '--at', '2_345_678'),
      await retrograde.run('state', file, '--at', '2345678'),
    ];
    assert.equal(once.code, 0, once.stderr);
    assert.equal(once.stdout, again.stdout);
    assert.match(once.stdout, /^counter 2345678\ndigest {2}[0-9a-f]{16}\n/);
    assert.match(once.stdout, /^sp +0x[0-9a-f]{16}/m);
    assert.match(once.stdout, /mstatus +0x[0-9a-f]{16}/);
    const beyond = await retrograde.run('state', file, '--at', '3000001');
    assert.equal(beyond.code, 64);
    assert.match(beyond.stderr, /beyond the end of .*up to 3000000/);
  });

  it('refuses altered recordings with the place, and accepts those cut short', async () => {
    const file = retrograde.file('whole.retrograde');
    await retrograde.run('record', '-o', file, '--kernel', hash, '--memory', '64M', '--until-step', '25000000');
    const whole = readFileSync(file);

    const cut = retrograde.file('cut.retrograde');
    writeFileSync(cut, whole.subarray(0, whole.length - 10));
    const verified = await retrograde.run('verify', cut);
    assert.equal(verified.code, 0);
    assert.match(verified.stderr, /cut\.retrograde was cut short .* up to counter 25000000\./);

    const altered = retrograde.file('altered.retrograde');
    const bytes = Buffer.from(whole);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 0x40;
    writeFileSync(altered, bytes);
    for (const command of ['verify', 'replay', 'info']) {
      const refused = await retrograde.run(command, altered);
      assert.equal(refused.code, 2, command);
      assert.match(refused.stderr + refused.stdout, /damaged at byte \d+/);
    }
    assert.ok(readFileSync(altered).equals(bytes));
  });

  it('says in a sentence what is wrong, and leaves nothing behind', async () => {
    const junk = retrograde.file('junk');
    writeFileSync(junk, 'this is no kernel');
    copyFileSync(hash, retrograde.file('short.elf'));
    writeFileSync(retrograde.file('short.elf'), readFileSync(hash).subarray(0, 70));
    writeFileSync(retrograde.file('bad.script'), 'expect a\nwait b\n');
    const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
      [['frob'], 64, /'frob' is no command/],
      [['run', '--frob'], 64, /--frob.*retrograde run --help/],
      [['run'], 74, /nothing to run/],
      [['run', '--kernel', '/nowhere/kernel'], 74, /\/nowhere\/kernel cannot be read: there is no such file\./],
      [['run', '--kernel', retrograde.file('short.elf')], 74, /short\.elf: /],
      [['run', '--kernel', hash, '--memory', '12Q'], 64, /--memory 12Q is no size/],
      [['run', '--kernel', hash, '--rtc', 'noon'], 64, /--rtc noon is no date/],
      [['run', '--kernel', hash, '--seed', 'xyz'], 64, /--seed xyz is no seed/],
      [['run', '--kernel', hash, '--drive', '/nowhere/disk'], 74, /\/nowhere\/disk cannot be read/],
      [['run', '--kernel', hash, '--input-script', retrograde.file('bad.script')], 64, /bad\.script, line 2: 'wait b'/],
      [['record', '--kernel', hash], 64, /-o FILE/],
      [['record', '-o', retrograde.file('no/folder'), '--kernel', hash], 74, /its folder does not exist/],
      [['verify', '/nowhere/recording'], 2, /\/nowhere\/recording cannot be opened: there is no such file\./],
      [['verify', junk], 2, /junk is not a Retrograde recording/],
      [['state', junk], 64, /--at N/],
      [['gdb', junk], 2, /junk is not a Retrograde recording/],
      [['replay'], 64, /Name the recording/],
    ];
    for (const [args, code, message] of cases) {
      const failed = await retrograde.run(...args);
      assert.equal(failed.code, code, `${args.join(' ')}: ${failed.stderr}`);
      assert.match(failed.stderr, message);
      assert.doesNotMatch(failed.stderr, /\n\s+at |fault of Retrograde/);
    }
    const unbuilt = retrograde.file('unbuilt.retrograde');
    await retrograde.run('record', '-o', unbuilt, '--kernel', '/nowhere/kernel');
    assert.equal(existsSync(unbuilt), false);
  });

  it('explains every command', async () => {
    const overview = await retrograde.run('--help');
    assert.equal(overview.code, 0);
    for (const name of ['run', 'record', 'replay', 'verify', 'info', 'state', 'dap', 'gdb']) {
      assert.match(overview.stdout, new RegExp(`^  ${name} `, 'm'));
      const help = await retrograde.run(name, '--help');
      assert.equal(help.code, 0);
      assert.match(help.stdout, new RegExp(`^retrograde ${name} [^]*Options:\n`));
    }
  });
});

describe('A recorder that is killed', function () {
  this.timeout(600_000);
  const KILLS = 20;
  const retrograde = new Retrograde();

  before(() => retrograde.build());
  after(() => {
    retrograde.dispose();
  });

  it(`at ${KILLS} random moments leaves ${KILLS} files that info, replay and verify accept`, async () => {
    const always = ['--rtc', '2026-01-01T00:00:00Z', '--seed', '0'.repeat(64)];
    // One prints all the time, but takes hardly longer than what a killed recorder may lose; the other takes a second or more.
    const guests = [
      await wholeRun(retrograde, 'demo', ['--kernel', demo, '--memory', '16M', ...always]),
      await wholeRun(retrograde, 'random', ['--kernel', random, '--memory', '64M', ...always]),
    ] as const;

    const counters: number[] = [];
    for (let attempt = 0; counters.length < KILLS; attempt++) {
      assert.ok(attempt < 5 * KILLS, 'most recorders had ended before they could be killed');
      const { machine, printed, duration } = counters.length % 2 === 0 ? guests[0] : guests[1];
      const file = retrograde.file(`killed-${attempt}.retrograde`);
      const recorder = retrograde.start('record', '-o', file, ...machine);
      const ended = new Promise((resolve) =>
        recorder.once('close', (_code, signal) => {
          resolve(signal);
        }),
      );
      recorder.stdout?.resume();
      recorder.stderr?.resume();
      await appearance(file);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * duration));
      recorder.kill('SIGKILL');
      if ((await ended) !== 'SIGKILL') continue;
      const info = await retrograde.run('info', file, '--json');
      const verified = await retrograde.run('verify', file, '--json');
      const replayed = await retrograde.run('replay', file);
      if (info.code === 2) {
        // Killed before the initial state was in the file: nothing can be replayed, and each of them says so.
        for (const { code, stderr } of [info, verified, replayed]) {
          assert.equal(code, 2);
          assert.match(stderr, /ends before the machine's initial state was written/);
        }
        counters.push(0);
        continue;
      }
      assert.equal(info.code, 0, info.stderr);
      const { counter } = JSON.parse(info.stdout) as { counter: number };
      assert.equal(verified.code, 0, verified.stderr);
      const result = JSON.parse(verified.stdout) as { identical: boolean; counter: number; complete: boolean };
      // The recording was whole already, and the recorder about to end: not a moment to count.
      if (result.complete) continue;
      assert.deepEqual([result.identical, result.counter], [true, counter]);
      assert.equal(replayed.code, 0, replayed.stderr);
      assert.ok(printed.startsWith(replayed.stdout), `${file} prints something else`);
      counters.push(counter);
    }
    assert.ok(new Set(counters).size > 2, `the moments were no different: ${counters.join(' ')}`);
  });
});

/** What a guest prints when it is recorded to its end, and the milliseconds from when there is a file. */
async function wholeRun(
  retrograde: Retrograde,
  name: string,
  machine: readonly string[],
): Promise<{ readonly machine: readonly string[]; readonly printed: string; readonly duration: number }> {
  const whole = retrograde.file(`${name}.retrograde`);
  const recording = retrograde.run('record', '-o', whole, ...machine);
  await appearance(whole);
  const began = performance.now();
  const { stdout: printed } = await recording;
  return { machine, printed, duration: performance.now() - began };
}

/** Resolves once the file is there. */
async function appearance(file: string): Promise<void> {
  while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 1));
}
