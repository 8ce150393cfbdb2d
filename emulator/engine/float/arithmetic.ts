import type { FunctionBody, Local } from '../wasm/function-body.ts';
import { WASM_I32 } from '../wasm/types.ts';
import { F32, F64, I32, I64 } from '../wasm/opcodes.ts';
import { hostDouble, hostSingle, pushFinite, pushOrdinary, type HostFormat } from './host-format.ts';
import { hostOperand, requireNearestEven, requireNoNewFlag, type FloatSite, type InlinePath } from './inline-float.ts';

/** add, sub, mul, div and sqrt, in RNE: the host's operation is the operation; what has to be proved is the flags. */

/** Computes an operation of the host; the result is in a local. */
function compute(site: FloatSite, format: HostFormat, opcode: number, values: readonly Local[]): Local {
  const result = site.temporary(format.type);
  for (const value of values) site.body.get(value);
  site.body.op(opcode);
  site.body.set(result);
  return result;
}

function pushResult({ body }: FloatSite, format: HostFormat, result: Local): void {
  body.get(result);
  format.toBits(body);
}

/**
 * r = x + y, or x - y. A sum is a multiple of the smallest subnormal number, so it is exact where it is tiny: UF is never
 * raised, and NX alone is left where r is finite.
 *
 * It is exact if and only if fl(r - x) = y and fl(r - y) = x. If r is exact both hold. If both hold, let |x| >= |y| (else
 * swap): then r - x needs no rounding (Dekker's fast two-sum: of base 2, to nearest, without overflow; the greater operand
 * taken off a rounded sum leaves a number of the format), so r - x = y. An infinite r passes neither test unless an operand is
 * infinite, and then inf - inf is a NaN, which fails the other.
 */
export function sum(format: HostFormat, operation: 'add' | 'sub'): InlinePath {
  const { opcode } = format;
  return (site, software) => {
    const { body } = site;
    requireNearestEven(site, software);
    const x = hostOperand(site, format, 0);
    const y = hostOperand(site, format, 1);
    const r = compute(site, format, opcode[operation], [x, y]);
    requireNoNewFlag(site, software, {
      inRange: () => {
        pushFinite(body, format, r);
      },
      exact: () => {
        const [first, second] = operation === 'add' ? [r, x] : [x, r];
        pushBinary(body, opcode.sub, first, second);
        body.get(y);
        body.op(opcode.eq);
        pushBinary(body, operation === 'add' ? opcode.sub : opcode.add, r, y);
        body.get(x);
        body.op(opcode.eq, I32.and);
      },
    });
    pushResult(site, format, r);
  };
}

/** Leaves what the opcode makes of two locals. */
export function pushBinary(body: FunctionBody, opcode: number, a: Local, b: Local): void {
  body.get(a);
  body.get(b);
  body.op(opcode);
}

/** Leaves the product of two singles as a double, which holds it exactly: 24 and 24 bits are at most 53. */
function pushWideProduct(body: FunctionBody, a: Local, b: Local): void {
  body.get(a);
  body.op(F64.promoteF32);
  body.get(b);
  body.op(F64.promoteF32, F64.mul);
}

/** Leaves whether the exact product of a and b, singles, is the single c. */
function pushIsWideProduct(body: FunctionBody, a: Local, b: Local, c: Local): void {
  pushWideProduct(body, a, b);
  body.get(c);
  body.op(F64.promoteF32, F64.eq);
}

/**
 * Single products, quotients and roots are exact if and only if r = x * y, r * y = x, r * r = x, compared in double, where
 * these products are. That needs no range: zeros, subnormal numbers and infinities pass where they are right, and what divides
 * by zero or is invalid meets a NaN (inf * 0), which is equal to nothing.
 */
const exactSingle: Readonly<
  Record<'mul' | 'div' | 'sqrt', (body: FunctionBody, r: Local, x: Local, y: Local) => void>
> = {
  mul: (body, r, x, y) => {
    pushIsWideProduct(body, x, y, r);
  },
  div: (body, r, x, y) => {
    pushIsWideProduct(body, r, y, x);
  },
  sqrt: (body, r, x) => {
    pushIsWideProduct(body, r, r, x);
  },
};

export function scaledSingle(operation: 'mul' | 'div' | 'sqrt'): InlinePath {
  const format = hostSingle;
  return (site, software) => {
    const { body } = site;
    requireNearestEven(site, software);
    const x = hostOperand(site, format, 0);
    const y = operation === 'sqrt' ? x : hostOperand(site, format, 1);
    const r = compute(site, format, F32[operation], operation === 'sqrt' ? [x] : [x, y]);
    requireNoNewFlag(site, software, {
      inRange: () => {
        pushOrdinary(body, format, r);
      },
      exact: () => {
        exactSingle[operation](body, r, x, y);
      },
    });
    pushResult(site, format, r);
  };
}

const FRACTION = (1n << 52n) - 1n;

/**
 * Leaves whether the fractions of two doubles (their low 52 bits f and g) multiply to zero modulo 2^53. If so, and the
 * product of the doubles is an ordinary number, that product is exact: where f or g is zero, one factor is a power of two;
 * elsewhere f and g have at least 53 trailing zeros together, and so has the 106-bit product of the significands.
 *
 * The second factor comes with its upper bits, of which bit 52 reaches the product's bit 52 if f is odd. It cannot turn
 * it to zero: f * g = 2^52 modulo 2^53 with f odd would need g = 2^52.
 */
export function pushShortProduct(body: FunctionBody, a: Local, b: Local): void {
  body.get(a);
  body.op(I64.reinterpretF64);
  body.i64Const(FRACTION);
  body.op(I64.and);
  body.get(b);
  body.op(I64.reinterpretF64, I64.mul);
  body.i64Const(11n);
  body.op(I64.shl, I64.eqz);
}

/** Leaves whether a number is zero or an infinity, which its double is equal to. */
export function pushZeroOrInfinite(body: FunctionBody, format: HostFormat, value: Local): void {
  pushBinary(body, format.opcode.add, value, value);
  body.get(value);
  body.op(format.opcode.eq);
}

/**
 * Double products, quotients and roots are exact where the product x * y, r * y or r * r is short and, of the latter two,
 * equal to x, provided that it is ordinary. They are exact and raise nothing, too, where a factor, the dividend or the radicand
 * is zero or an infinity and r is a number. An exact one that has all 53 bits is left to the core.
 */
export function scaledDouble(operation: 'mul' | 'div' | 'sqrt'): InlinePath {
  const format = hostDouble;
  return (site, software) => {
    const { body } = site;
    requireNearestEven(site, software);
    const x = hostOperand(site, format, 0);
    const y = operation === 'sqrt' ? x : hostOperand(site, format, 1);
    const r = compute(site, format, F64[operation], operation === 'sqrt' ? [x] : [x, y]);
    const product = operation === 'mul' ? r : x;
    const factor = operation === 'sqrt' ? r : y;
    requireNoNewFlag(site, software, {
      inRange: () => {
        pushOrdinary(body, format, r);
      },
      exact: () => {
        pushOrdinary(body, format, product);
        body.ifValue(
          WASM_I32,
          () => {
            pushShortProduct(body, operation === 'mul' ? x : r, factor);
            if (operation === 'mul') return;
            pushBinary(body, F64.mul, r, factor);
            body.get(x);
            body.op(F64.eq, I32.and);
          },
          () => {
            pushZeroOrInfinite(body, format, x);
            if (operation === 'mul') {
              pushZeroOrInfinite(body, format, y);
              body.op(I32.or);
            }
            pushBinary(body, F64.eq, r, r);
            body.op(I32.and);
          },
        );
      },
    });
    pushResult(site, format, r);
  };
}
