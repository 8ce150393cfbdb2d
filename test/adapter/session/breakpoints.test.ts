import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DEMO_SOURCES, TestSession } from './debug-session.ts';

/** The number of the first line of a source of the demo that contains a text. */
function lineOf(file: string, text: string): number {
  const lines = readFileSync(path.join(DEMO_SOURCES, file), 'utf8').split('\n');
  const index = lines.findIndex((line) => line.includes(text));
  assert.ok(index >= 0, `${file} has no line with ${text}`);
  return index + 1;
}

describe('breakpoints', function () {
  this.timeout(180_000);
  let session: TestSession;
  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
  });
  after(async () => {
    await session.stop();
  });
  beforeEach(async () => {
    await session.travel('start');
  });

  it('stop at a line, again and again, and backwards at the same moments', async () => {
    const line = lineOf('timer.c', 'self->naps++');
    const [breakpoint] = await session.breakAtLines('timer.c', line);
    assert.equal(breakpoint?.verified, true, breakpoint?.message);
    const forward = [await session.continue(), await session.continue(), await session.continue()];
    for (const stop of forward) {
      assert.deepEqual([stop.reason, stop.name], ['breakpoint', 'sleep_ticks']);
      assert.deepEqual(stop.hitBreakpointIds, [breakpoint.id]);
    }
    const back = [await session.reverseContinue(), await session.reverseContinue()];
    assert.deepEqual(
      back.map((stop) => stop.counter),
      [forward[1]?.counter, forward[0]?.counter],
    );
    const start = await session.reverseContinue();
    assert.equal(start.description, 'Start of recording');
    await session.breakAtLines('timer.c');
  });

  it('move to the next line that has code', async () => {
    const comment = lineOf('timer.c', '// Puts the current task to sleep');
    const [breakpoint] = await session.breakAtLines('timer.c', comment);
    assert.equal(breakpoint?.verified, true);
    assert.ok((breakpoint.line ?? 0) > comment);
    await session.breakAtLines('timer.c');
  });

  it('say why they cannot be set', async () => {
    const [line] = await session.breakAtLines('nothing.c', 1);
    assert.deepEqual([line?.verified, /No source of .* ends like/.test(line?.message ?? '')], [false, true]);
    await session.breakAtLines('nothing.c');
    const [fn] = await session.breakAtFunctions('no_such_function');
    assert.deepEqual([fn?.verified, (fn?.message ?? '').includes('has no function "no_such_function"')], [false, true]);
    await session.breakAtFunctions();
  });

  it('stop at an instruction', async () => {
    const [fn] = await session.breakAtFunctions('timer_interrupt');
    await session.breakAtFunctions();
    const breakpoints = [{ instructionReference: fn?.instructionReference ?? '' }];
    await session.request('setInstructionBreakpoints', { breakpoints });
    const stop = await session.continue();
    assert.deepEqual([stop.reason, stop.name], ['instruction breakpoint', 'timer_interrupt']);
    assert.equal(stop.pc, BigInt(fn?.instructionReference ?? '0'));
    await session.request('setInstructionBreakpoints', { breakpoints: [] });
  });

  it('stop after a store to a variable forwards, and before it backwards', async () => {
    const info = (await session.request('dataBreakpointInfo', { name: 'ticks' })) as { dataId: string };
    const breakpoints = [{ dataId: info.dataId, accessType: 'write' as const }];
    await session.client.setDataBreakpointsRequest({ breakpoints });
    await session.travel(1_000_000);
    const before = BigInt(await session.evaluate('ticks'));
    const stop = await session.continue();
    assert.deepEqual([stop.reason, BigInt(await session.evaluate('ticks'))], ['data breakpoint', before + 1n]);
    const back = await session.reverseContinue();
    assert.deepEqual([back.counter, BigInt(await session.evaluate('ticks'))], [stop.counter - 1, before]);
    await session.client.setDataBreakpointsRequest({ breakpoints: [] });
  });

  it('stop at faults, and tell about them', async () => {
    await session.client.setExceptionBreakpointsRequest({ filters: ['faults'] });
    const stop = await session.continue();
    assert.deepEqual([stop.reason, stop.name], ['exception', 'trap_vector']);
    assert.match(stop.description, /^Trap: load page fault at 0x/);
    const info = (await session.client.exceptionInfoRequest({ threadId: 1 })).body;
    assert.match(info.description ?? '', /^load page fault at 0x[0-9a-f]+ in \w+, 0x[0-9a-f]+$/);
    await session.client.setExceptionBreakpointsRequest({ filters: [] });
    assert.match(await session.refusal('setExceptionBreakpoints', { filters: ['rain'] }), /no exception filter "rain"/);
  });
});
