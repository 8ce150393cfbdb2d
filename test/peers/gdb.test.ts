import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { StopCondition } from '../../emulator/machine/stop.ts';
import type { Timeline } from '../../emulator/replay/timeline.ts';
import { requireLinuxFile } from '../guests/linux.ts';
import { demoKernel, guestPath, readGuest } from '../guests/programs.ts';
import { requirePeer } from '../peers.ts';
import type { Transcript } from './gdb.ts';
import { counters, runGdb, runGdbAt } from './gdb.ts';
import { recordToEnd } from './recorded-guest.ts';
import { retrograde, serveRecording } from './retrograde.ts';

/** What the first occurrence of a command printed. */
function output(transcript: Transcript, command: string): string {
  const found = transcript.find((entry) => entry.command === command);
  assert.ok(found, command);
  return found.output;
}

/** The address at which gdb put a breakpoint. */
function breakpointAddress(transcript: Transcript, command: string): bigint {
  const address = / at (0x[0-9a-f]+)/.exec(output(transcript, command))?.[1];
  assert.ok(address, output(transcript, command));
  return BigInt(address);
}

const atInstruction = (address: bigint): { conditions: StopCondition[] } => ({
  conditions: [{ kind: 'instruction', address }],
});

const HISTORY_ENDS = /^No more reverse-execution history\.$/m;

describe('gdb-multiarch on the demo kernel', function () {
  this.timeout(120_000);
  const symbols = fileURLToPath(guestPath(demoKernel));
  let timeline: Timeline;

  before(async function () {
    requirePeer(this, 'gdb-multiarch');
    timeline = await recordToEnd({ configuration: { memory: 16 << 20 }, images: { kernel: readGuest(demoKernel) } });
  });

  beforeEach(() => timeline.travelTo(0));

  it('takes the target for what it is', async () => {
    const transcript = await runGdb(timeline, symbols, [
      'show osabi',
      'show architecture',
      'info registers pc priv mstatus fcsr',
      'print $ft0',
      'info threads',
    ]);
    assert.match(output(transcript, 'show osabi'), /currently "none"/);
    assert.match(output(transcript, 'show architecture'), /currently "riscv:rv64"/);
    assert.match(output(transcript, 'info registers pc priv mstatus fcsr'), /pc +0x1000\b[^]*prv:3 \[Machine\]/);
    assert.match(output(transcript, 'print $ft0'), /float = 0, double = 0/);
    assert.match(output(transcript, 'info threads'), /hart 0, M-mode/);
  });

  it('finds the store that broke the kernel, from the panic back', async () => {
    const transcript = await runGdb(timeline, symbols, [
      'break panic',
      'continue',
      'monitor when',
      'backtrace',
      'frame function wake_sleepers',
      'watch -l *link',
      'reverse-continue',
      'print task->name',
      'watch -l task->sleep_next',
      'delete 2',
      'reverse-continue',
      'monitor when',
      'backtrace 2',
      'x/i $pc',
      'stepi',
      'monitor when',
    ]);
    const [panic = 0, store = 0, after = 0] = counters(transcript);
    assert.match(output(transcript, 'backtrace'), /panic \(why=.* "load page fault"[^]*wake_sleepers[^]*prime_finder/);
    assert.match(output(transcript, 'print task->name'), /"sampler"/);
    assert.match(output(transcript, 'backtrace 2'), /#0 +sleep_ticks [^]*#1 .* in sampler /);
    assert.match(output(transcript, 'x/i $pc'), /sd\ta\d,144\(a\d\)/);
    assert.ok(panic - store > 6_000_000, `the panic is at ${panic}, the store at ${store}`);
    assert.equal(after, store + 1);

    const a5 = 15;
    await timeline.travelTo(store);
    const link = (timeline.harts[0]?.readX(a5) ?? 0n) + 144n;
    await timeline.travelTo(panic);
    const write = { kind: 'access', space: 'virtual', address: link, length: 8, access: 'write' } as const;
    const outcome = await timeline.runBackTo({ conditions: [write] });
    assert.equal(outcome.kind, 'hit');
    assert.equal(timeline.counter, store, 'the timeline finds the same store');
  });

  it('steps back and forth by instruction and by line', async () => {
    const transcript = await runGdb(timeline, symbols, [
      'break panic',
      'continue',
      'monitor when',
      'reverse-stepi 7',
      'monitor when',
      'stepi 7',
      'monitor when',
      'reverse-step',
      'frame',
      'step',
      'frame',
    ]);
    const [panic = 0, before, again] = counters(transcript);
    assert.equal(before, panic - 7);
    assert.equal(again, panic);
    const frames = transcript.filter(({ command }) => command === 'frame').map((entry) => entry.output);
    assert.match(frames[0] ?? '', /trap \(.*trap\.c:25/);
    assert.match(frames[1] ?? '', /panic \(.*panic\.c:18/);
  });

  it('notices a watched write while it steps by line', async () => {
    const transcript = await runGdb(timeline, symbols, [
      'break sleep_ticks',
      'continue',
      'watch -l current->naps',
      'next 8',
      'print current->naps',
      'reverse-next 8',
      'print current->naps',
    ]);
    assert.match(output(transcript, 'next 8'), /Hardware watchpoint 2[^]*Old value = 0\nNew value = 1/);
    assert.match(output(transcript, 'reverse-next 8'), /Hardware watchpoint 2[^]*Old value = 1\nNew value = 0/);
  });

  it('meets both ends of history', async () => {
    const transcript = await runGdb(timeline, symbols, [
      'continue',
      'monitor when',
      'reverse-continue',
      'monitor when',
      'reverse-stepi',
      'monitor goto end',
      'monitor when',
    ]);
    for (const command of ['continue', 'reverse-continue', 'reverse-stepi']) {
      assert.match(output(transcript, command), HISTORY_ENDS, command);
    }
    assert.deepEqual(counters(transcript), [timeline.end, 0, timeline.end]);
  });

  it('changes registers and variables in a branch, and returns to what is recorded', async () => {
    await timeline.travelTo(20_000_000);
    const before = timeline.digest();
    const transcript = await runGdb(timeline, symbols, [
      'set var ticks = 12345',
      'print ticks',
      'set var $s1 = 0x77',
      'print $s1',
      'stepi',
      'break sleep_ticks',
      'continue',
      'monitor when',
      'print ticks >= 12345',
      'monitor branch',
      'reverse-continue',
      'monitor discard',
    ]);
    assert.match(output(transcript, 'print ticks'), /= 12345$/m);
    assert.match(output(transcript, 'print $s1'), /= 119$/m);
    assert.match(output(transcript, 'stepi'), /In a branch from step 20000000: .*monitor discard/);
    assert.match(output(transcript, 'monitor when'), /in a branch from step 20000000/);
    assert.match(output(transcript, 'print ticks >= 12345'), /= 1$/m);
    assert.match(output(transcript, 'monitor branch'), /Something was changed at: 20000000\./);
    await timeline.travelTo(20_000_000);
    assert.equal(timeline.digest(), before);
  });

  it('refuses what cannot be written, and says why', async () => {
    await assert.rejects(runGdb(timeline, symbols, ['set var $misa = 1']), /misa is read-only/);
    await assert.rejects(runGdb(timeline, symbols, ['set var *(char *)0x10000000 = 1']), /Cannot access memory/);
    assert.equal(timeline.branch, undefined);
  });
});

describe('gdb-multiarch on the small Linux', function () {
  this.timeout(300_000);
  let timeline: Timeline;
  let symbols: string;
  /** Milliseconds for which somebody else works each time the timeline gives way: then a fast machine searches for long, too. */
  let othersWork = 0;

  before(async function () {
    requirePeer(this, 'gdb-multiarch');
    symbols = requireLinuxFile(this, 'small-symbols');
    const kernel = readFileSync(requireLinuxFile(this, 'small-kernel'));
    const initrd = readFileSync(requireLinuxFile(this, 'initramfs'));
    timeline = await recordToEnd(
      {
        configuration: { firmware: { kind: 'builtin' }, append: 'console=ttyS0 auto' },
        images: { kernel, initrd },
      },
      () => sleep(othersWork),
    );
  });

  beforeEach(() => timeline.travelTo(0));

  it('breaks, goes on and goes back, at the counters that the timeline reports', async () => {
    const transcript = await runGdb(timeline, symbols, [
      'break run_init_process',
      'continue',
      'monitor when',
      'backtrace',
      'reverse-stepi 20',
      'monitor when',
      'stepi 20',
      'monitor when',
      'break start_kernel',
      'reverse-continue',
      'monitor when',
      'continue',
      'monitor when',
    ]);
    const [init = 0, back, again, start, forth] = counters(transcript);
    assert.match(
      output(transcript, 'backtrace'),
      /run_init_process .*init\/main\.c:\d+[^]*kernel_init .*init\/main\.c:/,
    );
    assert.deepEqual([back, again, forth], [init - 20, init, init]);

    const runInitProcess = breakpointAddress(transcript, 'break run_init_process');
    const startKernel = breakpointAddress(transcript, 'break start_kernel');
    await timeline.travelTo(0);
    await timeline.run(atInstruction(runInitProcess));
    assert.equal(timeline.counter, init);
    await timeline.runBackTo(atInstruction(startKernel));
    assert.equal(timeline.counter, start);
  });

  it('steps back by line, as often as it is asked', async () => {
    const transcript = await runGdb(timeline, symbols, [
      'break run_init_process',
      'continue',
      'monitor when',
      'reverse-next',
      'reverse-next',
      'reverse-next',
      'reverse-step',
      'frame',
      'monitor when',
    ]);
    const [init = 0, earlier = init] = counters(transcript);
    assert.ok(earlier < init);
    assert.match(output(transcript, 'reverse-next'), /kernel_init/);
    assert.match(output(transcript, 'frame'), /\.c:\d+/);
  });

  it('runs back to the instruction that wrote a variable', async () => {
    const transcript = await runGdb(timeline, symbols, [
      'break run_init_process',
      'continue',
      'watch system_state',
      'reverse-continue',
      'monitor when',
      'frame',
      'stepi',
      'monitor when',
      'print system_state',
    ]);
    const [store = 0, after] = counters(transcript);
    assert.match(
      output(transcript, 'reverse-continue'),
      /Old value = SYSTEM_RUNNING\nNew value = SYSTEM_FREEING_INITMEM/,
    );
    assert.match(output(transcript, 'frame'), /system_state = SYSTEM_RUNNING;/);
    assert.equal(after, store + 1);
    assert.match(output(transcript, 'print system_state'), /SYSTEM_RUNNING/);
  });

  it('is interrupted by Ctrl-C, and a search that is interrupted returns to where it began', async () => {
    await timeline.travelTo(timeline.end);
    othersWork = 100;
    const transcript = await runGdb(
      timeline,
      symbols,
      ['monitor when', 'break *0x10', 'reverse-continue', 'monitor when'],
      'reverse-continue',
    ).finally(() => {
      othersWork = 0;
    });
    assert.match(output(transcript, 'reverse-continue'), /Program received signal SIGINT/);
    const [before, after] = counters(transcript);
    assert.equal(after, before);
  });

  it('meets both ends of history', async () => {
    const transcript = await runGdb(timeline, symbols, [
      'continue',
      'monitor when',
      'reverse-continue',
      'monitor when',
    ]);
    assert.match(output(transcript, 'continue'), HISTORY_ENDS);
    assert.match(output(transcript, 'reverse-continue'), HISTORY_ENDS);
    assert.deepEqual(counters(transcript), [timeline.end, 0]);
  });
});

describe('retrograde gdb FILE', function () {
  this.timeout(120_000);
  const symbols = fileURLToPath(guestPath(demoKernel));
  let folder: string;

  before(function () {
    requirePeer(this, 'gdb-multiarch');
    folder = mkdtempSync(join(tmpdir(), 'retrograde-gdb-'));
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('serves a recording until gdb kills it', async () => {
    const recording = join(folder, 'demo.retrograde');
    const machine = ['--kernel', symbols, '--firmware', 'none', '--memory', '16M'];
    const record = retrograde('record', '-o', recording, ...machine);
    assert.deepEqual(await once(record, 'close'), [1, null], 'the exit code of the panic');

    const server = await serveRecording(recording);
    const ended = once(server.process, 'close');
    const transcript = await runGdbAt(server.port, symbols, ['break panic', 'continue', 'monitor when', 'kill']);
    assert.match(output(transcript, 'continue'), /panic \(why=.* "load page fault"/);
    assert.deepEqual(await ended, [0, null]);

    const atCrash = await serveRecording(recording, '--at', 'end');
    const over = once(atCrash.process, 'close');
    const back = await runGdbAt(atCrash.port, symbols, ['break panic', 'monitor when', 'reverse-continue', 'kill']);
    const [, counter, end] = /([\d,]+) of ([\d,]+)/.exec(output(back, 'monitor when')) ?? assert.fail();
    assert.equal(counter, end);
    assert.match(output(back, 'reverse-continue'), /panic \(why=.* "load page fault"/);
    assert.deepEqual(await over, [0, null]);
  });

  it('says what is wrong with a file that is no recording', async () => {
    const server = retrograde('gdb', symbols);
    let words = '';
    server.stderr.setEncoding('utf8').on('data', (text: string) => (words += text));
    assert.deepEqual(await once(server, 'close'), [2, null]);
    assert.match(words, /demo\.elf/);
  });
});
