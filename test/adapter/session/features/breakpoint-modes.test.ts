import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { TestSession } from '../debug-session.ts';

describe('modes of breakpoints (breakpointModes)', function () {
  this.timeout(300_000);
  let session: TestSession;
  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
  });
  after(async () => {
    await session.stop();
  });

  const setInstruction = async (instructionReference: string, mode?: string): Promise<DebugProtocol.Breakpoint> => {
    const args = { breakpoints: [{ instructionReference, ...(mode === undefined ? {} : { mode }) }] };
    const { breakpoints } = (await session.request('setInstructionBreakpoints', args)) as {
      breakpoints: DebugProtocol.Breakpoint[];
    };
    return breakpoints[0] ?? assert.fail('no answer');
  };
  const satpHere = async (): Promise<bigint> => {
    const { result } = (await session.request('evaluate', { expression: '$satp', format: { hex: true } })) as {
      result: string;
    };
    return BigInt(result.split(' ')[0] ?? '');
  };
  const placeOf = async (name: string): Promise<string> => {
    const [fn] = await session.breakAtFunctions(name);
    await session.breakAtFunctions();
    return fn?.instructionReference ?? assert.fail(`no ${name}`);
  };

  it('restrict a breakpoint to the address space of the moment at which it was set', async () => {
    const place = await placeOf('page_take');
    // Before paging is on, and after.
    await session.travel('start');
    assert.equal(await satpHere(), 0n);
    const before = await setInstruction(place, 'space');
    assert.equal(before.message, 'Only while satp is 0x0.');
    const first = await session.continue();
    assert.deepEqual(first.hitBreakpointIds, [before.id]);
    const bare = await setInstruction(place);
    assert.equal(bare.message, undefined);
    await session.travel(5_000_000);
    const satp = await satpHere();
    assert.notEqual(satp, 0n);
    await setInstruction(place, 'space');
    const kept = await session.reverseContinue();
    if (kept.counter > 0) assert.equal(await satpHere(), 0n);
    await session.request('setInstructionBreakpoints', { breakpoints: [] });
    await session.travel(5_000_000);
    await setInstruction(await placeOf('timer_interrupt'), 'space');
    const stop = await session.continue();
    assert.equal(stop.reason, 'instruction breakpoint');
    assert.equal(await satpHere(), satp);
    await session.request('setInstructionBreakpoints', { breakpoints: [] });
  });

  it('watch the physical memory that an address leads to', async () => {
    await session.travel(5_000_000);
    const info = async (mode: string): Promise<DebugProtocol.DataBreakpointInfoResponse['body']> =>
      (await session.request('dataBreakpointInfo', {
        name: 'ticks',
        mode,
      })) as DebugProtocol.DataBreakpointInfoResponse['body'];
    const [virtual, physical, space] = [await info('virtual'), await info('physical'), await info('space')];
    assert.match(physical.dataId ?? '', /^p:0x[0-9a-f]+,8$/);
    assert.equal(space.dataId, `${virtual.dataId}@space:0x${(await satpHere()).toString(16)}`);
    const stops: number[] = [];
    for (const { dataId } of [virtual, physical, space]) {
      await session.travel(5_000_000);
      await session.client.setDataBreakpointsRequest({ breakpoints: [{ dataId: dataId ?? '', accessType: 'write' }] });
      stops.push((await session.continue()).counter);
    }
    assert.equal(new Set(stops).size, 1);
    await session.client.setDataBreakpointsRequest({ breakpoints: [] });
  });

  it('are refused where they mean nothing', async () => {
    const place = await placeOf('page_take');
    assert.match(
      await session.refusal('setInstructionBreakpoints', {
        breakpoints: [{ instructionReference: place, mode: 'physical' }],
      }),
      /There is no mode "physical" of instruction breakpoints/,
    );
    // The demo is a kernel of which nobody said how it keeps its tasks.
    const answer = await setInstruction(place, 'task');
    assert.deepEqual([answer.verified, answer.message], [false, 'Nobody can tell which task the hart executes here.']);
    await session.request('setInstructionBreakpoints', { breakpoints: [] });
  });
});
