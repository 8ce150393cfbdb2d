import type { FloatFunction } from '../../riscv/emitter.ts';
import { scaledDouble, scaledSingle, sum } from './arithmetic.ts';
import { comparison, extremum } from './comparison.ts';
import { doubleToSingle, fromInteger, singleToDouble, toInteger } from './conversion.ts';
import { fusedDouble, fusedSingle } from './fused.ts';
import { hostDouble, hostSingle } from './host-format.ts';
import type { InlinePath } from './inline-float.ts';

/** An operation's inline path. */
interface Inline {
  readonly path: InlinePath;
  /** It holds in RNE only; the core does the other modes. */
  readonly nearestEvenOnly: boolean;
}

const rounded = (path: InlinePath): Inline => ({ path, nearestEvenOnly: true });
const inAnyMode = (path: InlinePath): Inline => ({ path, nearestEvenOnly: false });

/** What is inline. Classification is not: it is rare. */
export const inlinePaths: Readonly<Partial<Record<FloatFunction, Inline>>> = {
  f32_add: rounded(sum(hostSingle, 'add')),
  f32_sub: rounded(sum(hostSingle, 'sub')),
  f32_mul: rounded(scaledSingle('mul')),
  f32_div: rounded(scaledSingle('div')),
  f32_sqrt: rounded(scaledSingle('sqrt')),
  f32_fma: rounded(fusedSingle),
  f32_min: inAnyMode(extremum(hostSingle, 'min')),
  f32_max: inAnyMode(extremum(hostSingle, 'max')),
  f32_eq: inAnyMode(comparison(hostSingle, 'eq')),
  f32_lt: inAnyMode(comparison(hostSingle, 'lt')),
  f32_le: inAnyMode(comparison(hostSingle, 'le')),
  f32_to_i32: inAnyMode(toInteger(hostSingle, 'i32')),
  f32_to_u32: inAnyMode(toInteger(hostSingle, 'u32')),
  f32_to_i64: inAnyMode(toInteger(hostSingle, 'i64')),
  f32_to_u64: inAnyMode(toInteger(hostSingle, 'u64')),
  i32_to_f32: inAnyMode(fromInteger(hostSingle, 'i32')),
  u32_to_f32: inAnyMode(fromInteger(hostSingle, 'u32')),
  i64_to_f32: inAnyMode(fromInteger(hostSingle, 'i64')),
  u64_to_f32: inAnyMode(fromInteger(hostSingle, 'u64')),
  f32_to_f64: inAnyMode(singleToDouble),

  f64_add: rounded(sum(hostDouble, 'add')),
  f64_sub: rounded(sum(hostDouble, 'sub')),
  f64_mul: rounded(scaledDouble('mul')),
  f64_div: rounded(scaledDouble('div')),
  f64_sqrt: rounded(scaledDouble('sqrt')),
  f64_fma: rounded(fusedDouble),
  f64_min: inAnyMode(extremum(hostDouble, 'min')),
  f64_max: inAnyMode(extremum(hostDouble, 'max')),
  f64_eq: inAnyMode(comparison(hostDouble, 'eq')),
  f64_lt: inAnyMode(comparison(hostDouble, 'lt')),
  f64_le: inAnyMode(comparison(hostDouble, 'le')),
  f64_to_i32: inAnyMode(toInteger(hostDouble, 'i32')),
  f64_to_u32: inAnyMode(toInteger(hostDouble, 'u32')),
  f64_to_i64: inAnyMode(toInteger(hostDouble, 'i64')),
  f64_to_u64: inAnyMode(toInteger(hostDouble, 'u64')),
  i32_to_f64: inAnyMode(fromInteger(hostDouble, 'i32')),
  u32_to_f64: inAnyMode(fromInteger(hostDouble, 'u32')),
  i64_to_f64: inAnyMode(fromInteger(hostDouble, 'i64')),
  u64_to_f64: inAnyMode(fromInteger(hostDouble, 'u64')),
  f64_to_f32: rounded(doubleToSingle),
};
