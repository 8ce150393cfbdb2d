import assert from 'node:assert/strict';
import type { FloatFunction } from '../../../../emulator/riscv/emitter.ts';
import { floatOperand, integerOperand } from '../../../operands.ts';
import { Random } from '../../../random.ts';
import { type FloatCore, loadFloatCore } from './core.ts';

import {
  type Format,
  type IntegerFormat,
  type Result,
  type RoundingMode,
  add,
  binary32,
  binary64,
  classify,
  convert,
  divide,
  equal,
  extremum,
  fromInteger,
  fusedMultiplyAdd,
  lessOrEqual,
  lessThan,
  multiply,
  roundingModes,
  squareRoot,
  subtract,
  toInteger,
} from './reference.ts';

/**
 * The core's arithmetic against exact rational arithmetic: bits and exceptions, all rounding modes, operands weighted to
 * the edges. FLOAT_CASES sets the number of cases an operation (the nightly run uses 100000).
 */
const CASES = Number(process.env['FLOAT_CASES'] ?? 2500);

type OperandKind = Format | 'integer';

interface Subject {
  readonly name: FloatFunction;
  readonly operands: readonly OperandKind[];
  /** Whether the core's function takes a rounding mode. */
  readonly rounds: boolean;
  readonly reference: (args: readonly bigint[], mode: RoundingMode) => Result;
}

const formats = [
  { prefix: 'f32', format: binary32 },
  { prefix: 'f64', format: binary64 },
] as const;

const integers: readonly { readonly name: 'i32' | 'u32' | 'i64' | 'u64'; readonly format: IntegerFormat }[] = [
  { name: 'i32', format: { signed: true, width: 32 } },
  { name: 'u32', format: { signed: false, width: 32 } },
  { name: 'i64', format: { signed: true, width: 64 } },
  { name: 'u64', format: { signed: false, width: 64 } },
];

function argument(args: readonly bigint[], index: number): bigint {
  const value = args[index];
  assert(value !== undefined);
  return value;
}

const subjects: readonly Subject[] = formats.flatMap(({ prefix, format }): Subject[] => {
  type Binary = (format: Format, a: bigint, b: bigint, mode: RoundingMode) => Result;
  const binary = (operation: 'add' | 'sub' | 'mul' | 'div', reference: Binary): Subject => ({
    name: `${prefix}_${operation}`,
    operands: [format, format],
    rounds: true,
    reference: (args, mode) => reference(format, argument(args, 0), argument(args, 1), mode),
  });
  const unrounded = (
    operation: 'min' | 'max' | 'eq' | 'lt' | 'le',
    reference: (format: Format, a: bigint, b: bigint) => Result,
  ): Subject => ({
    name: `${prefix}_${operation}`,
    operands: [format, format],
    rounds: false,
    reference: (args) => reference(format, argument(args, 0), argument(args, 1)),
  });
  return [
    binary('add', add),
    binary('sub', subtract),
    binary('mul', multiply),
    binary('div', divide),
    {
      name: `${prefix}_sqrt`,
      operands: [format],
      rounds: true,
      reference: (args, mode) => squareRoot(format, argument(args, 0), mode),
    },
    {
      name: `${prefix}_fma`,
      operands: [format, format, format],
      rounds: true,
      reference: (args, mode) =>
        fusedMultiplyAdd(format, argument(args, 0), argument(args, 1), argument(args, 2), mode),
    },
    unrounded('min', (...args) => extremum('minimum', ...args)),
    unrounded('max', (...args) => extremum('maximum', ...args)),
    unrounded('eq', equal),
    unrounded('lt', lessThan),
    unrounded('le', lessOrEqual),
    {
      name: `${prefix}_classify`,
      operands: [format],
      rounds: false,
      reference: (args) => classify(format, argument(args, 0)),
    },
    ...integers.flatMap((integer): Subject[] => [
      {
        name: `${prefix}_to_${integer.name}`,
        operands: [format],
        rounds: true,
        reference: (args, mode) => toInteger(format, integer.format, argument(args, 0), mode),
      },
      {
        name: `${integer.name}_to_${prefix}`,
        operands: ['integer'],
        rounds: true,
        reference: (args, mode) => fromInteger(format, integer.format, argument(args, 0), mode),
      },
    ]),
  ];
});

const conversions: readonly Subject[] = [
  {
    name: 'f32_to_f64',
    operands: [binary32],
    rounds: false,
    reference: (args, mode) => convert(binary32, binary64, argument(args, 0), mode),
  },
  {
    name: 'f64_to_f32',
    operands: [binary64],
    rounds: true,
    reference: (args, mode) => convert(binary64, binary32, argument(args, 0), mode),
  },
];

/**
 * Operands of one case. Often the later ones are made from the first, so that sums cancel, products meet their addend,
 * and quotients come out short.
 */
function operandsOf(random: Random, subject: Subject): bigint[] {
  const values = subject.operands.map((kind) =>
    kind === 'integer' ? integerOperand(random) : floatOperand(random, kind),
  );
  const [format] = subject.operands;
  const last = values.length - 1;
  if (format === undefined || format === 'integer' || last === 0 || random.below(3) !== 0) return values;
  const related = last === 2 ? multiply(format, argument(values, 0), argument(values, 1), 'RNE').bits : values[0];
  const nudge = BigInt(random.below(5) - 2);
  const sign = random.below(2) === 0 ? format.signBit : 0n;
  values[last] = BigInt.asUintN(format.width, ((related ?? 0n) + nudge) ^ sign);
  return values;
}

/** Operands that hosts with sloppy comparisons of ends of ranges get wrong: every pair of these is tried. */
function corners(format: Format): bigint[] {
  const smallestNormal = 1n << BigInt(format.fractionBits);
  const one = BigInt(format.bias) * smallestNormal;
  const positive = [
    0n,
    1n,
    2n,
    smallestNormal - 1n,
    smallestNormal,
    smallestNormal + 1n,
    smallestNormal * 2n - 1n,
    smallestNormal * 2n,
    one - 1n,
    one,
    one + 1n,
    one + smallestNormal / 2n,
    one + smallestNormal,
    format.infinity - smallestNormal,
    format.infinity - 2n,
    format.infinity - 1n,
    format.infinity,
    format.infinity + 1n,
    format.canonicalNaN,
    format.canonicalNaN + 1n,
  ];
  return positive.flatMap((bits) => [bits, bits | format.signBit]);
}

function check(core: FloatCore, subject: Subject, args: readonly bigint[], modeIndex: number): void {
  const mode = roundingModes[modeIndex];
  assert(mode !== undefined);
  const expected = subject.reference(args, mode);
  core.writeFlags(0);
  const call = core.operation(subject.name);
  const bits = subject.rounds ? call(...args, modeIndex) : call(...args);
  const flags = core.readFlags();
  if (bits !== expected.bits || flags !== expected.flags) {
    const hex = (value: bigint): string => `0x${value.toString(16)}`;
    assert.fail(
      `${subject.name}(${args.map(hex).join(', ')}) ${mode}: ` +
        `expected ${hex(expected.bits)} flags ${expected.flags}, got ${hex(bits)} flags ${flags}`,
    );
  }
}

describe('software floating point against exact arithmetic', function () {
  this.timeout(0);
  let core: FloatCore;

  before(() => {
    core = loadFloatCore();
  });

  for (const [index, subject] of [...subjects, ...conversions].entries()) {
    it(`${subject.name} agrees in bits and flags`, () => {
      const random = new Random(index);
      for (let count = 0; count < CASES; count++) {
        const args = operandsOf(random, subject);
        if (!subject.rounds) check(core, subject, args, 0);
        else for (let mode = 0; mode < roundingModes.length; mode++) check(core, subject, args, mode);
      }
    });

    const [kind] = subject.operands;
    if (kind === undefined || kind === 'integer') continue;
    it(`${subject.name} agrees on the corners of its format`, () => {
      const values = corners(kind);
      const random = new Random(index);
      for (const a of values) {
        for (const b of subject.operands.length === 1 ? [0n] : values) {
          const args = [a, b, random.pick([b, a, ...values])].slice(0, subject.operands.length);
          for (let mode = 0; mode < roundingModes.length; mode++) check(core, subject, args, mode);
        }
      }
    });
  }

  it('accrues exceptions and never clears them', () => {
    core.writeFlags(0x1f);
    core.operation('f64_add')(0x3ff0_0000_0000_0000n, 0x3ff0_0000_0000_0000n, 0);
    assert.equal(core.readFlags(), 0x1f);
    core.writeFlags(0x08);
    core.operation('f64_div')(0x3ff0_0000_0000_0000n, 0x4008_0000_0000_0000n, 0);
    assert.equal(core.readFlags(), 0x09);
  });
});
