import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { UnwindContext } from '../../../adapter/symbols/frames/unwind-context.ts';
import { Program } from '../../../adapter/symbols/program.ts';
import { SymbolError } from '../../../adapter/symbols/symbol-error.ts';
import type { Value } from '../../../adapter/symbols/variables/value.ts';
import { readFixture, type FixtureName } from './fixtures.ts';

/** Damaged files: SYMBOL_FUZZ_RUNS chooses how many of each program; the few of a usual run take seconds. */
const RUNS = Number(process.env['SYMBOL_FUZZ_RUNS'] ?? 50);
/** Far more than any look-up takes, and far less than a hang. */
const LONGEST = 10_000;

const FUZZED: readonly FixtureName[] = ['o0-dwarf5', 'o2-dwarf4', 'o2-dwarf5', 'o2-zstd', 'o2-zlib'];

const WHOLE = 2 ** 30;

/** Bytes to overwrite: those that damage lengths, counts and LEB128s are likelier. */
const damage = fc.record({
  /** Of the file's length, in 2^30ths. */
  at: fc.integer({ min: 0, max: WHOLE - 1 }),
  bytes: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 4 }),
    fc.constantFrom(
      Uint8Array.of(0xff),
      Uint8Array.of(0),
      Uint8Array.of(0x80, 0x80, 0x80, 0x80),
      Uint8Array.of(0xff, 0xff, 0xff, 0xff),
      Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f),
    ),
  ),
});
const damages = fc.array(damage, { minLength: 1, maxLength: 6 });
/** What is left of the file: mostly all. */
const cut = fc.oneof(
  { arbitrary: fc.constant(WHOLE), weight: 9 },
  { arbitrary: fc.integer({ min: 0, max: WHOLE }), weight: 1 },
);

for (const name of FUZZED) {
  describe(`a damaged ${name}`, () => {
    const original = readFixture(name);

    it('is refused with a reason, or read as far as it can be', function () {
      this.timeout(0);
      let read = 0;
      fc.assert(
        fc.property(damages, cut, (changes, left) => {
          const bytes = Uint8Array.from(original);
          for (const { at, bytes: change } of changes) {
            const offset = Math.floor((at / WHOLE) * bytes.length);
            bytes.set(change.subarray(0, bytes.length - offset), offset);
          }
          const started = performance.now();
          if (useAll(bytes.subarray(0, Math.floor((left / WHOLE) * bytes.length)))) read++;
          assert.ok(performance.now() - started < LONGEST, 'took too long');
        }),
        { numRuns: RUNS },
      );
      assert.ok(read > RUNS / 4, `${read} of ${RUNS} could be used`);
    });
  });
}

describe('a symbol at an address that no hart has', () => {
  it('is left out', () => {
    // Found by a run of many thousands: the fourth byte of a symbol's value beyond 53 bits, anywhere in the table.
    const original = readFixture('o2-dwarf5');
    for (let offset = Math.floor(original.length * 0.85) & ~7; offset + 8 < original.length * 0.93; offset += 4) {
      const bytes = Uint8Array.from(original);
      bytes.set([0, 0, 0, 32], offset);
      const program = Program.load('damaged', bytes);
      for (const name of ['recurse', 'leaf', 'main', 'table']) {
        program.addressesOfFunction(name);
        for (const { address } of program.lookupSymbols(name)) assert.ok(address < 2n ** 64n);
      }
    }
  });
});

/** Asks everything of a program. False when it could not be loaded; only a SymbolError may say so. */
function useAll(bytes: Uint8Array): boolean {
  let program: Program;
  try {
    program = Program.load('damaged', bytes);
  } catch (error) {
    assert.ok(error instanceof SymbolError, String(error));
    assert.match(error.message, /^.+ \(.+ at 0x[0-9a-f]+\)$/);
    return false;
  }
  const file = program.sourceFiles().at(-1) ?? 'main.c';
  for (const line of [1, 30, 60]) program.addressesOfLine(file, line);
  program.addressesOfLine('main.c', 31);
  for (const name of ['recurse', 'area', 'show_types', 'shapes']) {
    program.addressesOfFunction(name);
    program.inlinedCopiesOf(name);
    program.lookupSymbols(name);
  }
  assert.ok([program.buildId, program.debugLink, program.entry].length === 3);
  for (let address = 0x8000_0000n; address < 0x8000_0800n; address += 34n) useAddress(program, address);
  for (const problem of program.problems) assert.match(problem.message, /^.+ \(.+ at 0x[0-9a-f]+\)$/);
  return true;
}

function useAddress(program: Program, address: bigint): void {
  program.functionsAt(address);
  program.lineRangeAt(address);
  program.symbolNear(address);
  let steps = 0;
  for (const frame of program.unwind(contextAt(address), { limit: 8 })) {
    const { arguments: values, locals } = program.variables(frame);
    [...values, ...locals].forEach((value) => {
      open(value, 0);
    });
    assert.ok(++steps <= 8);
  }
  for (const value of program.fileVariables(address, contextAt(address))) open(value, 0);
}

function open(value: Value, depth: number): void {
  assert.ok(value.text.length + value.typeName.length > 0);
  assert.ok(value.childCount >= 0);
  if (depth < 2) {
    value.children(0, 3).forEach((child) => {
      open(child, depth + 1);
    });
  }
}

/** A machine whose memory holds its own addresses. */
function contextAt(pc: bigint): UnwindContext {
  return {
    pc,
    readRegister: (register) => (register < 64 ? 0x8000_2000n + BigInt(register * 8) : undefined),
    readMemory: (address, length) => {
      if (address < 0x8000_0000n || address > 0x8001_0000n || length > 0x1_0000) return undefined;
      return new Uint8Array(length).fill(Number(address & 0x7fn));
    },
  };
}
