import { csrByName, csrs } from '../../../emulator/riscv/csr.ts';
import { integerRegisterNames } from '../../../emulator/riscv/registers.ts';
import type { TimelineContract } from '../../../emulator/replay/timeline-contract.ts';
import { DOUBLE, LONG, pointerTo, UNSIGNED_LONG } from '../../symbols/expressions/c-types.ts';
import { ExpressionError } from '../../symbols/expressions/expression-error.ts';
import type { MachineEnvironment } from '../../symbols/expressions/program-environment.ts';
import { Register } from '../../symbols/frames/registers.ts';
import type { RegisterHome } from '../../symbols/frames/unwind-context.ts';
import type { Type } from '../../symbols/types/type.ts';
import { Value, type ValueContext } from '../../symbols/variables/value.ts';
import { floatRegisterNumber, registerNumber } from '../registers.ts';

/** A frame as far as registers go. */
export interface RegisterFrame {
  readonly pc: bigint;
  /** x0 to x31 as the frame has them; undefined where nobody kept the value. */
  readonly register: (number: number) => bigint | undefined;
  /** Where a register can be written; absent where nothing is to be. */
  readonly home?: (number: number) => RegisterHome | undefined;
  /** It is the innermost one, of a hart: its pc is the hart's. */
  readonly isPresent?: boolean;
  /** `<name+0x12>` for an address of the program. */
  readonly describeAddress: (address: bigint) => string | undefined;
}

/** Tells whether an expression has changed; see `MachineEnvironment.changed`. */
export type ChangeQuestion = MachineEnvironment['changed'];

/** Registers, CSRs and the moment, as expressions name them. */
export function machineEnvironment(
  timeline: TimelineContract,
  hart: number,
  frame: RegisterFrame,
  changed: ChangeQuestion,
): MachineEnvironment {
  const view = timeline.harts[hart];
  const read = (address: bigint, length: number): Uint8Array | undefined => {
    const { bytes } = timeline.readVirtual(hart, address, length);
    return bytes.length === length ? bytes : undefined;
  };
  const readPhysical = (address: bigint, length: number): Uint8Array | undefined => {
    const { bytes } = timeline.readPhysical(address, length);
    return bytes.length === length ? bytes : undefined;
  };
  const context: ValueContext = {
    pc: frame.pc,
    readRegister: (number) => frame.register(number),
    readMemory: read,
    readPhysical,
    countElements: () => undefined,
    describeAddress: (address) => frame.describeAddress(address),
  };
  const known = (name: string, type: Type, value: bigint, at?: RegisterHome): Value => {
    const home = at === undefined ? {} : { home: { at, shift: 0, whole: value } };
    return new Value(name, type, { kind: 'value', value, known: (1n << 64n) - 1n, ...home }, context, `$${name}`);
  };
  const register = (name: string): Value | undefined => {
    if (name === 'pc') return known(name, CODE, frame.pc, frame.isPresent === true ? { kind: 'pc' } : undefined);
    if (name === 'priv') return view && known(name, UNSIGNED_LONG, { U: 0n, S: 1n, M: 3n }[view.privilege]);
    if (name === 'counter') return known(name, UNSIGNED_LONG, BigInt(timeline.counter));
    const integer = registerNumber(name);
    if (integer !== undefined) {
      const type = typeOfRegister(integer);
      const value = integer === 0 ? 0n : frame.register(integer);
      if (value !== undefined) return known(name, type, value, frame.home?.(integer));
      const place = { kind: 'unavailable', reason: 'the callee did not save it' } as const;
      return new Value(name, type, place, context, `$${name}`);
    }
    const float = floatRegisterNumber(name);
    if (float !== undefined) {
      return (
        view && known(name, DOUBLE, view.readF(float), { kind: 'register', register: Register.firstFloat + float })
      );
    }
    const csr = csrByName(name);
    const value = csr === undefined ? undefined : view?.readCsr(csr.number);
    if (csr === undefined || value === undefined) return undefined;
    return known(name, UNSIGNED_LONG, value, { kind: 'register', register: Register.firstCsr + csr.number });
  };
  return {
    register,
    registerField: (name, field) => {
      const found = csrByName(name)?.fields.find((one) => one.name === field);
      const whole = found === undefined ? undefined : register(name);
      if (found === undefined || whole === undefined) return undefined;
      const part = { bitOffset: found.low, bitSize: found.high - found.low + 1 };
      return new Value(`${name}.${field}`, UNSIGNED_LONG, whole.place, context, `$${name}.${field}`, part);
    },
    readMemory: read,
    readPhysical,
    changed,
  };
}

/** For places where no earlier value is kept. */
export const NO_CHANGES: ChangeQuestion = (_text, _value, span) => {
  throw new ExpressionError('$changed is for watches and conditions, where there is an earlier value.', span);
};

const VOID: Type = { kind: 'void' };
const DATA = pointerTo(VOID);
const CODE = pointerTo({
  kind: 'function',
  result: () => VOID,
  parameters: () => [],
  isVariadic: false,
  isPrototyped: false,
});

/** By the calling convention ra is a code address, and sp, gp, tp and fp are addresses of data. */
function typeOfRegister(number: number): Type {
  if (number === 1) return CODE;
  return number === 2 || number === 3 || number === 4 || number === 8 ? DATA : LONG;
}

/** The names that may follow a dollar sign. */
export function registerNames(): string[] {
  return ['pc', 'counter', 'priv', ...integerRegisterNames, ...csrs.map(({ name }) => name)];
}

/** The names of a CSR's fields; empty for what is none. */
export function fieldNames(register: string): string[] {
  return (csrByName(register)?.fields ?? []).map(({ name }) => name);
}
