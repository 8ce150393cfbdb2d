import { registerSource, type Register } from '../../emulator/machine/register.ts';
import { csrByName } from '../../emulator/riscv/csr.ts';
import { floatRegisterNames, integerRegisterNames } from '../../emulator/riscv/registers.ts';
import { RequestFailure } from './failure.ts';

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

/** A register of a hart, or a field of one, as a data breakpoint watches it. */
export interface WatchedRegister {
  readonly space: 'register';
  /** As expressions name it: `$a0`, `$sstatus.SPP`. */
  readonly name: string;
  readonly register: Register;
  /** The bits of it; absent: all. */
  readonly mask?: bigint;
}

/**
 * The register that `$a0`, `$f3`, `$satp`, `$priv` (the privilege) or `$sstatus.SPP` names. Undefined for anything else; a RequestFailure
 * says why a register cannot be watched.
 */
export function watchedRegister(text: string): WatchedRegister | undefined {
  const [, name, field] = /^\$(\w+)(?:\.(\w+))?$/.exec(text) ?? [];
  if (name === undefined) return undefined;
  const register = registerNamed(name);
  if (register === undefined) return undefined;
  if (registerSource(register) === undefined) {
    throw new RequestFailure(`${text} changes with every step, so it cannot be watched.`);
  }
  if (field === undefined) return { space: 'register', name: text, register };
  const found = csrByName(name)?.fields.find((one) => one.name === field);
  if (found === undefined) return undefined;
  if (field === 'SD') throw new RequestFailure(`${text} follows from FS: watch $${name}.FS instead.`);
  const mask = ((1n << BigInt(found.high - found.low + 1)) - 1n) << BigInt(found.low);
  return { space: 'register', name: text, register, mask };
}

function registerNamed(name: string): Register | undefined {
  const x = registerNumber(name);
  if (x !== undefined) return { file: 'x', number: x };
  const f = floatRegisterNumber(name);
  if (f !== undefined) return { file: 'f', number: f };
  if (name === 'priv') return { file: 'privilege' };
  const csr = csrByName(name);
  return csr && { file: 'csr', number: csr.number };
}
