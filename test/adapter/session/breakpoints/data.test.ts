import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { TestSession, type Stop } from '../debug-session.ts';

type Info = DebugProtocol.DataBreakpointInfoResponse['body'];
type DataBreakpoint = Omit<DebugProtocol.DataBreakpoint, 'accessType'> & { accessType?: string };

describe('data breakpoints', function () {
  this.timeout(300_000);
  let session: TestSession;
  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
  });
  after(async () => {
    await session.stop();
  });

  const info = async (args: object): Promise<Info> => (await session.request('dataBreakpointInfo', args)) as Info;

  const watch = async (...breakpoints: readonly DataBreakpoint[]): Promise<DebugProtocol.Breakpoint[]> =>
    ((await session.request('setDataBreakpoints', { breakpoints })) as { breakpoints: DebugProtocol.Breakpoint[] })
      .breakpoints;

  const watchName = async (name: string, more: Omit<DataBreakpoint, 'dataId'> = {}) => {
    const { dataId, description } = await info({ name });
    return watch({ dataId: dataId ?? assert.fail(description), ...more });
  };

  /** Stops from a moment on; backwards, the same accesses are met, each before its step. */
  const stops = async (from: number, count: number): Promise<Stop[]> => {
    await session.travel(from);
    const found: Stop[] = [];
    for (let stop = 0; stop < count; stop++) found.push(await session.continue());
    for (const { reason, description } of found) assert.equal(reason, 'data breakpoint', description);
    const back: number[] = [];
    for (let stop = 0; stop < count; stop++) back.push((await session.reverseContinue()).counter);
    assert.deepEqual(
      back.reverse(),
      found.map(({ counter }) => counter - 1),
    );
    return found;
  };

  it('watch variables, expressions, addresses and sizes', async () => {
    await session.travel(1_000_000);
    const ticks = await info({ name: 'ticks' });
    assert.deepEqual(ticks.accessTypes, ['read', 'write', 'readWrite']);
    const address = /0x[0-9a-f]+/.exec(await session.evaluate('&ticks'))?.[0] ?? '';
    assert.equal(ticks.dataId, `${address},8`);
    assert.equal((await info({ name: address, asAddress: true, bytes: 2 })).dataId, `${address},2`);
    assert.equal((await info({ name: `p:${address}`, asAddress: true, bytes: 4 })).dataId, `p:${address},4`);
    assert.equal((await info({ name: '*(short *)&ticks' })).dataId, `${address},2`);
    assert.match((await info({ name: 'ticks + 1' })).description, /not in memory/);
  });

  it('tell reads, writes and changes apart', async () => {
    await watchName('ticks', { accessType: 'write' });
    const writes = await stops(1_000_000, 3);
    for (const { description } of writes) assert.match(description, /^Data breakpoint: ticks was written by /);
    await watchName('ticks', { accessType: 'change' });
    assert.deepEqual(
      (await stops(1_000_000, 3)).map(({ counter }) => counter),
      writes.map(({ counter }) => counter),
    );
    await watchName('ticks', { accessType: 'read' });
    for (const { description } of await stops(1_000_000, 3)) assert.match(description, /ticks was read by /);
    await watchName('ticks', { condition: '$changed' });
    assert.equal((await stops(1_000_000, 1))[0]?.counter, writes[0]?.counter);
  });

  it('take conditions and hit counts', async () => {
    await watchName('ticks', { accessType: 'write' });
    const writes = (await stops(0, 8)).map(({ counter }) => counter);
    const values = ['ticks % 2 == 0', '!(ticks & 1)'];
    for (const condition of values) {
      await watchName('ticks', { accessType: 'write', condition });
      const [first] = await stops(writes[2] ?? 0, 2);
      assert.ok(writes.includes(first?.counter ?? 0));
      await session.travel(first?.counter ?? 0);
      assert.equal(BigInt(await session.evaluate('ticks')) % 2n, 0n);
    }
    await watchName('ticks', { accessType: 'write', hitCondition: '%3' });
    assert.deepEqual(
      (await stops(0, 2)).map(({ counter }) => counter),
      [writes[2], writes[5]],
    );
  });

  it('watch registers, CSRs and their fields for changes', async () => {
    assert.deepEqual((await info({ name: '$sp' })).accessTypes, ['write']);
    assert.equal((await info({ name: 'a0' })).dataId, '$a0');
    assert.equal((await info({ name: '$sstatus.SPP' })).dataId, '$sstatus.SPP');
    for (const [name, from, count] of [
      ['$a0', 5_000_000, 3],
      ['$sepc', 5_000_000, 3],
      ['$sstatus.SIE', 5_000_000, 3],
      ['$satp', 0, 1],
    ] as const) {
      await watchName(name);
      const [stop] = await stops(from, count);
      assert.match(stop?.description ?? '', new RegExp(`^Data breakpoint: \\${name} was changed by the step at 0x`));
      const after = await session.travel(stop?.counter ?? 0);
      const value = await session.evaluate(name);
      await session.travel(after.counter - 1);
      assert.notEqual(await session.evaluate(name), value, name);
    }
  });

  it('watch registers from the scopes that show them', async () => {
    await session.travel(5_000_000);
    const [frame] = await session.stack(1);
    const { scopes } = (await session.client.scopesRequest({ frameId: frame?.id ?? 0 })).body;
    for (const [scope, name] of [
      ['Registers', 's1'],
      ['CSRs', 'sepc'],
    ]) {
      const { variablesReference = 0 } = scopes.find((one) => one.name === scope) ?? {};
      assert.equal((await info({ variablesReference, name })).dataId, `$${name}`);
    }
  });

  it('do not watch what changes with every step, nor what is no register', async () => {
    assert.match(await session.refusal('dataBreakpointInfo', { name: '$time' }), /\$time changes with every step/);
    assert.match(await session.refusal('dataBreakpointInfo', { name: '$mstatus.SD' }), /watch \$mstatus\.FS instead/);
    const [answer] = await watch({ dataId: '$nothing' });
    assert.deepEqual([answer?.verified, answer?.message], [false, '"$nothing" is no data that can be watched.']);
    await watch();
  });

  it('are as many as one likes, and all that stop at once are told', async () => {
    const { dataId, description } = await info({ name: 'ticks' });
    assert.ok(dataId !== null, description);
    const many = Array.from({ length: 300 }, () => ({ dataId, accessType: 'write' }));
    const set = await watch(...many);
    const [fn] = await session.breakAtFunctions('timer_interrupt');
    const [stop] = await stops(1_000_000, 1).catch(async () => {
      await session.travel(1_000_000);
      await session.continue();
      return [await session.continue()];
    });
    assert.deepEqual(
      stop?.hitBreakpointIds,
      set.map(({ id }) => id),
    );
    assert.ok(fn?.verified === true);
    await session.breakAtFunctions();
    await watch();
  });

  it('tell of a breakpoint at the instruction after the access, too', async () => {
    await watchName('ticks', { accessType: 'write' });
    const [stop] = await stops(1_000_000, 1);
    const [data] = await watchName('ticks', { accessType: 'write' });
    const instructionReference = `0x${(stop?.pc ?? 0n).toString(16)}`;
    const set = (await session.request('setInstructionBreakpoints', { breakpoints: [{ instructionReference }] })) as {
      breakpoints: DebugProtocol.Breakpoint[];
    };
    await session.travel(1_000_000);
    const both = await session.continue();
    assert.equal(both.counter, stop?.counter);
    assert.deepEqual(both.hitBreakpointIds, [data?.id, set.breakpoints[0]?.id]);
    await session.request('setInstructionBreakpoints', { breakpoints: [] });
    await watch();
  });
});
