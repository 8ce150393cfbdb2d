import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { DEFAULT_MEMORY } from '../../../adapter/host/assemble-machine.ts';
import { openRecording } from '../../../adapter/host/recording-files.ts';
import { DEMO_KERNEL, DEMO_MACHINE, demoRecording, temporaryFolder, TestSession } from './debug-session.ts';

describe('a session', function () {
  this.timeout(180_000);
  let session: TestSession;
  beforeEach(async () => {
    session = await TestSession.start();
  });
  afterEach(async () => {
    await session.stop();
  });

  const launch = (attributes: object): Promise<unknown> => session.client.launchRequest(attributes);

  it('answers every request before a recording is open', async () => {
    assert.match(
      await session.refusal('stackTrace', { threadId: 1 }),
      /No recording is open: send launch or attach first/,
    );
    assert.match(await session.refusal('continue', { threadId: 1 }), /No recording is open/);
    assert.match(await session.refusal('pause', { threadId: 1 }), /No recording is open/);
    assert.match(await session.refusal('evaluate', { expression: 'a0' }), /No recording is open/);
    assert.deepEqual(await session.request('threads'), { threads: [] });
    assert.equal((await session.status()).state, 'none');
    assert.match(await session.refusal('fly', {}), /Retrograde has no request "fly"/);
    assert.match(await session.refusal('toString', {}), /no request/);
  });

  it('refuses what it cannot open in a sentence, and can be tried again', async () => {
    assert.match(
      await session.refusal('attach', { recording: '/nowhere' }),
      /^\/nowhere cannot be opened: there is no such file/,
    );
    const rubbish = path.join(temporaryFolder(), 'rubbish.retrograde');
    writeFileSync(rubbish, 'this is no recording at all, though it is long enough to be looked at');
    assert.match(await session.refusal('attach', { recording: rubbish }), /rubbish\.retrograde/);
    assert.match(
      await session.refusal('launch', { kernel: '/nowhere' }),
      /\/nowhere cannot be read: there is no such file/,
    );
    assert.match(await session.refusal('launch', { kernel: DEMO_KERNEL, memory: '4K' }), /demo\.elf|4 KiB|RAM/);
    assert.match(await session.refusal('launch', { kernel: DEMO_KERNEL, memry: 1 }), /Did you mean "memory"/);
    const stop = await session.attach({ recording: await demoRecording() });
    assert.equal(stop.reason, 'entry');
  });

  it('records to the same file again, and keeps the earlier recording', async () => {
    const folder = mkdtempSync(path.join(temporaryFolder(), 'again-'));
    const recording = path.join(folder, 'kernel.retrograde');
    const numbered = (number: number): string => path.join(folder, `kernel.${number}.retrograde`);
    copyFileSync(await demoRecording(), recording);
    const first = readFileSync(recording);
    // Somebody looks at it meanwhile.
    const looking = await TestSession.start();
    const { counter } = await looking.attach({ recording });
    const run = { ...DEMO_MACHINE, recording, stopAt: 1000 };
    await session.arrive(async () => {
      await launch(run);
      await session.client.configurationDoneRequest();
    });
    assert.match(session.output.get('console') ?? '', /kernel\.retrograde is kept as .*kernel\.1\.retrograde\./);
    assert.deepEqual(readFileSync(numbered(1)), first);
    assert.ok((await looking.travel('start')).counter < counter);
    assert.equal((await looking.travel('end')).counter, counter);
    await looking.leave();
    await session.leave();

    for (const number of [2, 3]) {
      const again = await TestSession.start();
      await again.client.launchRequest({ ...run, keepRecordings: 2 } as DebugProtocol.LaunchRequestArguments);
      const console = again.output.get('console') ?? '';
      assert.match(console, new RegExp(`is kept as .*kernel\\.${number}\\.retrograde`));
      assert.equal(console.includes('kernel.1.retrograde was removed: "keepRecordings" is 2.'), number === 3);
      await again.leave();
    }
    assert.deepEqual(readdirSync(folder).sort(), ['kernel.2.retrograde', 'kernel.3.retrograde', 'kernel.retrograde']);
  });

  it('moves nothing that is no recording, and nothing at all for a machine that cannot be built', async () => {
    const folder = mkdtempSync(path.join(temporaryFolder(), 'other-'));
    const thesis = path.join(folder, 'thesis.txt');
    writeFileSync(thesis, 'Chapter 1');
    assert.match(
      await session.refusal('launch', { ...DEMO_MACHINE, recording: thesis }),
      /thesis\.txt cannot be recorded to: it is there already, and no recording\. Choose another name\./,
    );
    assert.match(await session.refusal('launch', { ...DEMO_MACHINE, recording: folder }), /cannot be recorded to/);
    const kept = path.join(folder, 'kept.retrograde');
    copyFileSync(await demoRecording(), kept);
    await session.refusal('launch', { ...DEMO_MACHINE, kernel: '/nowhere', recording: kept });
    assert.deepEqual(readdirSync(folder).sort(), ['kept.retrograde', 'thesis.txt']);
  });

  it('gives a machine what its kernel asks for, as the command line does', async () => {
    const recording = path.join(temporaryFolder(), 'defaults.retrograde');
    await session.arrive(async () => {
      await launch({ kernel: DEMO_KERNEL, virtio: 'modern', recording, stopOnEntry: true });
      await session.client.configurationDoneRequest();
    });
    await session.leave();
    const opened = await openRecording(recording);
    await opened.close();
    const { memory, firmware, virtio } = opened.machine.configuration;
    assert.deepEqual([memory, firmware, virtio], [DEFAULT_MEMORY, { kind: 'none' }, 'modern']);
  });

  it('launches once', async () => {
    await session.attach({ recording: await demoRecording() });
    assert.match(await session.refusal('attach', { recording: await demoRecording() }), /attached already/);
  });

  it('stops at entry, and begins again at a restart', async () => {
    const first = await session.arrive(async () => {
      await launch({ ...DEMO_MACHINE, stopOnEntry: true });
      await session.client.configurationDoneRequest();
    });
    assert.deepEqual([first.reason, first.counter], ['entry', 0]);
    const later = await session.next('instruction');
    assert.equal(later.counter, 1);
    const again = await session.arrive(() => session.client.restartRequest({}));
    assert.deepEqual([again.reason, again.counter], ['entry', 0]);
  });

  it('takes breakpoints before launch, and tells when they are bound', async () => {
    const [early] = await session.breakAtFunctions('panic');
    assert.equal(early?.verified, false);
    const bound = session.client.waitForEvent('breakpoint') as Promise<DebugProtocol.BreakpointEvent>;
    const stop = await session.arrive(async () => {
      await launch({ ...DEMO_MACHINE });
      await session.client.configurationDoneRequest();
    });
    assert.equal((await bound).body.breakpoint.verified, true);
    assert.deepEqual([stop.reason, stop.name], ['function breakpoint', 'panic']);
    assert.deepEqual(stop.hitBreakpointIds, [early.id]);
  });

  it('begins when configurationDone comes first', async () => {
    await session.client.configurationDoneRequest();
    const stop = await session.arrive(() => launch({ ...DEMO_MACHINE, stopAt: 1000 }));
    assert.deepEqual([stop.reason, stop.counter], ['entry', 1000]);
  });

  it('stops first where it is told to', async () => {
    const stop = await session.arrive(async () => {
      await launch({ ...DEMO_MACHINE, stopAt: 'task_start' });
      await session.client.configurationDoneRequest();
    });
    assert.equal(stop.name, 'task_start');
  });

  it('ends with the code of a guest that is not debugged', async () => {
    const exited = session.client.waitForEvent('exited') as Promise<DebugProtocol.ExitedEvent>;
    const terminated = session.client.waitForEvent('terminated');
    await session.breakAtFunctions('panic');
    await launch({ ...DEMO_MACHINE, noDebug: true });
    await session.client.configurationDoneRequest();
    assert.equal((await exited).body.exitCode, 1);
    await terminated;
  });

  it('keeps a named recording, and removes a temporary one', async () => {
    await launch({ ...DEMO_MACHINE, stopOnEntry: true });
    const { recording } = await session.status();
    assert.ok(existsSync(recording));
    await session.leave();
    assert.ok(!existsSync(recording));
  });

  it('can be left while the machine runs', async () => {
    await session.attach({ recording: await demoRecording() });
    await session.client.customRequest('retrograde/travel', { counter: 0 });
    await session.leave();
  });

  it('refuses to look at a moving machine, and stops it at a pause', async () => {
    await session.attach({ recording: await demoRecording() });
    await session.travel('start');
    const stopped = session.client.waitForEvent('stopped') as Promise<DebugProtocol.StoppedEvent>;
    // All at once: the demo runs to its end in the time of a few exchanges.
    const [, looked, moved, { state }] = await Promise.all([
      session.client.continueRequest({ threadId: 1 }),
      session.refusal('stackTrace', { threadId: 1 }),
      session.refusal('next', { threadId: 1 }),
      session.status(),
      session.client.pauseRequest({ threadId: 1 }),
    ]);
    assert.deepEqual([looked, moved, state], ['notStopped', 'notStopped', 'running']);
    const stop = await session.whereStopped(await stopped);
    assert.deepEqual([stop.reason, stop.description], ['pause', 'Paused']);
    assert.ok(stop.counter < (await session.status()).end);
  });

  it('returns to where it was when a search backwards is paused', async () => {
    const from = await session.attach({ recording: await demoRecording() });
    const stopped = session.client.waitForEvent('stopped') as Promise<DebugProtocol.StoppedEvent>;
    await Promise.all([
      session.client.reverseContinueRequest({ threadId: 1 }),
      session.client.pauseRequest({ threadId: 1 }),
    ]);
    const stop = await session.whereStopped(await stopped);
    assert.deepEqual([stop.description, stop.counter], ['Paused', from.counter]);
  });

  it('takes up breakpoints that are set while the machine runs', async () => {
    await session.attach({ recording: await demoRecording() });
    await session.travel('start');
    const stop = await session.arrive(() =>
      Promise.all([session.client.continueRequest({ threadId: 1 }), session.breakAtFunctions('panic')]),
    );
    assert.deepEqual([stop.name, stop.reason], ['panic', 'function breakpoint']);
    const { counter } = stop;
    // And one that is set while it searches backwards.
    await session.breakAtFunctions();
    const back = await session.arrive(() =>
      Promise.all([session.client.reverseContinueRequest({ threadId: 1 }), session.breakAtFunctions('page_take')]),
    );
    assert.equal(back.name, 'page_take');
    assert.ok(back.counter < counter);
  });
});
