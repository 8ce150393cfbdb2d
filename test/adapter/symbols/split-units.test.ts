import assert from 'node:assert/strict';
import { Program } from '../../../adapter/symbols/program.ts';
import type { UnwindContext } from '../../../adapter/symbols/frames/unwind-context.ts';
import type { Value } from '../../../adapter/symbols/variables/value.ts';
import { FIXTURE_COMPANIONS, loadFixture, readFixture } from './fixtures.ts';

/** GCC's split DWARF 4 and DWARF 5, in files of their own and packed; the same code in one piece beside them. */
const SPLIT = ['o2-split-4', 'o2-split-5', 'o2-package-4', 'o2-package-5'] as const;

const whole = loadFixture('o2-whole');
const { ranges } = whole.functionAt(whole.addressesOfFunction('main')[0] ?? 0n) ?? assert.fail('no main');
const start = 0x8000_0000n;
const end = ranges.reduce((last, range) => (range.end > last ? range.end : last), start);

/** A machine whose registers and memory are numbers. */
function contextAt(pc: bigint): UnwindContext {
  return {
    pc,
    readRegister: (register) => 0x8000_1000n + BigInt(register * 64),
    readMemory: (_, length) => new Uint8Array(length).fill(3),
  };
}

function tell(values: readonly Value[]): string[] {
  return values.map(({ name, typeName, text }) => `${typeName} ${name} = ${text}`);
}

/**
 * What is told of an address. Not the values where `version` is 4: GNU as miscounts lengths in its location lists that
 * begin within a call.
 */
function answersAt(program: Program, address: bigint, version: number): unknown {
  const [frame] = program.unwind(contextAt(address), { limit: 1 });
  return {
    functions: program.functionsAt(address),
    line: program.lineAt(address),
    variables:
      frame &&
      program.functionsAt(address).map((_, depth) => {
        const { arguments: values, locals } = program.variables(frame, depth);
        const told = [...tell(values), ...tell(locals)];
        return version === 4 ? told.map((text) => text.replace(/ = .*/, '')) : told;
      }),
    file: tell(program.fileVariables(address, contextAt(address))),
  };
}

for (const name of SPLIT) {
  describe(`the debug information of ${name}, which lies in other files`, () => {
    const program = loadFixture(name);

    it('is that of the whole program, at every instruction', () => {
      const version = Number(name.at(-1));
      for (let address = start; address < end; address += 2n) {
        assert.deepEqual(
          answersAt(program, address, version),
          answersAt(whole, address, version),
          address.toString(16),
        );
      }
      assert.deepEqual(program.problems, []);
    });

    it('is found by name', () => {
      assert.deepEqual(program.inlinedCopiesOf('leaf'), whole.inlinedCopiesOf('leaf'));
      const context = contextAt(start);
      assert.equal(program.variableNamed('table', context)?.typeName, whole.variableNamed('table', context)?.typeName);
    });

    it('is missed, with lines left, when the files are', () => {
      const alone = Program.load(name, readFixture(name));
      const [address = 0n] = whole.addressesOfFunction('recurse');
      assert.deepEqual(alone.lineAt(address)?.line, whole.lineAt(address)?.line);
      assert.deepEqual(
        alone.functionsAt(address).map((found) => found.name),
        ['recurse'],
      );
      assert.match(alone.problems.map(String).join('\n'), /main\.dwo was not found: what it says is missing/);
    });
  });
}

it('a split unit of another build is not taken', () => {
  const program = Program.load('o2-split-5.elf', readFixture('o2-split-5'), {
    companions: {
      ...FIXTURE_COMPANIONS,
      read: (path) => FIXTURE_COMPANIONS.read(path.replace('o2-split-5-main', 'o2-split-4-main')),
    },
  });
  const [address = 0n] = whole.addressesOfFunction('recurse');
  program.functionsAt(address);
  assert.match(program.problems.map(String).join('\n'), /main\.dwo belongs to another build/);
});
