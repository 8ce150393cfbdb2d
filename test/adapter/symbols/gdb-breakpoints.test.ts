import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { requirePeer } from '../../peers.ts';
import { fixturePath, loadFixture, PROGRAMS_WITH_LINES } from './fixtures.ts';
import { askGdb, breakpointAddresses } from './gdb.ts';

const FUNCTIONS = [
  'main',
  'recurse',
  'deepest',
  'leaf',
  'scale',
  'total_area',
  'call_through',
  'other_scale',
  '_start',
];
const FILES = ['main.c', 'other.c', 'shapes.h', 'start.S'];

/**
 * In what clang compiled gdb 13 stops behind the prologue of some functions and before that of others; it crashes where a
 * DWARF 5 package has type units, and it is not told where files are kept by their build-id.
 */
const NOT_COMPARED: readonly string[] = ['o2-clang-4', 'o2-clang-5', 'o2-package-5', 'o2-build-id'];
const COMPARED = PROGRAMS_WITH_LINES.filter((name) => !NOT_COMPARED.includes(name));

for (const name of COMPARED) {
  describe(`breakpoints in ${name}, against gdb`, () => {
    const program = loadFixture(name);
    before(function () {
      requirePeer(this, 'gdb-multiarch');
    });

    it('are at the same addresses for every line of every file', () => {
      const places = FILES.flatMap((file) =>
        readFileSync(fixturePath(file), 'utf8')
          .split('\n')
          .map((_, index) => ({ file, line: index + 1 })),
      );
      const commands = places.flatMap(({ file, line }) => [`break ${file}:${line}`, 'info breakpoints', 'delete']);
      const answers = askGdb(fixturePath(`${name}.elf`), commands, fixturePath('.'));
      const differences: string[] = [];
      places.forEach(({ file, line }, at) => {
        const expected = breakpointAddresses(answers[at * 3 + 1] ?? '');
        const actual = program.addressesOfLine(file, line)?.addresses ?? [];
        if (!sameAddresses(expected, actual)) {
          differences.push(`${file}:${line}: gdb ${format(expected)}, here ${format(actual)}`);
        }
      });
      assert.deepEqual(differences, []);
    });

    it('are at the same addresses for every function and its inlined copies', () => {
      const commands = FUNCTIONS.flatMap((functionName) => [`break ${functionName}`, 'info breakpoints', 'delete']);
      const answers = askGdb(fixturePath(`${name}.elf`), commands, fixturePath('.'));
      const differences: string[] = [];
      FUNCTIONS.forEach((functionName, at) => {
        const told = breakpointAddresses(answers[at * 3 + 1] ?? '');
        const actual = [...program.addressesOfFunction(functionName), ...program.inlinedCopiesOf(functionName)].sort(
          (a, b) => (a < b ? -1 : 1),
        );
        // Where a kernel patches a function's start, gdb 13 takes its symbol for a second function of the name.
        const expected = name === 'o2-patchable' ? told.filter((address) => actual.includes(address)) : told;
        if (!sameAddresses(expected, actual)) {
          differences.push(`${functionName}: gdb ${format(expected)}, here ${format(actual)}`);
        }
      });
      assert.deepEqual(differences, []);
    });
  });
}

function sameAddresses(left: readonly bigint[], right: readonly bigint[]): boolean {
  return left.length === right.length && left.every((address, at) => address === right[at]);
}

function format(addresses: readonly bigint[]): string {
  return addresses.map((address) => `0x${address.toString(16)}`).join(' ') || 'nothing';
}
