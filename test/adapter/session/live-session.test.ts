import assert from 'node:assert/strict';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { guestPath } from '../../guests/programs.ts';
import { temporaryFolder, TestSession } from './debug-session.ts';

/** Sleeps until a key is pressed, answers each in brackets, and ends at `q`. */
const echo = fileURLToPath(guestPath('console/echo'));

describe('a session that records', function () {
  this.timeout(180_000);
  const recording = path.join(temporaryFolder(), 'live-session.retrograde');
  let session: TestSession;
  let present: number;

  before(async () => {
    session = await TestSession.start();
    const initialized = session.client.waitForEvent('initialized');
    await session.request('launch', { kernel: echo, memory: '16M', recording });
    await initialized;
    await session.client.configurationDoneRequest();
  });
  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  /** Types, and waits until the guest has printed its answer. */
  const type = async (text: string, answer: string): Promise<void> => {
    await session.request('retrograde/consoleInput', { text });
    const deadline = Date.now() + 60_000;
    while (session.output.get('stdout')?.endsWith(answer) !== true) {
      assert.ok(Date.now() < deadline, `${answer} was not printed: ${session.output.get('stdout') ?? ''}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const pause = () => session.arrive(() => session.client.pauseRequest({ threadId: 1 }));

  it('takes what is typed while the guest waits, and stops at a pause', async () => {
    await type('ab', '[a][b]');
    const stop = await pause();
    assert.equal(stop.description, 'Paused');
    const status = await session.status();
    assert.deepEqual([status.mode, status.counter], ['recording', status.end]);
    present = status.counter;
  });

  it('goes back at once, where nothing can be typed', async () => {
    const back = await session.reverseContinue();
    assert.deepEqual([back.counter, back.description], [0, 'Start of recording']);
    assert.equal((await session.status()).mode, 'replaying');
    assert.match(await session.refusal('retrograde/consoleInput', { text: 'x' }), /cannot be typed to in the past/);
    assert.equal((await session.status()).end, present);
  });

  it('returns to the present by a command, and lets it run on', async () => {
    const stop = await session.arrive(() => session.evaluate('/end'));
    assert.equal(stop.counter, present);
    assert.equal((await session.status()).mode, 'recording');
    await session.client.continueRequest({ threadId: 1 });
    await type('c', '[c]');
    assert.ok((await pause()).counter > present);
  });

  it('runs on into the present from the past, too', async () => {
    await session.travel(present - 1);
    const stop = await session.continue();
    assert.equal(stop.counter, (await session.status()).end);
    await session.client.continueRequest({ threadId: 1 });
    await type('d', '[d]');
    const ended = session.client.waitForEvent('stopped');
    await session.request('retrograde/consoleInput', { text: 'q' });
    await ended;
    const { exit } = (await session.status()) as { exit?: { kind: string } };
    assert.equal(exit?.kind, 'power-off');
  });

  it('has made a recording that is the same for whoever opens it', async () => {
    const { end } = await session.status();
    await session.travel('end');
    const digest = await session.request('retrograde/digest');
    await session.leave();
    const other = await TestSession.start();
    await other.attach({ recording });
    assert.equal((await other.status()).end, end);
    assert.deepEqual(await other.request('retrograde/digest'), digest);
    await other.stop();
  });
});
