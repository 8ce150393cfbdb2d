import assert from 'node:assert/strict';
import { TestSession } from '../adapter/session/debug-session.ts';
import { recordedLinux, smallLinux } from './linux-guests.ts';

describe('breakpoints of one task of the small Linux', function () {
  this.timeout(600_000);

  it('stop in no other, forwards and backwards', async function () {
    const { recording, symbols } = await recordedLinux(smallLinux(this));
    const session = await TestSession.start();
    await session.attach({ recording, symbols, at: 'end' });
    const current = '((struct task_struct *)$tp)->pid';
    const set = async (mode: string): Promise<void> => {
      const [fn] = await session.breakAtFunctions('vfs_write');
      await session.breakAtFunctions();
      const breakpoints = [{ instructionReference: fn?.instructionReference, mode }];
      await session.request('setInstructionBreakpoints', { breakpoints });
    };
    const pids = async (move: () => Promise<{ reason: string; counter: number }>, most: number): Promise<string[]> => {
      const found: string[] = [];
      for (
        let stop = await move();
        stop.reason === 'instruction breakpoint' && found.length < most;
        stop = await move()
      ) {
        found.push(`${stop.counter} ${await session.evaluate(current)}`);
      }
      return found;
    };
    await set('virtual');
    const all = await pids(() => session.reverseContinue(), 12);
    const tasks = new Set(all.map((stop) => stop.split(' ')[1]));
    assert.ok(tasks.size > 1, `all stops were in one task: ${all.join(', ')}`);
    // Where the last of these tasks is current.
    const [middle = '', pid] = (all.at(-1) ?? '').split(' ');
    await session.travel(Number(middle));
    await session.request('setInstructionBreakpoints', { breakpoints: [] });
    await set('task');
    const expected = all.filter((stop) => stop.endsWith(` ${pid}`)).reverse();
    const forward = await pids(() => session.continue(), 12);
    assert.deepEqual([`${middle} ${pid}`, ...forward].slice(0, expected.length), expected);
    await session.travel('end');
    const back = await pids(() => session.reverseContinue(), expected.length);
    assert.deepEqual(back.reverse(), expected);
    await session.stop();
  });
});
