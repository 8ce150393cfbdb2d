/** The reference arithmetic against the host's (round to nearest, no flags), and against results known by hand. */
import assert from 'node:assert/strict';
import type { FloatFunction } from '../../../emulator/riscv/emitter.ts';
import { randomNumbers } from './random.ts';
import { DIVIDE_BY_ZERO, INEXACT, INVALID, OVERFLOW, UNDERFLOW, evaluateFloat } from './reference-float.ts';

const view = new DataView(new ArrayBuffer(8));

function doubleBits(value: number): bigint {
  view.setFloat64(0, value);
  return Number.isNaN(value) ? 0x7ff8000000000000n : view.getBigUint64(0);
}

function doubleOf(bits: bigint): number {
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}

function singleBits(value: number): bigint {
  view.setFloat32(0, value);
  return Number.isNaN(value) ? 0x7fc00000n : BigInt(view.getUint32(0));
}

function singleOf(bits: bigint): number {
  view.setUint32(0, Number(bits));
  return view.getFloat32(0);
}

const next = randomNumbers(754);
/** Exponents near each other and near both ends come up often. */
const randomDouble = (): bigint => {
  const fraction = (BigInt(next()) << 20n) ^ BigInt(next() & (next() % 2 === 0 ? 0xfffff : 0));
  const exponent = [0, 1, 2046, 1023 + (next() % 64) - 32, next() % 2047][next() % 5] ?? 0;
  return (BigInt(next() & 1) << 63n) | (BigInt(exponent) << 52n) | BigInt.asUintN(52, fraction);
};
const randomSingle = (): bigint => {
  const exponent = [0, 1, 254, 127 + (next() % 32) - 16, next() % 255][next() % 5] ?? 0;
  return (BigInt(next() & 1) << 31n) | (BigInt(exponent) << 23n) | BigInt(next() >>> 9);
};

const host: Readonly<Record<'add' | 'sub' | 'mul' | 'div' | 'sqrt', (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  sqrt: (a) => Math.sqrt(a),
};
const operations = ['add', 'sub', 'mul', 'div', 'sqrt'] as const;

describe('reference floating point', () => {
  for (const operation of operations) {
    it(`${operation} rounds to nearest as the host does`, () => {
      for (let count = 0; count < 3000; count++) {
        const [a, b] = [randomDouble(), randomDouble()];
        const double = evaluateFloat(`f64_${operation}`, [a, b], 0).value;
        assert.equal(
          double,
          doubleBits(host[operation](doubleOf(a), doubleOf(b))),
          `${a.toString(16)} ${b.toString(16)}`,
        );
        // One operation in double precision, rounded to single, is correctly rounded: 53 >= 2 * 24 + 2.
        const [c, d] = [randomSingle(), randomSingle()];
        const single = evaluateFloat(`f32_${operation}`, [c, d], 0).value;
        assert.equal(
          single,
          singleBits(host[operation](singleOf(c), singleOf(d))),
          `${c.toString(16)} ${d.toString(16)}`,
        );
      }
    });
  }

  it('converts between the formats as the host does', () => {
    for (let count = 0; count < 3000; count++) {
      const [double, single] = [randomDouble(), randomSingle()];
      assert.equal(evaluateFloat('f64_to_f32', [double], 0).value, singleBits(doubleOf(double)));
      assert.equal(evaluateFloat('f32_to_f64', [single], 0).value, doubleBits(singleOf(single)));
    }
  });

  it('converts integers as the host does', () => {
    for (let count = 0; count < 1000; count++) {
      const integer = BigInt.asIntN(64, (BigInt(next()) << 32n) | BigInt(next())) >> BigInt(next() % 64);
      assert.equal(evaluateFloat('i64_to_f64', [BigInt.asUintN(64, integer)], 0).value, doubleBits(Number(integer)));
    }
  });

  const ONE = 0x3f800000n;
  const LEAST_NORMAL = 0x00800000n;
  const INFINITY = 0x7f800000n;
  const GREATEST = 0x7f7fffffn;
  const NAN = 0x7fc00000n;
  const SIGNALING = 0x7f800001n;
  const NEGATIVE = 0x80000000n;
  const [RNE, RTZ, RDN, RUP, RMM] = [0, 1, 2, 3, 4];

  /** Function, operands, rounding mode; value and flags. */
  const known: readonly (readonly [FloatFunction, readonly bigint[], number, bigint, number])[] = [
    ['f32_div', [ONE, 0n], RNE, INFINITY, DIVIDE_BY_ZERO],
    ['f32_div', [0n, 0n], RNE, NAN, INVALID],
    ['f32_sub', [INFINITY, INFINITY], RNE, NAN, INVALID],
    ['f32_add', [NAN, ONE], RNE, NAN, 0],
    ['f32_add', [SIGNALING, ONE], RNE, NAN, INVALID],
    ['f32_sub', [ONE, ONE], RNE, 0n, 0],
    ['f32_sub', [ONE, ONE], RDN, NEGATIVE, 0],
    ['f32_add', [GREATEST, GREATEST], RNE, INFINITY, OVERFLOW | INEXACT],
    ['f32_add', [GREATEST, GREATEST], RTZ, GREATEST, OVERFLOW | INEXACT],
    ['f32_add', [GREATEST, GREATEST], RDN, GREATEST, OVERFLOW | INEXACT],
    ['f32_add', [GREATEST, GREATEST], RUP, INFINITY, OVERFLOW | INEXACT],
    ['f32_add', [ONE, 0x33800000n], RNE, ONE, INEXACT],
    ['f32_add', [ONE, 0x33800000n], RMM, ONE + 1n, INEXACT],
    ['f32_mul', [LEAST_NORMAL, 0x3f000000n], RNE, 0x00400000n, 0],
    ['f32_mul', [1n, 0x3f000000n], RNE, 0n, UNDERFLOW | INEXACT],
    ['f32_mul', [1n, 0x3f000000n], RMM, 1n, UNDERFLOW | INEXACT],
    // Just below the least normal number: after rounding to 24 bits without bound it is still tiny, and rounds up to it.
    ['f32_mul', [0x00ffffffn, 0x3f000000n], RNE, LEAST_NORMAL, UNDERFLOW | INEXACT],
    // Closer still, it is not tiny after rounding: no underflow.
    ['f64_to_f32', [0x380fffffffffffffn], RNE, LEAST_NORMAL, INEXACT],
    ['f32_sqrt', [NEGATIVE], RNE, NEGATIVE, 0],
    ['f32_sqrt', [ONE | NEGATIVE], RNE, NAN, INVALID],
    ['f32_fma', [INFINITY, 0n, NAN], RNE, NAN, INVALID],
    ['f32_fma', [ONE, ONE, ONE | NEGATIVE], RNE, 0n, 0],
    ['f32_fma', [ONE, ONE, ONE | NEGATIVE], RDN, NEGATIVE, 0],
    // (1 + 2^-23)^2 - (1 + 2^-22) = 2^-46: a product rounded first would give 0.
    ['f32_fma', [ONE + 1n, ONE + 1n, (ONE + 2n) | NEGATIVE], RNE, 0x28800000n, 0],
    ['f32_min', [0n, NEGATIVE], RNE, NEGATIVE, 0],
    ['f32_max', [NEGATIVE, 0n], RNE, 0n, 0],
    ['f32_min', [NAN, ONE], RNE, ONE, 0],
    ['f32_max', [ONE, SIGNALING], RNE, ONE, INVALID],
    ['f32_max', [NAN, NAN], RNE, NAN, 0],
    ['f32_eq', [NAN, ONE], RNE, 0n, 0],
    ['f32_eq', [SIGNALING, ONE], RNE, 0n, INVALID],
    ['f32_lt', [NAN, ONE], RNE, 0n, INVALID],
    ['f32_le', [0n, NEGATIVE], RNE, 1n, 0],
    ['f32_lt', [NEGATIVE | INFINITY, INFINITY], RNE, 1n, 0],
    ['f32_to_i32', [0x4f000000n], RNE, 0x7fffffffn, INVALID],
    ['f32_to_i32', [0xcf000000n], RNE, 0xffffffff80000000n, 0],
    ['f32_to_u32', [0xbf800000n], RNE, 0n, INVALID],
    ['f32_to_u32', [0xbf000000n], RTZ, 0n, INEXACT],
    ['f32_to_u32', [0xbf000000n], RDN, 0n, INVALID],
    ['f32_to_i64', [NAN], RNE, 0x7fffffffffffffffn, INVALID],
    ['f32_to_u64', [NEGATIVE | INFINITY], RNE, 0n, INVALID],
    ['f32_to_i32', [0x3fc00000n], RNE, 2n, INEXACT],
    ['f32_to_i32', [0x3f000000n], RNE, 0n, INEXACT],
    ['f32_to_i32', [0x3f000000n], RMM, 1n, INEXACT],
    ['u64_to_f32', [0xffffffffffffffffn], RNE, 0x5f800000n, INEXACT],
    ['u64_to_f32', [0xffffffffffffffffn], RTZ, 0x5f7fffffn, INEXACT],
    ['i32_to_f32', [0xffffffffffffffffn], RNE, 0xbf800000n, 0],
    ['f32_classify', [NEGATIVE | INFINITY], RNE, 1n, 0],
    ['f32_classify', [0x80000001n], RNE, 4n, 0],
    ['f32_classify', [NEGATIVE], RNE, 8n, 0],
    ['f32_classify', [0n], RNE, 16n, 0],
    ['f32_classify', [ONE], RNE, 64n, 0],
    ['f32_classify', [SIGNALING], RNE, 256n, 0],
    ['f32_classify', [NAN], RNE, 512n, 0],
  ];

  it('gives the values and flags that are known beforehand', () => {
    for (const [operation, args, mode, value, flags] of known) {
      const what = `${operation} of ${args.map((arg) => arg.toString(16)).join(', ')} in mode ${mode}`;
      assert.deepEqual(evaluateFloat(operation, args, mode), { value, flags }, what);
    }
  });
});
