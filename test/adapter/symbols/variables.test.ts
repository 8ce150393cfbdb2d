import assert from 'node:assert/strict';
import type { Value } from '../../../adapter/symbols/variables/value.ts';
import { loadFixture, SAME_CODE, type FixtureName } from './fixtures.ts';
import { readWalk, type RecordedVariable } from './walks.ts';

const WALKED: readonly FixtureName[] = [
  'o0-dwarf5',
  'o0-dwarf4',
  'o2-dwarf5',
  'o2-dwarf4',
  'o2-debug-frame',
  ...SAME_CODE,
];

for (const name of WALKED) {
  describe(`the variables at every instruction of ${name}`, () => {
    const program = loadFixture(name);
    const walk = readWalk(name, program);

    it('are those that gdb tells, with their types and values', () => {
      const differences = new Map<string, number>();
      let compared = 0;
      for (const { context, frames } of walk) {
        let at = 0;
        for (const frame of program.unwind(context)) {
          const functions = program.functionsAt(frame.lookupAddress);
          for (let depth = 0; depth < functions.length; depth++) {
            const recorded = frames[at];
            const isNotEntered = frame.level === 0 && functions[depth]?.start === frame.pc;
            if (isNotEntered && functions[depth]?.isInlined === true && recorded?.name !== functions[depth]?.name)
              continue;
            at++;
            const { arguments: values, locals } = program.variables(frame, depth);
            compared += compare(recorded?.variables ?? [], [...values, ...locals], (text) => {
              const difference = `${functions[depth]?.name ?? '?'}: ${text}`;
              differences.set(difference, (differences.get(difference) ?? 0) + 1);
            });
          }
        }
      }
      assert.deepEqual([...differences].sort((a, b) => b[1] - a[1]).slice(0, 40), []);
      assert.ok(compared > 2000, `${compared} values were compared`);
    });

    it('include those of files', () => {
      const { context, globals: all } = walk.at(-1) ?? assert.fail('an empty walk');
      const globals = all.filter(({ name }) => name !== 'raw');
      assert.equal(program.variableNamed('raw', context)?.text, '{0, 1, 65, 255}');
      const values = globals.flatMap((recorded) => program.variableNamed(recorded.name, context) ?? []);
      const differences: string[] = [];
      compare(globals, values, (difference) => differences.push(difference));
      assert.deepEqual(differences, []);
    });
  });
}

/** Tells what differs between gdb's answer and ours; gives the number of values compared. */
function compare(
  expected: readonly RecordedVariable[],
  actual: readonly Value[],
  tell: (difference: string) => void,
): number {
  const rest = [...actual];
  for (const { name, type, value } of expected) {
    const wanted = simplifyType(type);
    const found = rest.findIndex((each) => each.name === name && simplifyType(each.typeName) === wanted);
    const [candidate] = found < 0 ? [] : rest.splice(found, 1);
    if (candidate === undefined) {
      const others = rest.filter((each) => each.name === name).map((each) => each.typeName);
      tell(`${type} ${name} is missing; there is ${others.join(', ')}`);
    } else if (name === 'copy' && /^0x0$|max-value-size/.test(value)) {
      // A variable-length array whose length is not known yet, or no more: gdb tells the limits of its own.
    } else if (simplify(candidate.text) !== simplify(value)) {
      tell(`${name} is ${value}, here ${candidate.text}`);
    }
  }
  for (const { name, typeName } of rest) tell(`${typeName} ${name} is unknown to gdb`);
  return expected.length;
}

/** What is told in other words on purpose. */
function simplify(text: string): string {
  return (
    text
      // The shortest decimal that is the number, where gdb prints as many digits as the format could need.
      .replace(/-?\d+\.\d+(e[-+]\d+)?/g, (number) => String(Math.fround(Number(number))))
      // A pointer to an object of the program has its symbol here; the walks were recorded without.
      .replace(/(0x[0-9a-f]+) <[\w.]+(\+(0x)?[0-9a-f]+)?>/g, '$1')
      // A pointer to text that cannot be read is a pointer.
      .replace(/(0x[0-9a-f]+) <error: Cannot access memory at address 0x[0-9a-f]+>/g, '$1')
      .replace(/<error: Cannot access memory at address (0x[0-9a-f]+)>/g, '<no memory at $1>')
      // A structure of which nothing is left.
      .replace(
        /\{(\w+ = )?<optimized out>(, (\w+ = )?(<optimized out>|\{(<optimized out>(, )?)+\}))*\}/g,
        '<optimized out>',
      )
      // Bytes that need not be text are numbers here.
      .replace(/<its value on entry to the function is not known>/g, '<optimized out>')
      .replace(/<points to what was optimized out>/g, '<synthetic pointer>')
      .replace(/bytes = ("(\\.|[^"])*"|\{[^}]*\})/, 'bytes = ...')
  );
}

/** gdb forgets the keywords of C when it stands in assembly, and does not count variable-length arrays. */
function simplifyType(type: string): string {
  return type.replace(/\b(struct|union|enum) /g, '').replace(/^int \[[^\]]*\]$/, 'int []');
}
