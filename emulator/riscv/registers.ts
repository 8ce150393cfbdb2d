/** Names of the registers (RISC-V ABIs Specification, "Register Convention"). */

/** ABI names of x0 to x31, as GNU tools print them. */
export const integerRegisterNames: readonly string[] = [
  ...['zero', 'ra', 'sp', 'gp', 'tp', 't0', 't1', 't2', 's0', 's1'],
  ...['a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7'],
  ...['s2', 's3', 's4', 's5', 's6', 's7', 's8', 's9', 's10', 's11'],
  ...['t3', 't4', 't5', 't6'],
];

/** ABI names of f0 to f31. */
export const floatRegisterNames: readonly string[] = [
  ...['ft0', 'ft1', 'ft2', 'ft3', 'ft4', 'ft5', 'ft6', 'ft7', 'fs0', 'fs1'],
  ...['fa0', 'fa1', 'fa2', 'fa3', 'fa4', 'fa5', 'fa6', 'fa7'],
  ...['fs2', 'fs3', 'fs4', 'fs5', 'fs6', 'fs7', 'fs8', 'fs9', 'fs10', 'fs11'],
  ...['ft8', 'ft9', 'ft10', 'ft11'],
];

/** The name of an integer register, 0 to 31: its ABI name, or `x10`. */
export function integerRegisterName(number: number, numeric = false): string {
  return (numeric ? undefined : integerRegisterNames[number]) ?? `x${number}`;
}

/** The name of a floating-point register, 0 to 31: its ABI name, or `f10`. */
export function floatRegisterName(number: number, numeric = false): string {
  return (numeric ? undefined : floatRegisterNames[number]) ?? `f${number}`;
}
