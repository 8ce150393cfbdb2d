import type { ExpressionEnvironment } from '../../symbols/expressions/environment.ts';
import { DOUBLE, UNSIGNED_LONG } from '../../symbols/expressions/c-types.ts';
import { ExpressionError } from '../../symbols/expressions/expression-error.ts';
import { Value } from '../../symbols/variables/value.ts';
import type { Program } from '../program.ts';
import { csrByName } from '../../../emulator/riscv/csr.ts';
import { floatRegisterNumber, registerNumber } from '../registers.ts';

/** Where the registers of a probe lie apart, in bytes: more than any object is large. */
const APART = 1n << 40n;
/** An offset from a register that is believed. */
const FARTHEST = 1n << 31n;

/**
 * A hart about to execute an instruction, of which only the instruction is known: each register holds a number of its own,
 * memory cannot be read. What an expression is made of shows by the numbers that come out.
 */
export class Probe {
  /** Two probes of different `seed` tell what comes from a register from what only looks so. */
  constructor(
    private readonly program: Program,
    private readonly pc: bigint,
    private readonly seed: bigint,
  ) {}

  #asked = false;

  /** Whether the last expressions asked for a register since this was last asked: what they came to is no constant. */
  get wasAsked(): boolean {
    const asked = this.#asked;
    this.#asked = false;
    return asked;
  }

  /** Where the numbers of a register begin. */
  private holds(register: number): bigint {
    return (0x5000n + this.seed) * (1n << 48n) + BigInt(register) * APART;
  }

  /** The register that a number counts from, and how far; undefined for one that comes from none. */
  originOf(value: bigint): { readonly register: number; readonly offset: bigint } | undefined {
    for (let register = 1; register < 32; register++) {
      const offset = BigInt.asIntN(64, value - this.holds(register));
      if (offset > -FARTHEST && offset < FARTHEST) return { register, offset };
    }
    return undefined;
  }

  /** What expressions see there: variables of the innermost function. Physical memory is not known. */
  environment(): ExpressionEnvironment {
    const { program, pc } = this;
    const register = (number: number): bigint => {
      this.#asked = true;
      return number === 0 ? 0n : this.holds(number);
    };
    const nothing = (): undefined => undefined;
    const [frame] = program.unwind({ pc, register, read: nothing });
    if (frame === undefined) throw new Error('A stack without a frame.');
    const context = {
      pc,
      readRegister: register,
      readMemory: nothing,
      countElements: nothing,
      describeAddress: nothing,
    };
    const innermost = Math.max(0, program.functionsBefore(pc).length - 1);
    return program.environment(frame, innermost, {
      register: (name) => {
        const number = registerNumber(name);
        const value = name === 'pc' ? pc : number === undefined ? this.unknown(name) : register(number);
        if (value === undefined) return undefined;
        const place = { kind: 'value', value, known: (1n << 64n) - 1n } as const;
        const type = floatRegisterNumber(name) === undefined ? UNSIGNED_LONG : DOUBLE;
        return new Value(name, type, place, context, `$${name}`);
      },
      registerField: (name, field) => {
        if (csrByName(name)?.fields.some((one) => one.name === field) !== true) return undefined;
        const place = { kind: 'value', value: this.unknown(name) ?? 0n, known: (1n << 64n) - 1n } as const;
        return new Value(`${name}.${field}`, UNSIGNED_LONG, place, context, `$${name}.${field}`);
      },
      readMemory: nothing,
      readPhysical: nothing,
      changed: (_text, _value, span) => {
        throw new ExpressionError('$changed compares moments.', span);
      },
    });
  }

  /** Some number for a register that is neither x0 to x31 nor pc; undefined for one that there is not. */
  private unknown(name: string): bigint | undefined {
    const isThere =
      csrByName(name) !== undefined || floatRegisterNumber(name) !== undefined || name === 'counter' || name === 'priv';
    if (!isThere) return undefined;
    this.#asked = true;
    return this.seed + 1n;
  }
}
