import { WASM_F32, WASM_F64 } from '../wasm/types.ts';
import type { FunctionBody, Local } from '../wasm/function-body.ts';
import { F32, F64, I32, I64 } from '../wasm/opcodes.ts';
import { pushBinary, pushZeroOrInfinite } from './arithmetic.ts';
import { hostDouble, hostSingle, pushFinite, pushOrdinary } from './host-format.ts';
import {
  hostOperand,
  operandOf,
  pushInexactAccrued,
  requireNearestEven,
  requireNoNewFlag,
  type FloatSite,
  type InlinePath,
} from './inline-float.ts';

/** x * y + z with one rounding, in RNE. The host has no such operation, so here the result's bits need a proof too. */

/** The significand bits that a double has and a single has not, and where they stand half-way between two singles. */
const BEYOND_SINGLE = 0x1fffffff;
const HALF_WAY = 0x10000000;

/**
 * In double the product p of singles is exact, s = fl(p + z) is rounded once, and r, the single nearest to s, a second time.
 * An ordinary r is right unless s is inexact and half-way between two singles: half-way points are doubles, and rounding is
 * monotonic, so that s lies on the same side of each as p + z does, if not on it.
 *
 * s is exact as in a sum (fl(s - p) = z and fl(s - z) = p), and r then if it is equal to s.
 */
export const fusedSingle: InlinePath = (site, software) => {
  const { body } = site;
  requireNearestEven(site, software);
  const z = site.temporary(WASM_F64);
  const p = site.temporary(WASM_F64);
  const s = site.temporary(WASM_F64);
  const r = site.temporary(WASM_F32);
  pushWidened(site, 0);
  pushWidened(site, 1);
  body.op(F64.mul);
  body.tee(p);
  pushWidened(site, 2);
  body.tee(z);
  body.op(F64.add);
  body.tee(s);
  body.op(F32.demoteF64);
  body.set(r);
  body.block((roundedOnce) => {
    body.get(s);
    body.op(I64.reinterpretF64, I32.wrapI64);
    body.i32Const(BEYOND_SINGLE);
    body.op(I32.and);
    body.i32Const(HALF_WAY);
    body.op(I32.ne);
    body.brIf(roundedOnce);
    pushIsExactSum(body, s, p, z);
    body.op(I32.eqz);
    body.brIf(software);
  });
  requireNoNewFlag(site, software, {
    inRange: () => {
      pushOrdinary(body, hostSingle, r);
    },
    exact: () => {
      pushIsExactSum(body, s, p, z);
      body.get(r);
      body.op(F64.promoteF32);
      body.get(s);
      body.op(F64.eq, I32.and);
    },
  });
  body.get(r);
  hostSingle.toBits(body);
};

function pushWidened(site: FloatSite, index: number): void {
  site.body.get(operandOf(site, index));
  hostSingle.fromBits(site.body);
  site.body.op(F64.promoteF32);
}

/** Leaves whether s = fl(a + b) is exact. */
function pushIsExactSum(body: FunctionBody, s: Local, a: Local, b: Local): void {
  pushBinary(body, F64.sub, s, a);
  body.get(b);
  body.op(F64.eq);
  pushBinary(body, F64.sub, s, b);
  body.get(a);
  body.op(F64.eq, I32.and);
}

/**
 * Exponent fields of products whose rounding error is a double, as its last bit is at least 2^-1074: at least 2^-959; and, so
 * that what is computed on the way does not overflow, below 2^1022. An overflow elsewhere makes an infinity or a NaN, which no
 * later step turns into a number again.
 */
const LEAST_PRODUCT = 64;
const PRODUCTS = 2045 - LEAST_PRODUCT;
/** Splits a significand, by its bits, into 26 bits above and a signed rest of 26 below. */
const HALF_REST = 1n << 26n;
const UPPER = -(1n << 27n);

/**
 * p = fl(x * y) and its error e, exactly (Dekker's product); s = fl(p + z) and its error t, exactly (Knuth's two-sum). What is
 * wanted is s + (t + e), rounded once; what is computed, c = fl(t + e) and r = fl(s + c).
 *
 * r is right where c is exact, for then it is the wanted sum, rounded once. And it is right where one of the low 32 bits of c
 * is set, which makes c exact if t = 0. Elsewhere p + z is inexact. So p and z are not within a factor of 2 of each other
 * with opposite signs (Sterbenz), and |s| >= |p| / 2, |t| <= ulp(s) / 2, |e| <= ulp(p) / 2 <= ulp(s), |c| <= 3/2 ulp(s). A point m
 * half-way between two doubles that could part s + c from s + t + e is s and a multiple of ulp(s) / 4, at most six of them, so
 * m - s is a double of 3 bits. Rounding is monotonic: c lies on the same side of m - s as t + e, unless c = m - s, and then its
 * low bits are clear.
 *
 * No sum here is tiny and inexact: all terms are multiples of 2^-1074. So NX alone is left where r is finite, and r is exact
 * where c and s + c are. A zero comes out as +0, which p = -z makes it too.
 *
 * Products outside the range of Dekker's are taken of a factor that is zero or infinite only. Then s is what is wanted, and exact: the
 * other term or a signed zero, or infinite, or a NaN.
 */
export const fusedDouble: InlinePath = (site, software) => {
  const { body } = site;
  requireNearestEven(site, software);
  const x = hostOperand(site, hostDouble, 0);
  const y = hostOperand(site, hostDouble, 1);
  const z = hostOperand(site, hostDouble, 2);
  const [p, s, t, e, c, r] = temporaries(site);
  pushBinary(body, F64.mul, x, y);
  body.set(p);
  pushBinary(body, F64.add, p, z);
  body.tee(s);
  body.set(r);
  body.block((accept) => {
    body.get(p);
    hostDouble.exponent(body);
    body.i32Const(LEAST_PRODUCT);
    body.op(I32.sub);
    body.i32Const(PRODUCTS);
    body.op(I32.geU);
    body.if(() => {
      pushZeroOrInfinite(body, hostDouble, x);
      pushZeroOrInfinite(body, hostDouble, y);
      body.op(I32.or);
      pushBinary(body, F64.eq, s, s);
      body.op(I32.and);
      body.brIf(accept);
      body.br(software);
    });
    pushSumError(site, s, p, z);
    body.tee(t);
    pushProductError(site, p, x, y);
    body.tee(e);
    body.op(F64.add);
    body.tee(c);
    body.get(s);
    body.op(F64.add);
    body.set(r);
    body.get(c);
    body.op(I64.reinterpretF64, I32.wrapI64);
    body.if(
      () => {
        pushFinite(body, hostDouble, r);
        pushInexactAccrued(body);
        body.op(I32.and);
        body.brIf(accept);
        body.br(software);
      },
      () => {
        pushIsExactSum(body, c, t, e);
        body.op(I32.eqz);
        body.brIf(software);
      },
    );
    requireNoNewFlag(site, software, {
      inRange: () => {
        pushFinite(body, hostDouble, r);
      },
      exact: () => {
        pushIsExactSum(body, r, s, c);
      },
    });
  });
  body.get(r);
  hostDouble.toBits(body);
};

function temporaries(site: FloatSite): readonly [Local, Local, Local, Local, Local, Local] {
  const local = (): Local => site.temporary(WASM_F64);
  return [local(), local(), local(), local(), local(), local()];
}

/** Leaves a + b - s, of s = fl(a + b). */
function pushSumError(site: FloatSite, s: Local, a: Local, b: Local): void {
  const { body } = site;
  const part = site.temporary(WASM_F64);
  body.get(a);
  body.get(s);
  pushBinary(body, F64.sub, s, a);
  body.tee(part);
  body.op(F64.sub, F64.sub);
  pushBinary(body, F64.sub, b, part);
  body.op(F64.add);
}

/** Leaves x * y - p, of p = fl(x * y). */
function pushProductError(site: FloatSite, p: Local, x: Local, y: Local): void {
  const { body } = site;
  const [upperX, lowerX] = split(site, x);
  const [upperY, lowerY] = split(site, y);
  pushBinary(body, F64.mul, upperX, upperY);
  body.get(p);
  body.op(F64.sub);
  for (const [a, b] of [
    [upperX, lowerY],
    [lowerX, upperY],
    [lowerX, lowerY],
  ] as const) {
    pushBinary(body, F64.mul, a, b);
    body.op(F64.add);
  }
}

/** Two numbers of 26 bits that add up to x, so that their products are exact. */
function split(site: FloatSite, x: Local): readonly [upper: Local, lower: Local] {
  const { body } = site;
  const upper = site.temporary(WASM_F64);
  const lower = site.temporary(WASM_F64);
  body.get(x);
  body.get(x);
  body.op(I64.reinterpretF64);
  body.i64Const(HALF_REST);
  body.op(I64.add);
  body.i64Const(UPPER);
  body.op(I64.and, F64.reinterpretI64);
  body.tee(upper);
  body.op(F64.sub);
  body.set(lower);
  return [upper, lower];
}
