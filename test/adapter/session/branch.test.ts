import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { demoRecording, TestSession } from './debug-session.ts';

interface Comparison {
  readonly base: number;
  readonly counter: number;
  readonly parted?: number;
  readonly registers: readonly { readonly name: string; readonly branch: string; readonly history: string }[];
  readonly memory: readonly { readonly memoryReference?: string; readonly length: number; readonly symbol?: string }[];
  readonly bytes: number;
}

const BASE = 20_000_000;

describe('a branch', function () {
  this.timeout(300_000);
  let session: TestSession;
  before(async () => {
    session = await TestSession.onDemo();
  });
  after(() => session.stop());

  const digest = async (): Promise<string> =>
    ((await session.request('retrograde/digest')) as { digest: string }).digest;
  const compare = async (): Promise<Comparison> => (await session.request('retrograde/compareBranch')) as Comparison;
  const discard = () => session.arrive(() => session.request('retrograde/discardBranch'));

  /** Live, through so many calls of a function. */
  const runOn = async (calls: number): Promise<void> => {
    await session.breakAtFunctions('sleep_ticks');
    for (let count = 0; count < calls; count++) await session.continue();
    await session.breakAtFunctions();
  };

  beforeEach(async () => {
    if ((await session.status()).branch !== undefined) await discard();
    await session.travel(BASE);
  });

  it('begins with a change, is told of at every stop, and can be left', async () => {
    const before = await digest();
    const began = await session.arrive(() => session.evaluate('ticks = 5', 'repl'));
    assert.deepEqual([began.description, began.counter], ['In a branch from 20,000,000', BASE]);
    assert.match(session.output.get('console') ?? '', /A branch begins at counter 20,000,000.*"\/discard" returns/);
    assert.deepEqual((await session.status()).branch, { base: BASE, changes: 1 });
    assert.equal(await session.evaluate('ticks'), '5');
    const step = await session.stepIn('instruction');
    assert.match(step.description, /^1 step later\. In a branch from 20,000,000$/);
    const back = await discard();
    assert.match(back.description, /^Back in history at counter 20,000,000; the branch is gone$/);
    assert.equal(back.counter, BASE);
    assert.equal(await digest(), before);
    assert.equal((await session.status()).branch, undefined);
  });

  it('runs live, and is replayed backwards and forwards like history', async () => {
    await session.arrive(() => session.evaluate('ticks = 100000', 'repl'));
    await session.breakAtFunctions('sleep_ticks');
    const stops: [number, string][] = [];
    for (let count = 0; count < 4; count++) stops.push([(await session.continue()).counter, await digest()]);
    assert.ok(Number(await session.evaluate('ticks')) >= 100_000);
    const end = (await session.status()).end;
    for (const [counter, state] of stops.slice(0, 3).reverse()) {
      const stop = await session.reverseContinue();
      assert.deepEqual([stop.counter, await digest()], [counter, state]);
    }
    // Before its base it is history: the search goes on there.
    const before = await session.reverseContinue();
    assert.ok(before.counter < BASE);
    assert.ok(Number(await session.evaluate('ticks')) < 100_000);
    for (const [counter, state] of stops) {
      const stop = await session.continue();
      assert.deepEqual([stop.counter, await digest()], [counter, state]);
    }
    assert.equal((await session.status()).end, end);
    await session.breakAtFunctions();
  });

  it('loses what came after a change in its past, and says so', async () => {
    await session.arrive(() => session.evaluate('ticks = 7', 'repl'));
    await runOn(3);
    const end = (await session.status()).end;
    await session.travel(BASE + 500);
    await session.evaluate('ticks += 1', 'repl');
    assert.deepEqual((await session.status()).branch, { base: BASE, changes: 2 });
    assert.equal((await session.status()).end, BASE + 500);
    assert.match(
      session.output.get('console') ?? '',
      new RegExp(`from counter 20,000,500 to ${end.toLocaleString('en')} is gone`),
    );
    await session.travel(BASE - 1);
    await session.travel(BASE + 500);
    assert.equal(await session.evaluate('ticks'), '8');
  });

  it('tells how it differs from history', async () => {
    await session.arrive(() => session.evaluate('$a0 = 0x1234', 'repl'));
    const here = await compare();
    assert.equal(here.parted, undefined);
    assert.deepEqual(
      here.registers.map(({ name, branch }) => [name, branch]),
      [['a0', '0x0000000000001234']],
    );
    assert.deepEqual([here.memory, here.bytes], [[], 0]);
    await session.evaluate('ticks = ticks + 0x100', 'repl');
    const both = await compare();
    assert.deepEqual(
      both.memory.map(({ symbol }) => symbol?.replace(/\+\d+$/, '')),
      ['ticks'],
    );
    await session.evaluate('$pc = panic', 'repl');
    assert.equal((await compare()).parted, BASE);
    assert.match(
      await session.evaluate('/compare', 'repl'),
      /go different ways from counter 20,000,000 on.*\n.*\n(.*\n)*a0 +0x0000000000001234 {2}in history/,
    );
    assert.match(
      await session.evaluate('/branch', 'repl'),
      /^In a branch from 20,000,000\..*changed at one moment: 20,000,000/,
    );
  });

  it('tells that a person wrote something last, until the guest does', async () => {
    interface Answer {
      readonly kind: string;
      readonly moment?: { readonly counter: number };
      readonly before?: string;
      readonly after?: string;
    }
    const ask = async (): Promise<Answer> =>
      (await session.request('retrograde/lastWrite', { name: 'ticks' })) as Answer;
    const inHistory = await ask();
    assert.equal(inHistory.kind, 'store');
    await session.arrive(() => session.evaluate('ticks = 0x123456', 'repl'));
    await session.stepIn('instruction');
    const answer = await ask();
    assert.deepEqual([answer.kind, answer.moment?.counter, answer.before], ['person', BASE, inHistory.after]);
    assert.match(answer.after ?? '', /123456$/);
    assert.match(await session.evaluate('/last-write ticks', 'repl'), /changed by you in the branch/);
    assert.equal((await session.status()).counter, BASE + 1);
    await runOn(20);
    assert.equal((await ask()).kind, 'store');
  });

  it('takes the commands of the debug console', async () => {
    assert.match(await session.evaluate('/branch', 'repl'), /^In recorded history/);
    assert.match(await session.refusal('evaluate', { expression: '/discard', context: 'repl' }), /there is no branch/);
    assert.match(await session.refusal('evaluate', { expression: '/compare', context: 'repl' }), /there is no branch/);
    const before = await digest();
    // A branch in which nothing differs takes the same way as history, where nothing is typed.
    await session.arrive(() => session.evaluate('/branch here', 'repl'));
    assert.match(await session.evaluate('/when', 'repl'), /, live, in a branch from 20,000,000\b/);
    await runOn(5);
    assert.match(await session.evaluate('/compare', 'repl'), /execute the same instructions.*\n.*nothing differs/);
    const back = await session.arrive(() => session.evaluate('/discard', 'repl'));
    assert.equal(back.counter, BASE);
    assert.equal(await digest(), before);
  });

  it('leaves the file as it was', async () => {
    const file = await demoRecording();
    const before = readFileSync(file);
    await session.arrive(() => session.evaluate('ticks = 1', 'repl'));
    await runOn(5);
    await discard();
    assert.ok(before.equals(readFileSync(file)));
  });
});
