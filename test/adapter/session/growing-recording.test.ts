import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { guestPath } from '../../guests/programs.ts';
import { Retrograde } from '../cli/retrograde.ts';
import { TestSession } from './debug-session.ts';

/** Sleeps until a key is pressed, answers each in brackets, and ends at `q`. */
const echo = fileURLToPath(guestPath('console/echo'));

/** Asks again and again; rejects after a minute. */
async function until<T>(what: string, ask: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    assert.ok(Date.now() < deadline, `${what} did not come about`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('a recording that another process is making', function () {
  this.timeout(180_000);
  const retrograde = new Retrograde();
  const file = retrograde.file('live.retrograde');
  let recorder: ChildProcess;
  let ended: Promise<number | null>;
  let printed = '';
  let session: TestSession;

  /** Presses keys, and waits until the guest has answered. */
  const press = async (keys: string): Promise<void> => {
    recorder.stdin?.write(keys);
    const answer = keys.replace(/./g, '[$&]');
    await until(`the answer ${answer}`, () => (printed.endsWith(answer) ? true : undefined));
  };

  /** Waits until the session has followed the recording to another end. */
  const grown = (from: number): Promise<number> =>
    until('a later end', async () => {
      const { end } = await session.status();
      return end > from ? end : undefined;
    });

  before(async () => {
    await retrograde.build();
    recorder = retrograde.start('record', '-o', file, '--kernel', echo, '--memory', '16M');
    ended = new Promise((resolve) => recorder.once('close', resolve));
    recorder.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    await press('abc');
    await until('the recording', () => (existsSync(file) && statSync(file).size > 4096 ? true : undefined));
    session = await TestSession.start();
  });
  after(async () => {
    recorder.kill();
    await (session as TestSession | undefined)?.stop();
    retrograde.dispose();
  });

  it('is opened at the end of what there is so far', async () => {
    const stop = await session.attach({ recording: file });
    const status = await session.status();
    assert.deepEqual([status.mode, stop.counter, status.counter], ['replaying', status.end, status.end]);
    assert.match(session.output.get('important') ?? '', /has no end yet: it is still being recorded/);
    assert.match(await session.refusal('retrograde/consoleInput', { text: 'x' }), /cannot be typed to in the past/);
  });

  it('is travelled in, and has its console', async () => {
    await until('all that was printed', async () => {
      await session.travel('end');
      return session.output.get('stdout') === printed ? true : undefined;
    });
    const { end } = await session.status();
    const back = await session.stepBack('instruction');
    assert.equal(back.counter, end - 1);
    const forth = await session.stepIn('instruction');
    assert.equal(forth.counter, end);
    assert.equal((await session.travel('start')).counter, 0);
  });

  it('has an end that moves on as it is written, which clients are told', async () => {
    const { end } = await session.status();
    session.events.length = 0;
    await press('defg');
    const later = await grown(end);
    const told = session.events.filter(({ event }) => event === 'retrograde/status').map(({ body }) => body as object);
    assert.ok(told.some((body) => (body as { end: number }).end === later));
    assert.equal((await session.status()).counter, 0, 'the machine stands where it stood');
    assert.equal((await session.travel('end')).counter, later);
  });

  it('is run into as far as it goes, which the stop says', async () => {
    await session.travel('start');
    await press('hi');
    let text = '';
    await until('all that was printed', async () => {
      const stopped = session.client.waitForEvent('stopped') as Promise<DebugProtocol.StoppedEvent>;
      await session.client.continueRequest({ threadId: 1 });
      text = (await stopped).body.description ?? '';
      return session.output.get('stdout') === printed ? true : undefined;
    });
    assert.equal(text, 'End of what is recorded so far');
  });

  it('ends, whereupon it is like any other; its writer has noticed nothing', async () => {
    await session.travel('start');
    recorder.stdin?.write('q');
    assert.equal(await ended, 0);
    await until('its end', () =>
      session.output.get('console')?.includes('The recording is complete') === true ? true : undefined,
    );
    const stop = await session.travel('end');
    const status = (await session.status()) as { end: number; exit?: { kind: string } };
    assert.deepEqual([stop.counter, status.exit?.kind], [status.end, 'power-off']);
    const digest = ((await session.request('retrograde/digest')) as { digest: string }).digest;
    assert.equal((await retrograde.run('verify', file)).code, 0);
    const again = await TestSession.start();
    await again.attach({ recording: file });
    assert.deepEqual(await again.request('retrograde/digest'), { counter: status.end, digest });
    await again.stop();
    await session.continue().then(({ description }) => {
      assert.match(description, /^End of recording: the guest powered off/);
    });
  });
});
