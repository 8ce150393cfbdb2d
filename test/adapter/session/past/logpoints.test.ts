import assert from 'node:assert/strict';
import { TestSession } from '../debug-session.ts';

interface Line {
  readonly counter: number;
  readonly text: string;
  readonly logpoint: number;
  readonly function?: string;
}

interface Answer {
  readonly lines: readonly Line[];
  readonly ended: string;
}

describe('logpoints over the whole recording', function () {
  this.timeout(300_000);
  let session: TestSession;
  before(async () => {
    session = await TestSession.onDemo();
  });
  after(() => session.stop());

  const log = async (args: object): Promise<Answer> => (await session.request('retrograde/logpoints', args)) as Answer;
  const entry = { location: 'timer_interrupt', message: 'tick {ticks}' };

  it('give what they would have printed, in order, and leave the machine where it is', async () => {
    const { counter } = await session.travel(20_000_000);
    const { lines, ended } = await log(entry);
    assert.equal(ended, 'whole');
    assert.deepEqual(
      lines.map(({ text }) => text),
      lines.map((_, index) => `tick ${index}`),
    );
    assert.equal((await session.status()).counter, counter);
    const line = lines[100];
    assert.ok(line !== undefined);
    assert.equal((await session.travel(line.counter)).name, line.function);
    assert.equal(await session.evaluate('ticks'), '100');
  });

  it('take conditions and ranges, and several at once', async () => {
    const even = await log({ ...entry, condition: 'ticks % 2 == 0', from: 10_000_000, to: 12_000_000 });
    assert.deepEqual(
      even.lines.map(({ text }) => text),
      Array.from({ length: 10 }, (_, index) => `tick ${96 + 2 * index}`),
    );
    const both = await log({
      logpoints: [entry, { location: 'page_take', message: 'taken' }],
      from: 10_000_000,
      to: 12_000_000,
    });
    assert.deepEqual(new Set(both.lines.map(({ logpoint }) => logpoint)), new Set([0, 1]));
    const counters = both.lines.map(({ counter }) => counter);
    assert.deepEqual(
      counters,
      [...counters].sort((a, b) => a - b),
    );
    assert.equal((await log({ ...entry, most: 3 })).ended, 'enough');
  });

  it('are streamed, and keep what they found when they are cancelled', async () => {
    const found: Line[] = [];
    const listen = (event: { body: { requestId: number; results: Line[] } }): void => {
      found.push(...event.body.results);
      // Cancelled as soon as the first results are there.
      void session.client.customRequest('cancel', { requestId: event.body.requestId });
    };
    session.client.on('retrograde/results', listen);
    const { lines, ended } = await log({ location: 'task_ready', message: '{task}', stream: true, most: 100_000 });
    session.client.off('retrograde/results', listen);
    assert.equal(ended, 'cancelled');
    assert.ok(lines.length > 0);
    assert.deepEqual(found, lines);
  });

  it('are written to the debug console', async () => {
    const before = session.output.get('console') ?? '';
    assert.equal(await session.evaluate('/log panic it is {why}'), '1 line in the whole recording.');
    const printed = (session.output.get('console') ?? '').slice(before.length);
    assert.match(printed, /^49,135,\d{3}: it is 0x[0-9a-f]+ "load page fault"\n$/);
    assert.match(await session.evaluate('/log timer_interrupt if ticks > 400 && ticks < 403: {ticks}'), /^2 lines/);
    assert.match(await session.refusal('evaluate', { expression: '/log', context: 'repl' }), /say/);
    assert.match(
      await session.refusal('retrograde/logpoints', { location: 'nothing_like_it', message: '' }),
      /has no function "nothing_like_it"/,
    );
  });
});
