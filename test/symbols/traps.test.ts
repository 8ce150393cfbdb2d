import assert from 'node:assert/strict';
import { recordedLinux, smallLinux, type LinuxGuest } from '../dap/linux-guests.ts';
import { loadProgram } from './our-stacks.ts';
import { walkTraps } from './trap-walk.ts';

const kinds = [
  { name: 'timer interrupts', code: 5, interrupt: true },
  { name: 'system calls', code: 8, interrupt: false },
  { name: 'instruction page faults', code: 12, interrupt: false },
  { name: 'load page faults', code: 13, interrupt: false },
  { name: 'store page faults', code: 15, interrupt: false },
] as const;

/** What must hold of the stack in handlers of a Linux that was recorded. */
export function describeTraps(guestOf: (context: Mocha.Context) => LinuxGuest, from: number): void {
  for (const { name, code, interrupt } of kinds) {
    it(`of ${name}`, async function () {
      const { recording, symbols } = await recordedLinux(guestOf(this));
      const where = { from, count: 4, every: 500_000, steps: 1_500 };
      const { traps, compared, wrong } = await walkTraps(recording, loadProgram(symbols), { code, interrupt }, where);
      console.log(`      ${compared} stacks in ${traps} traps, ${wrong.length} not as the hart had it`);
      assert.deepEqual(wrong.slice(0, 20), []);
      assert.ok(traps >= 3 && compared >= 150, `${compared} stacks in ${traps} traps are too few`);
    });
  }
}

describe('stacks through traps are what the hart held when it took them: the small Linux', function () {
  this.timeout(600_000);
  describeTraps(smallLinux, 20_000_000);
});
