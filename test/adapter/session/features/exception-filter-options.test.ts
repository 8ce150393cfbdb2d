import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { EXCEPTION_BREAKPOINT_FILTERS } from '../../../../adapter/session/breakpoints/exception-filters.ts';
import { TestSession, type Stop } from '../debug-session.ts';

describe('exception breakpoints with options (supportsExceptionFilterOptions)', function () {
  this.timeout(300_000);
  let session: TestSession;
  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
  });
  after(async () => {
    await session.stop();
  });

  const set = async (
    ...filterOptions: readonly DebugProtocol.ExceptionFilterOptions[]
  ): Promise<DebugProtocol.Breakpoint[]> => {
    const args = { filters: [], filterOptions };
    return ((await session.request('setExceptionBreakpoints', args)) as { breakpoints: DebugProtocol.Breakpoint[] })
      .breakpoints;
  };

  /** Stops from the start on; backwards they are met again, each before its step. */
  const stops = async (count: number): Promise<Stop[]> => {
    await session.travel('start');
    const found: Stop[] = [];
    for (let stop = 0; stop < count; stop++) found.push(await session.continue());
    const counters: number[] = [];
    for (let stop = 0; stop < count; stop++) counters.push((await session.reverseContinue()).counter);
    assert.deepEqual(
      counters.reverse(),
      found.map(({ counter }) => counter - 1),
    );
    for (const { reason } of found) assert.equal(reason, 'exception');
    return found;
  };

  it('have a filter for each cause of the specification, and names of their own', () => {
    const names = EXCEPTION_BREAKPOINT_FILTERS.map(({ filter }) => filter);
    assert.equal(new Set(names).size, names.length);
    for (const name of ['illegalInstruction', 'loadPageFault', 'storeAmoAccessFault', 'environmentCallFromUser']) {
      assert.ok(names.includes(name), `${name} is not among ${names.join()}`);
    }
    assert.ok(names.includes('machineTimerInterrupt'));
  });

  it('stop at traps of one cause', async () => {
    const [answer] = await set({ filterId: 'supervisorTimerInterrupt' });
    assert.equal(answer?.verified, true);
    for (const { description, hitBreakpointIds } of await stops(3)) {
      assert.match(description, /^Trap: supervisor timer interrupt at 0x/);
      assert.deepEqual(hitBreakpointIds, [answer.id]);
    }
  });

  it('take conditions, whether the engine evaluates them or the adapter', async () => {
    for (const condition of ['ticks > 10', 'ticks * 2 > 20']) {
      const [answer] = await set({ filterId: 'interrupts', condition });
      assert.equal(answer?.verified, true, answer?.message);
      await stops(2);
      await session.travel('start');
      await session.continue();
      assert.equal(await session.evaluate('ticks'), '11', condition);
    }
    const [wrong] = await set({ filterId: 'interrupts', condition: 'ticks >' });
    assert.deepEqual([wrong?.verified, wrong?.message?.includes('ends too early')], [false, true]);
  });

  it('stop at a panic of the kernel, and tell about it', async () => {
    await set({ filterId: 'panic' });
    await session.travel('start');
    const stop = await session.continue();
    assert.deepEqual([stop.name, stop.description], ['panic', 'Exception: Kernel panic']);
    const info = (await session.client.exceptionInfoRequest({ threadId: 1 })).body;
    assert.equal(info.exceptionId, 'Kernel panic');
    await session.travel('end');
    assert.equal((await session.reverseContinue()).counter, stop.counter);
  });

  it('say what the kernel does not have', async () => {
    const [answer] = await set({ filterId: 'oops' });
    assert.equal(answer?.verified, false);
    assert.match(answer.message ?? '', /has no function oops_enter or die/);
  });

  it('stop at the exit of the guest', async () => {
    await set({ filterId: 'guestExit' });
    const [stop] = await stops(1);
    assert.equal(stop?.description, 'Exception: the guest powered off with code 1');
    const { end } = await session.status();
    assert.equal(stop.counter, end);
    await set();
  });
});
