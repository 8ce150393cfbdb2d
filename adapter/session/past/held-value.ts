import { csrByName } from '../../../emulator/riscv/csr.ts';
import { evaluate } from '../../symbols/expressions/evaluate.ts';
import { ExpressionError } from '../../symbols/expressions/expression-error.ts';
import type { Value } from '../../symbols/variables/value.ts';
import type { Debuggee } from '../debuggee.ts';
import { machineEnvironment, NO_CHANGES } from '../expression/machine-environment.ts';
import type { ProgramFrame, UnwindContext } from '../program.ts';
import { floatRegisterNumber } from '../registers.ts';
import type { ViewFrame } from '../stopped-view.ts';
import type { HeldBits, Holder, RegisterHolder } from './holder.ts';

const WORD = 8;
const WORD_BITS = 64;
const ALL_ONES = (1n << 64n) - 1n;
/** Any number without a period, so that a value made of a part of it tells which part. */
const PATTERN = 0x9e37_79b9_7f4a_7c15n;
const FIRST_FLOAT = 32;

/**
 * Where a value that is not in memory as it stands is held: in which registers, and in which words of the stack that a callee has
 * saved them to. Found by asking again with one of those inverted at a time: what changes with it is held there. Empty for
 * what is computed.
 */
export function holdersOf(debuggee: Debuggee, frame: ViewFrame, text: string): readonly HeldBits[] {
  const plain = registerNamed(text);
  if (plain !== undefined && plain.kind !== 'x') return [{ holder: plain, at: 0, from: 0, count: WORD_BITS }];
  const probe = new Probe(debuggee, frame, text);
  const value = probe.ask(undefined);
  if (value === undefined) return [];
  return probe.places().flatMap((place) => {
    const found = probe.bitsOf(place, value);
    return found === undefined ? [] : [found];
  });
}

/** `$a0`, `a0`, `fa0`, `$sepc`: a register by its name. */
function registerNamed(text: string): RegisterHolder | undefined {
  const name = text.trim().replace(/^\$/, '');
  const float = floatRegisterNumber(name);
  if (float !== undefined) return { kind: 'f', number: float };
  const csr = text.trim().startsWith('$') ? csrByName(name) : undefined;
  return csr === undefined ? undefined : { kind: 'csr', number: csr.number };
}

/** A register by its DWARF number, or a word of virtual memory. */
type Place =
  { readonly kind: 'register'; readonly number: number } | { readonly kind: 'word'; readonly address: bigint };

interface Inverted {
  readonly place: Place;
  readonly by: bigint;
}

/** Asks for an expression as it would be with something else in one register, or in one word of memory. */
class Probe {
  readonly #debuggee: Debuggee;
  readonly #frame: ViewFrame;
  readonly #text: string;
  readonly #registers = new Set<number>();
  readonly #words = new Set<bigint>();

  constructor(debuggee: Debuggee, frame: ViewFrame, text: string) {
    this.#debuggee = debuggee;
    this.#frame = frame;
    this.#text = text;
  }

  /** What the first question looked at. */
  places(): readonly Place[] {
    return [
      ...[...this.#registers].map((number): Place => ({ kind: 'register', number })),
      ...[...this.#words].map((address): Place => ({ kind: 'word', address })),
    ];
  }

  /** The value's bits; undefined when it has none. */
  ask(inverted: Inverted | undefined): bigint | undefined {
    try {
      const contents = this.#evaluate(inverted)?.read();
      return contents?.kind === 'bits' ? contents.value : undefined;
    } catch (error) {
      if (error instanceof ExpressionError) return undefined;
      throw error;
    }
  }

  /** Which bits of the value a place holds; undefined when it is none, or they are not simply copied. */
  bitsOf(place: Place, value: bigint): HeldBits | undefined {
    const other = this.ask({ place, by: ALL_ONES });
    const changed = other === undefined ? 0n : other ^ value;
    const run = runOf(changed);
    const patterned = this.ask({ place, by: PATTERN });
    if (run === undefined || patterned === undefined) return undefined;
    const { at, count } = run;
    const mask = (1n << BigInt(count)) - 1n;
    const seen = ((patterned ^ value) >> BigInt(at)) & mask;
    for (let from = 0; from + count <= WORD_BITS; from++) {
      if (((PATTERN >> BigInt(from)) & mask) !== seen) continue;
      const holder = this.#holderOf(place);
      return holder === undefined ? undefined : { holder, at, from, count };
    }
    return undefined;
  }

  #holderOf(place: Place): Holder | undefined {
    if (place.kind === 'word') {
      const translation = this.#debuggee.timeline.translate(this.#frame.hart, place.address);
      if (translation.kind === 'unmapped') return undefined;
      return { kind: 'memory', address: translation.physical, length: WORD };
    }
    const { number } = place;
    return number < FIRST_FLOAT ? { kind: 'x', number } : { kind: 'f', number: number - FIRST_FLOAT };
  }

  #evaluate(inverted: Inverted | undefined): Value | undefined {
    const { program, timeline } = this.#debuggee;
    const { hart, inlineDepth } = this.#frame;
    const frame = this.#frameIn(this.#context(inverted));
    if (frame === undefined) return undefined;
    const registers = {
      pc: frame.pc,
      register: (number: number) => frame.register(number),
      describeAddress: () => undefined,
    };
    const machine = machineEnvironment(timeline, hart, registers, NO_CHANGES);
    return evaluate(this.#text, program.environment(frame, inlineDepth, machine));
  }

  #context(inverted: Inverted | undefined): UnwindContext {
    const real = this.#debuggee.hart(this.#frame.hart).unwindContext();
    return {
      pc: real.pc,
      register: (number) => {
        if (inverted === undefined && number > 0 && number < 2 * FIRST_FLOAT) this.#registers.add(number);
        const value = real.register(number);
        if (inverted === undefined || value === undefined) return value;
        const isInverted = inverted.place.kind === 'register' && inverted.place.number === number;
        return isInverted ? value ^ inverted.by : value;
      },
      read: (address, length) => {
        const bytes = real.read(address, length);
        if (bytes === undefined || length !== WORD) return bytes;
        if (inverted === undefined) this.#words.add(address);
        if (inverted?.place.kind !== 'word' || inverted.place.address !== address) return bytes;
        const copy = bytes.slice();
        const view = new DataView(copy.buffer);
        view.setBigUint64(0, view.getBigUint64(0, true) ^ inverted.by, true);
        return copy;
      },
    };
  }

  /** The frame that the client means, on a stack unwound afresh. */
  #frameIn(context: UnwindContext): ProgramFrame | undefined {
    const { frame } = this.#frame;
    let depth = 0;
    for (const one of this.#debuggee.program.unwind(this.#debuggee.hart(this.#frame.hart).unwindContext())) {
      if (one.pc === frame.pc && one.cfa === frame.cfa) break;
      depth++;
    }
    for (const one of this.#debuggee.program.unwind(context)) if (depth-- === 0) return one;
    return undefined;
  }
}

/** The one run of ones in a number; undefined when there is none, or there are several. */
function runOf(bits: bigint): { readonly at: number; readonly count: number } | undefined {
  if (bits === 0n) return undefined;
  let at = 0;
  while (((bits >> BigInt(at)) & 1n) === 0n) at++;
  let count = 0;
  while (((bits >> BigInt(at + count)) & 1n) === 1n) count++;
  return bits >> BigInt(at + count) === 0n ? { at, count } : undefined;
}
