import assert from 'node:assert/strict';
import { DEMO_SOURCES, TestSession, type Stop } from '../debug-session.ts';

interface Moment {
  readonly counter: number;
  readonly function?: string;
  readonly line?: number;
}

interface LastWrite {
  readonly kind: string;
  readonly moment: Moment;
  readonly before: string;
  readonly after: string;
}

interface ValueHistory {
  readonly initial: string;
  readonly ended: string;
  readonly changes: readonly (Moment & { readonly value: string })[];
}

interface Calls {
  readonly ended: string;
  readonly calls: readonly {
    readonly counter: number;
    readonly arguments: readonly string[];
    readonly returned?: { readonly counter: number; readonly a0: string };
  }[];
}

describe('questions about the past', function () {
  this.timeout(300_000);
  let session: TestSession;
  before(async () => {
    session = await TestSession.onDemo();
  });
  after(() => session.stop());

  const ticksNow = async (): Promise<bigint> =>
    BigInt(/\((\d+)\)|^(\d+)$/.exec(await session.evaluate('ticks'))?.find((text, index) => index > 0 && text) ?? '-1');

  it('tells who last wrote a variable, and stays where it is', async () => {
    const present = await session.travel(20_000_000);
    const frames = await session.stack();
    const answer = (await session.request('retrograde/lastWrite', { name: 'ticks' })) as LastWrite;
    assert.equal(answer.kind, 'store');
    assert.equal(BigInt(answer.after), BigInt(answer.before) + 1n);
    assert.equal((await session.status()).counter, present.counter);
    // The frames that the client was shown are still good.
    const scopes = await session.client.scopesRequest({ frameId: frames[0]?.id ?? 0 });
    assert.ok(scopes.body.scopes.length > 0);
    const there = await session.travel(answer.moment.counter);
    assert.deepEqual([there.name, there.line], [answer.moment.function, answer.moment.line]);
    assert.equal(await ticksNow(), BigInt(answer.before));
    await session.stepIn('instruction');
    assert.equal(await ticksNow(), BigInt(answer.after));
  });

  const callerAt = async (counter: number): Promise<{ readonly name: string }> => {
    await session.travel(counter);
    const [, caller] = await session.stack();
    assert.ok(caller !== undefined);
    return caller;
  };

  it('is the answer that a watchpoint gives, run back to', async () => {
    await session.travel(20_000_000);
    const { moment } = (await session.request('retrograde/lastWrite', { name: 'ticks' })) as LastWrite;
    const { dataId } = (await session.client.dataBreakpointInfoRequest({ name: 'ticks' })).body;
    assert.ok(dataId !== null);
    await session.client.setDataBreakpointsRequest({ breakpoints: [{ dataId, accessType: 'write' }] });
    const stop = await session.reverseContinue();
    await session.client.setDataBreakpointsRequest({ breakpoints: [] });
    assert.equal(stop.counter, moment.counter);
  });

  it('says so when nothing was written since power-on', async () => {
    await session.travel(2_000_000);
    const code = await session.request('retrograde/lastWrite', { name: '0x80000000', asAddress: true, bytes: 4 });
    assert.deepEqual(code, { kind: 'initial' });
    assert.match(await session.refusal('retrograde/lastWrite', { name: 'ticks + 1' }), /ask about what it is made of/);
  });

  it('follows a value through the recording', async () => {
    const { counter } = await session.travel(20_000_000);
    const history = (await session.request('retrograde/valueHistory', {
      name: 'ticks',
      from: 0,
      to: counter,
    })) as ValueHistory;
    assert.equal(history.ended, 'whole');
    assert.equal(BigInt(history.initial), 0n);
    assert.equal(BigInt(history.changes.length), await ticksNow());
    assert.deepEqual(
      history.changes.map((change) => BigInt(change.value)),
      history.changes.map((_, index) => BigInt(index + 1)),
    );
    const some = (await session.request('retrograde/valueHistory', { name: 'ticks', most: 3 })) as ValueHistory;
    assert.equal(some.ended, 'enough');
    assert.deepEqual(some.changes, history.changes.slice(0, 3));
  });

  it('lists the calls of a function with arguments and results', async () => {
    await session.travel(20_000_000);
    const { calls, ended } = (await session.request('retrograde/calls', {
      function: 'paging_map',
      to: 20_000_000,
    })) as Calls;
    assert.equal(ended, 'whole');
    // The same moments as those at which breakpoints stop.
    await session.travel('start');
    const [bound] = await session.breakAtFunctions('paging_map');
    const entry = bound?.instructionReference;
    assert.ok(entry !== undefined);
    let stops = 0;
    while ((await session.continue()).counter < 20_000_000) stops++;
    await session.breakAtFunctions();
    assert.equal(calls.length, stops);
    const call = calls[1];
    assert.ok(call?.returned !== undefined);
    const stop = await session.travel(call.counter);
    assert.equal(stop.name, 'paging_map');
    assert.equal(call.arguments.length, 3);
    assert.match(call.arguments[0] ?? '', /^\w+ = \S+/);
    const a1 = BigInt(/0x[0-9a-f]+/.exec(await session.evaluate('$a1'))?.[0] ?? '-1');
    assert.ok(
      call.arguments[1]?.includes(a1.toString(16)) === true || call.arguments[1]?.includes(String(a1)) === true,
    );
    // A call has returned when its caller goes on.
    assert.equal((await session.travel(call.returned.counter)).name, (await callerAt(call.counter)).name);
  });

  it('answers in the debug console, too', async () => {
    await session.travel(20_000_000);
    assert.match(
      await session.evaluate('/last-write ticks'),
      /^ticks: 195 -> 196, by timer\.c:\d+ in \w+, counter 19,\d{3},\d{3}$/,
    );
    const history = (await session.evaluate('/history ticks')).split('\n');
    assert.match(history[0] ?? '', /^0 {2}at first$/);
    assert.match(history[1] ?? '', /^1 {2}by timer\.c:\d+ in /);
    assert.match(
      await session.evaluate('/calls panic'),
      /^[\d,]+: panic\(why = 0x[0-9a-f]+ "load page fault", .*\) has not returned$/,
    );
    assert.match(await session.refusal('evaluate', { expression: '/calls', context: 'repl' }), /say of what/);
  });

  it('goes to the moment that printed a byte', async () => {
    await session.travel('end');
    const printed = (await session.request('retrograde/consoleOutput')) as { readonly data: string };
    const offset = Buffer.from(printed.data, 'base64').indexOf('panic: ');
    const { counter } = (await session.request('retrograde/consoleMoment', { offset })) as { readonly counter: number };
    const lengthAt = async (moment: number): Promise<number> => {
      await session.travel(moment);
      return ((await session.request('retrograde/consoleOutput')) as { readonly end: number }).end;
    };
    assert.deepEqual([await lengthAt(counter), await lengthAt(counter + 1)], [offset, offset + 1]);
  });
});

describe('going to moments', function () {
  this.timeout(300_000);
  let session: TestSession;
  before(async () => {
    session = await TestSession.onDemo();
  });
  after(() => session.stop());

  const navigate = (to: 'back' | 'forth'): Promise<Stop> =>
    session.arrive(() => session.request('retrograde/navigate', { to }));

  it('retraces the moments visited, and forgets the way forth when it is left', async () => {
    await session.travel(1_000_000);
    await session.travel(5_000_000);
    await session.travel(9_000_000);
    assert.equal((await navigate('back')).counter, 5_000_000);
    assert.equal((await navigate('back')).counter, 1_000_000);
    assert.equal((await navigate('forth')).counter, 5_000_000);
    assert.equal((await session.arrive(() => session.evaluate('/back'))).counter, 1_000_000);
    await session.travel(2_000_000);
    assert.match(await session.refusal('retrograde/navigate', { to: 'forth' }), /No moment was left by going back/);
    assert.equal((await navigate('back')).counter, 1_000_000);
  });

  it('finds the nearest moment at which a line ran, on either side', async () => {
    await session.breakAtLines('task.c');
    const { counter } = await session.travel(15_000_000);
    const source = { path: `${DEMO_SOURCES}/timer.c` };
    const lines = (await session.client.customRequest('breakpointLocations', { source, line: 1, endLine: 60 })) as {
      readonly body: { readonly breakpoints: readonly { readonly line: number }[] };
    };
    const line = lines.body.breakpoints.at(-2)?.line ?? 0;
    const { targets } = (await session.request('gotoTargets', { source, line })) as {
      readonly targets: readonly { readonly id: number; readonly line: number }[];
    };
    const target = targets[0];
    assert.ok(target !== undefined);
    const near = await session.arrive(() => session.request('goto', { threadId: 1, targetId: target.id }));
    assert.equal(near.line, target.line);
    // What breakpoints on the line find to either side is no nearer.
    await session.breakAtLines('timer.c', target.line);
    await session.travel(counter);
    const before = await session.reverseContinue();
    await session.travel(counter);
    const after = await session.continue();
    await session.breakAtLines('timer.c');
    const nearest = counter - before.counter <= after.counter - counter ? before : after;
    assert.equal(near.counter, nearest.counter);
  });

  it('restarts a frame at its beginning', async () => {
    await session.breakAtFunctions('page_take');
    await session.travel(12_000_000);
    await session.continue();
    await session.breakAtFunctions();
    const [inner, outer] = await session.stack();
    assert.ok(inner !== undefined && outer !== undefined);
    const restarted = await session.arrive(() => session.request('restartFrame', { frameId: outer.id }));
    assert.equal(restarted.name, outer.name);
    const [frame, caller] = await session.stack();
    assert.equal(
      frame?.instructionPointerReference,
      (await session.breakAtFunctions(outer.name))[0]?.instructionReference,
    );
    assert.ok(caller !== undefined);
    await session.breakAtFunctions();
  });
});
