import { floatRegisterNames, integerRegisterNames } from '../../emulator/riscv/registers.ts';

/** The integer register of a name: `x10`, an ABI name, or `fp`, the other name of s0. Undefined for anything else. */
export function registerNumber(name: string): number | undefined {
  if (name === 'fp') return 8;
  return numbered(name, 'x') ?? indexOf(integerRegisterNames, name);
}

/** The floating-point register of a name: `f10` or an ABI name. */
export function floatRegisterNumber(name: string): number | undefined {
  return numbered(name, 'f') ?? indexOf(floatRegisterNames, name);
}

function numbered(name: string, letter: 'x' | 'f'): number | undefined {
  const digits = name.startsWith(letter) ? name.slice(1) : '';
  return /^(\d|[12]\d|3[01])$/.test(digits) ? Number(digits) : undefined;
}

function indexOf(names: readonly string[], name: string): number | undefined {
  const index = names.indexOf(name);
  return index < 0 ? undefined : index;
}
