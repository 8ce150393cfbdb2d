import assert from 'node:assert/strict';
import { coreFunctions, isRounded } from '../../../../emulator/engine/core-interface.ts';
import { inlinePaths } from '../../../../emulator/engine/float/inline-paths.ts';
import { WASM_I64 } from '../../../../emulator/engine/wasm/types.ts';
import type { FloatFunction } from '../../../../emulator/riscv/emitter.ts';
import { floatOperand, integerOperand } from '../../../operands.ts';
import { Random } from '../../../random.ts';
import { InlineAgainstCore, isInline, POOL_SIZE, type Mode } from './inline-module.ts';
import { binary32, binary64, multiply, type Format } from './reference.ts';

/**
 * Inline floating point against the core, which differential.test.ts holds against exact arithmetic: the same bits and the same
 * flags, for every mode known and not known while generating, with and without NX accrued. FLOAT_CASES scales it.
 */
const ROUNDS = Math.ceil(Number(process.env['FLOAT_CASES'] ?? 2500) / 2500);

const NX = 1;
const ALL_BUT_NX = 0x1e;

/** Operands that an operation takes: of a binary format, or integers. */
const operandFormat = (operation: FloatFunction): Format | undefined =>
  operation.startsWith('f32') ? binary32 : operation.startsWith('f64') ? binary64 : undefined;

const operandCount = (operation: FloatFunction): number =>
  coreFunctions()
    .get(operation)
    ?.parameters.filter((type) => type === WASM_I64).length ?? assert.fail(`the core has no ${operation}`);

/** Modes that code is generated for, each with the modes that it is then run in. */
function modesOf(operation: FloatFunction): readonly { readonly mode: Mode; readonly run: readonly number[] }[] {
  if (!isRounded(operation)) return [{ mode: 0, run: [0] }];
  // Only conversions to and from integers are inline in other modes than RNE.
  const known = /[iu]\d\d/.test(operation) ? [0, 1, 2, 3, 4] : [0, 2];
  return [{ mode: 'run-time', run: [0, 1, 2, 3, 4] }, ...known.map((mode) => ({ mode, run: [mode] }))];
}

/** A number whose significand has few bits, of a middling exponent: products and quotients of these are often exact. */
function shortOperand(random: Random, format: Format): bigint {
  const bits = random.below(format.fractionBits / 2 + 4);
  const fraction = (random.bits64() & ((1n << BigInt(bits)) - 1n)) << BigInt(format.fractionBits - bits);
  const exponent = BigInt(format.bias - 20 + random.below(40));
  return (random.once(2) ? 0n : format.signBit) | (exponent << BigInt(format.fractionBits)) | fraction;
}

/** A number with a random significand and an exponent within a format's length of 0, so that sums interfere. */
function middlingOperand(random: Random, format: Format): bigint {
  const exponent = BigInt(format.bias - format.fractionBits + random.below(2 * format.fractionBits));
  const bits = BigInt.asUintN(format.width, random.bits64());
  return (
    (bits & (format.signBit | ((1n << BigInt(format.fractionBits)) - 1n))) | (exponent << BigInt(format.fractionBits))
  );
}

function operand(random: Random, format: Format): bigint {
  switch (random.below(4)) {
    case 0:
      return shortOperand(random, format);
    case 1:
      return middlingOperand(random, format);
    default:
      return floatOperand(random, format);
  }
}

const nudged = (random: Random, format: Format, bits: bigint): bigint =>
  BigInt.asUintN(format.width, (bits + BigInt(random.below(5) - 2)) ^ (random.once(2) ? 0n : format.signBit));

const many = (count: number, make: (index: number) => bigint): bigint[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** Pools of which all combinations are tried. The later ones are partly made from the earlier, so that results cancel. */
function poolsOf(random: Random, operation: FloatFunction): readonly (readonly bigint[])[] {
  const format = operandFormat(operation);
  const count = operandCount(operation);
  if (format === undefined) {
    return [many(POOL_SIZE, () => extended(operation, integerOperand(random)))];
  }
  if (count === 1) {
    return [
      many(POOL_SIZE, () => (random.once(3) ? squareOf(format, operand(random, format)) : operand(random, format))),
    ];
  }
  const size = count === 2 ? 500 : 48;
  const first = many(size, () => operand(random, format));
  const second = many(size, () =>
    random.once(3) ? nudged(random, format, random.pick(first)) : operand(random, format),
  );
  if (count === 2) return [first, second];
  const third = many(4 * size, () =>
    random.once(4)
      ? operand(random, format)
      : nudged(random, format, multiply(format, random.pick(first), random.pick(second), 'RNE').bits),
  );
  return [first, second, third];
}

const squareOf = (format: Format, bits: bigint): bigint => multiply(format, bits, bits, 'RNE').bits;

/** Integers of 32 bits come to the operation extended as their type says. */
function extended(operation: FloatFunction, value: bigint): bigint {
  if (operation.startsWith('i32')) return BigInt.asIntN(32, value);
  return operation.startsWith('u32') ? BigInt.asUintN(32, value) : value;
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;

describe('inline floating point against the core', function () {
  this.timeout(0);

  // Object.keys forgets what the keys are.
  for (const [index, operation] of (Object.keys(inlinePaths) as FloatFunction[]).entries()) {
    it(`${operation} gives the same bits and flags`, () => {
      const random = new Random(index);
      const runs = modesOf(operation).flatMap(({ mode, run }) => {
        const pair = new InlineAgainstCore(operation, mode);
        return run.flatMap((actual) => [0, NX, ALL_BUT_NX].map((flags) => ({ pair, mode, actual, flags })));
      });
      for (let round = 0; round < ROUNDS; round++) {
        const pools = poolsOf(random, operation);
        for (const { pair, mode, actual, flags } of runs) {
          const difference = pair.run(actual, flags, pools);
          if (!difference) continue;
          const { operands, inline, core } = difference;
          assert.fail(
            `${operation}(${operands.map(hex).join(', ')}), mode ${actual}${mode === 'run-time' ? ' at run time' : ''}, ` +
              `from flags ${flags}: inline ${hex(inline.bits)} flags ${inline.flags}, core ${hex(core.bits)} flags ${core.flags}`,
          );
        }
      }
    });
  }

  it('leaves nothing ordinary to the core: neither what rounds with NX accrued nor what is exact', () => {
    const bits = { f32: single, f64: double } as const;
    for (const format of ['f32', 'f64'] as const) {
      const toBits = bits[format];
      for (const name of ['add', 'sub', 'mul', 'div', 'fma', 'min', 'lt'] as const) {
        const operands = (values: readonly number[]): bigint[] => values.slice(0, name === 'fma' ? 3 : 2).map(toBits);
        assert(isInline(`${format}_${name}`, operands([1.1, -0.3, 1e5]), NX), `${format}_${name}, inexact`);
        assert(isInline(`${format}_${name}`, operands([12, 3, -5]), 0), `${format}_${name}, exact`);
        assert(isInline(`${format}_${name}`, operands([-0, 3, 0.1]), 0), `${format}_${name}, of zero`);
      }
      for (const [value, flags] of [[2, NX] as const, [49, 0] as const]) {
        assert(isInline(`${format}_sqrt`, [toBits(value)], flags), `${format}_sqrt(${value})`);
      }
      assert(isInline(`${format}_to_i32`, [toBits(-7)], 0));
      assert(isInline(`${format}_to_i64`, [toBits(0.4)], NX));
      assert(isInline(`i64_to_${format}`, [-77n], 0));
      assert(isInline(`u64_to_${format}`, [2n ** 64n - 1n], NX));
    }
    // Half-way between two numbers, and of few bits.
    assert(isInline('f32_fma', [2 ** 12, 2 ** 12, 1].map(single), NX));
    assert(isInline('f64_fma', [0.1, 3, 2 ** 10].map(double), NX));
    assert(isInline('f64_to_f32', [double(0.5)], 0));
    assert(isInline('f64_to_f32', [double(0.1)], NX));
    assert(!isInline('f64_mul', [double(0.1), double(0.1)], 0), 'raises NX, which is for the core');
  });
});

function single(value: number): bigint {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  return BigInt(view.getUint32(0));
}

function double(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}
