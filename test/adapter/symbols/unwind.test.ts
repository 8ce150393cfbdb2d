import assert from 'node:assert/strict';
import type { UnwindContext } from '../../../adapter/symbols/frames/unwind-context.ts';
import { loadFixture, SAME_CODE, type FixtureName } from './fixtures.ts';
import { readWalk } from './walks.ts';

const WALKED: readonly FixtureName[] = [
  'o0-dwarf5',
  'o0-dwarf4',
  'o2-dwarf5',
  'o2-dwarf4',
  'o2-debug-frame',
  'o2-patchable',
  ...SAME_CODE,
];

for (const name of WALKED) {
  describe(`the stack at every instruction of ${name}`, () => {
    const program = loadFixture(name);
    const walk = readWalk(name, program);

    it('has the frames that gdb tells', () => {
      assert.ok(walk.length > 300, `${walk.length} instructions`);
      walk.forEach(({ context, frames }, step) => {
        const expected = frames.map(
          ({ pc, name, file, line }) => `${pc.toString(16)} ${name ?? '?'} ${file ?? '?'}:${line}`,
        );
        const actual: string[] = [];
        for (const { level, pc, lookupAddress } of program.unwind(context)) {
          for (const { name, line, isInlined, start } of program.functionsAt(lookupAddress)) {
            // What a kernel patches at the start of a function has no line; gdb may take that of the function before.
            if (level === 0 && start > pc && frames[0]?.name === name) {
              actual.push(expected[0] ?? '');
              continue;
            }
            // At the first instruction of an inlined copy gdb shows its caller, about to enter it.
            if (level === 0 && isInlined && start === pc && frames[0]?.name !== name) continue;
            actual.push(`${pc.toString(16)} ${name} ${line?.path.split('/').at(-1) ?? '?'}:${line?.line ?? 0}`);
          }
        }
        assert.deepEqual(actual, expected, `at step ${step}`);
      });
    });
  });
}

describe('the stack of a program with neither frame descriptions nor lines', () => {
  const program = loadFixture('o1-frame-pointer');
  const walk = readWalk('o1-frame-pointer', program);

  it('has the callers that the calls and returns of its run left', () => {
    const callers: bigint[] = [];
    let followed = 0;
    walk.forEach(({ context }, step) => {
      const previous = walk[step - 1]?.context;
      const returnAddress = context.readRegister(1);
      if (previous !== undefined && returnAddress !== undefined && isCall(previous, context)) {
        callers.unshift(returnAddress);
      } else if (previous !== undefined && isReturn(previous) && context.pc === callers[0]) {
        callers.shift();
      }
      const actual = [...program.unwind(context)].map(({ pc }) => pc.toString(16));
      const expected = [context.pc, ...callers].map((pc) => pc.toString(16));
      assert.deepEqual(actual, expected, `at step ${step}, in ${program.symbolNear(context.pc)?.text ?? '?'}`);
      followed = Math.max(followed, actual.length);
    });
    assert.equal(followed, 7, 'the deepest stack');
  });
});

/** Whether the step from one moment to the next put its own successor into ra. */
function isCall(before: UnwindContext, after: UnwindContext): boolean {
  const distance = (after.readRegister(1) ?? 0n) - before.pc;
  const isNew = before.readRegister(1) !== after.readRegister(1) || before.readRegister(1) === before.pc + 4n;
  return isNew && (distance === 2n || distance === 4n) && after.pc !== before.pc + distance;
}

/** c.jr ra, or jalr zero, 0(ra). */
function isReturn(context: UnwindContext): boolean {
  const [first, second] = context.readMemory(context.pc, 2) ?? [];
  return first === 0x82 && second === 0x80;
}
