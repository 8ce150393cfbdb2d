// F and D in software, bit-exact: the FloatFunction operations of emulator/riscv/emitter.ts, by the same names. All
// arguments and results are raw bits as u64: a binary32 in the low 32 bits (zero above, in results), integers of 32 bits
// sign-extended, as a register holds them. `rm` is an effective rounding mode, 0 to 4. Exceptions accrue in memory at
// FFLAGS.
export { f32_add, f32_sub, f64_add, f64_sub } from './add';
export { f32_mul, f64_mul } from './multiply';
export { f32_div, f64_div } from './divide';
export { f32_sqrt, f64_sqrt } from './square-root';
export { f32_fma, f64_fma } from './fused';
export { f32_eq, f32_le, f32_lt, f32_max, f32_min, f64_eq, f64_le, f64_lt, f64_max, f64_min } from './compare';
export { f32_classify, f64_classify } from './classify';
export {
  f32_to_i32,
  f32_to_i64,
  f32_to_u32,
  f32_to_u64,
  f64_to_i32,
  f64_to_i64,
  f64_to_u32,
  f64_to_u64,
} from './to-integer';
export {
  i32_to_f32,
  i32_to_f64,
  i64_to_f32,
  i64_to_f64,
  u32_to_f32,
  u32_to_f64,
  u64_to_f32,
  u64_to_f64,
} from './from-integer';
export { f32_to_f64, f64_to_f32 } from './between-formats';
