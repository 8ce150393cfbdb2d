import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { predicateOf } from '../../../adapter/session/expression/predicate.ts';
import { SymbolsProgram } from '../../../adapter/session/symbols-program.ts';
import { Program } from '../../../adapter/symbols/program.ts';
import { DEMO_KERNEL, TestSession } from './debug-session.ts';

describe('conditions of breakpoints', function () {
  this.timeout(180_000);
  let session: TestSession;

  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
  });
  after(async () => {
    await session.stop();
  });

  const breakWhen = async (name: string, condition: string): Promise<{ verified: boolean; message?: string }> => {
    const request = { breakpoints: [{ name, condition }] };
    const [answer] = (await session.client.setFunctionBreakpointsRequest(request)).body.breakpoints;
    return answer ?? assert.fail('no answer');
  };

  /** Where a breakpoint stops from the start on, forwards and again backwards from there. */
  const stops = async (name: string, condition: string, count: number): Promise<number[]> => {
    await session.travel('start');
    assert.equal((await breakWhen(name, condition)).verified, true);
    const found: number[] = [];
    for (let at = 0; at < count; at++) found.push((await session.continue()).counter);
    const back: number[] = [];
    for (let at = 1; at < count; at++) back.push((await session.reverseContinue()).counter);
    assert.deepEqual(back, found.slice(0, -1).reverse(), condition);
    return found;
  };

  it('hold of variables, whether the engine evaluates them or the adapter', async () => {
    const pairs = [
      // The left one is for the engine; the right one asks for more than it can.
      ['timer_interrupt', 'ticks == 20', 'ticks + 0 == 20'],
      ['timer_interrupt', 'ticks > 30 && ticks <= 33', 'ticks * 2 > 60 && ticks - 1 <= 32'],
      ['timer_interrupt', '!(ticks & 4) && ticks', '!((ticks + 0) & 4) && ticks'],
      ['task_ready', 'task->id == 3', 'task->id + 1 == 4'],
      ['task_ready', 'task->id != 3 && task->priority == BACKGROUND', 'task->id - 3 && task->priority * 2 == 4'],
      ['task_ready', '((struct task *)$a0)->id == 3', '((struct task *)$a0)->id + 1 == 4'],
      ['task_ready', '$sstatus.SPP == 1 && ticks', '$sstatus.SPP + 0 == 1 && ticks'],
      ['task_ready', '$priv == 1 && $scause >> 63', '$priv + 0 == 1 && ($scause + 0) >> 63'],
      ['task_ready', '$sepc && ticks > 3', '$sepc * 1 && ticks > 3'],
    ] as const;
    for (const [name, compiled, tested] of pairs) {
      const count = compiled === 'ticks == 20' ? 1 : 3;
      const inEngine = await stops(name, compiled, count);
      assert.deepEqual(await stops(name, tested, count), inEngine, `${compiled}, ${tested}`);
    }
  });

  it('hold for a step that ends at the breakpoint as they do for a run to it', async () => {
    for (const condition of ['task->id == 3', 'task->id + 1 == 4', 'ticks >= 0']) {
      const [counter = 0] = await stops('task_ready', condition, 1);
      await session.travel(counter - 1);
      const stop = await session.next('instruction');
      assert.deepEqual([stop.counter, stop.reason], [counter, 'function breakpoint'], condition);
    }
    const [counter = 0] = await stops('task_ready', 'task->id == 3', 1);
    await breakWhen('task_ready', 'task->id == 4');
    await session.travel(counter - 1);
    assert.equal((await session.next('instruction')).reason, 'step');
  });

  it('stop where they are true, and nowhere before', async () => {
    const [counter] = await stops('timer_interrupt', 'ticks == 20', 1);
    assert.equal(await session.evaluate('ticks'), '20');
    assert.equal((await session.status()).counter, counter);
  });

  it('say at once what is wrong with them, and where', async () => {
    for (const [condition, message] of [
      ['ticks ==', /Column 9: The expression ends too early/],
      ['nowhere == 1', /Column 1: There is no "nowhere"/],
      ['task->idd', /has no member "idd". Is "id" meant\?\ntask->idd\n {6}\^{3}/],
      ['ticks = 3', /Nothing is assigned here/],
    ] as const) {
      const answer = await breakWhen('task_ready', condition);
      assert.equal(answer.verified, false, condition);
      assert.match(answer.message ?? '', message);
    }
  });

  it('of logpoints print and do not stop', async () => {
    await session.travel('start');
    const log = { name: 'timer_interrupt', condition: 'ticks < 3', logMessage: 'tick {ticks}, {nothing}' };
    const stop = { name: 'timer_interrupt', condition: 'ticks == 5' };
    await session.client.setFunctionBreakpointsRequest({ breakpoints: [log, stop] as { name: string }[] });
    session.output.delete('console');
    await session.continue();
    assert.equal(await session.evaluate('ticks'), '5');
    const lines = (session.output.get('console') ?? '').split('\n').filter((line) => line.startsWith('tick'));
    assert.equal(lines.length, 3, JSON.stringify(lines));
    assert.match(lines[2] ?? '', /^tick 2, <There is no "nothing"/);
  });

  it('become predicates of the engine where they compare with constants', () => {
    const program = new SymbolsProgram(Program.load('demo.elf', readFileSync(DEMO_KERNEL)));
    const [place] = program.placesNamed('task_ready');
    const predicate = (text: string): unknown => predicateOf(text, program, place?.address ?? 0n);
    for (const text of [
      'task->id == 3',
      'ticks == 20',
      '20 < ticks || !task->naps',
      '$a0',
      '$satp == 0',
      '$scause == 13',
      '$sstatus.SPP == 1',
      '$priv == 1',
      'task->state == READY',
    ]) {
      assert.notEqual(predicate(text), undefined, text);
    }
    for (const text of [
      'task->id + 1 == 4',
      'task->name[0] == 97',
      '$sstatus == 0',
      '$sstatus.SD',
      '$sip & 2',
      // What comes to the same for the numbers that a probe holds is no constant.
      '$a1 == ($a0 > 5)',
      '$a1 == ($a0 ? 1 : 2)',
      '$a1 == ($scause > 5)',
      '$fa0 > 1.0',
      '$counter > 5',
      'ticks == task->id',
    ]) {
      assert.equal(predicate(text), undefined, text);
    }
  });
});
