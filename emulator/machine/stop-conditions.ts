import type { Engine } from '../engine/engine.ts';
import {
  ACCESS_CHANGE,
  ACCESS_OWN_WRITE,
  ACCESS_READ,
  ACCESS_WRITE,
  HIT_ACCESS,
  HIT_ADDRESS,
  HIT_BY_DEVICE,
  HIT_CONDITION,
  HIT_COUNT,
  HIT_COUNTER,
  HIT_INSTRUCTION,
  HIT_KIND,
  HIT_LENGTH,
  HIT_MAX,
  HIT_MOMENTS,
  HIT_PC,
  HIT_SIZE,
  HIT_WRITE,
  HITS,
  HIT_TRAP,
  LAST_HIT_COUNTER,
  LEAVE_AT_MOMENTS,
  REGISTER_WATCH_COUNT,
  REGISTER_WATCH_GATE,
  REGISTER_WATCH_MASK,
  REGISTER_WATCH_MAX,
  REGISTER_WATCH_OTHER,
  REGISTER_WATCH_SIZE,
  REGISTER_WATCH_SOURCE,
  REGISTER_WATCH_WHEN,
  REGISTER_WATCHES,
  SKIP_COUNTER,
  SPACE_PHYSICAL,
  SPACE_VIRTUAL,
  TRAP_CAUSE,
  TRAP_CONDITION_COUNT,
  TRAP_CONDITION_MAX,
  TRAP_CONDITION_SIZE,
  TRAP_WHEN,
  TRAPS,
  WATCH_ACCESS,
  WATCH_ADDRESS,
  WATCH_COUNT,
  WATCH_LENGTH,
  WATCH_MAX,
  WATCH_SIZE,
  WATCH_SPACE,
  WATCH_WHEN,
  WATCHES,
} from '../engine/layout.ts';
import { PAGE_SIZE } from './paged-space.ts';
import { PredicateCode } from './predicate-code.ts';
import { registerSource, type Register } from './register.ts';
import type { Hit, StopCondition } from './stop.ts';

type InstructionCondition = Extract<StopCondition, { kind: 'instruction' }>;
type AccessCondition = Extract<StopCondition, { kind: 'access' }>;
type TrapCondition = Extract<StopCondition, { kind: 'trap' }>;
type RegisterCondition = Extract<StopCondition, { kind: 'register-change' }>;

const accessBits: Readonly<Record<AccessCondition['access'], number>> = {
  read: ACCESS_READ,
  write: ACCESS_WRITE,
  'read-write': ACCESS_READ | ACCESS_WRITE,
  change: ACCESS_CHANGE,
};

/** A range of memory as the engine watches it. */
interface Watch {
  readonly space: number;
  readonly address: bigint;
  readonly length: number;
  readonly access: number;
  readonly when: number;
}

const NO_COUNTER = 0xffff_ffff_ffff_ffffn;
const ANY_CAUSE = 0xffff_ffff_ffff_ffffn;
const INTERRUPT = 1n << 63n;
/** CSRs by number. */
const FRM = 0x002;
const FCSR = 0x003;
const none: readonly StopCondition[] = [];

/** Installs stop conditions in the engine, and tells which of them it met. */
export class StopConditions {
  readonly #engine: Engine;
  /** Writes here are for the machine itself: the kernel's `tohost`, 8 bytes at a physical address. */
  readonly #own: readonly Watch[];
  #installed: readonly StopCondition[] | undefined;
  #instructions: readonly InstructionCondition[] = [];
  #accesses: readonly AccessCondition[] = [];
  #traps: readonly TrapCondition[] = [];
  #registers: readonly RegisterCondition[] = [];
  #watches: readonly Watch[] = [];

  constructor(engine: Engine, tohost: number | undefined) {
    this.#engine = engine;
    const address = BigInt(tohost ?? 0);
    this.#own =
      tohost === undefined ? [] : [{ space: SPACE_PHYSICAL, address, length: 8, access: ACCESS_OWN_WRITE, when: 0 }];
    this.install(none);
  }

  /** Replaces the conditions. The same array again costs nothing. A RangeError says when there are too many. */
  install(conditions: readonly StopCondition[]): void {
    if (conditions === this.#installed) return;
    // After a set that does not fit, any other is installed afresh.
    this.#installed = undefined;
    const instructions = conditions.filter((each) => each.kind === 'instruction');
    const accesses = conditions.filter((each) => each.kind === 'access');
    const traps = conditions.filter((each) => each.kind === 'trap');
    const code = new PredicateCode(this.#engine.view);
    if (instructions.length > 0 || this.#instructions.length > 0) {
      this.#engine.setBreakpoints(
        instructions.map(({ address, when }) => ({ address: BigInt.asUintN(64, address), when: code.add(when) })),
      );
    }
    this.#instructions = instructions;
    this.#watch([...accesses.map((each) => watchOf(each, code.add(each.when))), ...this.#own]);
    this.#accesses = accesses;
    this.#stopAtTraps(traps, code);
    this.#traps = traps;
    const registers = conditions.filter((each) => each.kind === 'register-change');
    this.#watchRegisters(registers, code);
    this.#registers = registers;
    this.#installed = conditions;
  }

  /** Breakpoints are not met at this counter; undefined: they are met everywhere. */
  skip(counter: number | undefined): void {
    this.#engine.view.setBigUint64(SKIP_COUNTER, counter === undefined ? NO_COUNTER : BigInt(counter), true);
  }

  /** Forgets what was met. The engine leaves at the first moment at which something is met from now on, or at none. */
  begin(leaves: boolean): void {
    const { view } = this.#engine;
    view.setUint32(HIT_COUNT, 0, true);
    view.setBigUint64(HIT_MOMENTS, 0n, true);
    view.setBigUint64(LAST_HIT_COUNTER, NO_COUNTER, true);
    view.setBigUint64(LEAVE_AT_MOMENTS, leaves ? 1n : NO_COUNTER, true);
  }

  /** At how many moments something was met since `begin`. */
  get moments(): number {
    return Number(this.#engine.view.getBigUint64(HIT_MOMENTS, true));
  }

  /** What was met at the last of these moments, in the order in which it was; of very many the last HIT_MAX. */
  lastHits(): Hit[] {
    const { view } = this.#engine;
    const count = view.getUint32(HIT_COUNT, true);
    const last = view.getBigUint64(LAST_HIT_COUNTER, true);
    const hits: Hit[] = [];
    for (let number = count - 1; number >= Math.max(0, count - HIT_MAX); number--) {
      const at = HITS + (number % HIT_MAX) * HIT_SIZE;
      if (view.getBigUint64(at + HIT_COUNTER, true) !== last) break;
      hits.unshift(this.#hit(at, Number(last)));
    }
    return hits;
  }

  /**
   * Notes the conditions that a device meets by storing `after` over `before` at a physical address. `translate` is the
   * hart's translation for people.
   */
  deviceStores(
    address: number,
    before: Uint8Array,
    after: Uint8Array,
    translate: (virtual: bigint) => bigint | undefined,
  ): void {
    this.#accesses.forEach((_condition, index) => {
      const watch = this.#watches[index];
      if (watch === undefined) return;
      const overlaps = piecesOf(watch, translate).flatMap(({ address: first, length }) => {
        const from = Math.max(first - address, 0);
        const to = Math.min(first + length - address, after.length);
        return from < to ? [{ from, to }] : [];
      });
      for (const { from, to } of overlaps) {
        const changed = after.subarray(from, to).some((byte, at) => byte !== before[from + at]);
        const isMet = (watch.access & ACCESS_WRITE) !== 0 || ((watch.access & ACCESS_CHANGE) !== 0 && changed);
        if (isMet) this.#engine.noteDeviceStore(index, address + from, to - from);
      }
    });
  }

  #watch(watches: readonly Watch[]): void {
    if (watches.length > WATCH_MAX) {
      throw new RangeError(`${watches.length} watchpoints: at most ${WATCH_MAX} can be set`);
    }
    if (sameWatches(watches, this.#watches)) return;
    const { view } = this.#engine;
    watches.forEach((watch, index) => {
      const at = WATCHES + index * WATCH_SIZE;
      view.setBigUint64(at + WATCH_ADDRESS, watch.address, true);
      view.setBigUint64(at + WATCH_LENGTH, BigInt(watch.length), true);
      view.setUint32(at + WATCH_SPACE, watch.space, true);
      view.setUint32(at + WATCH_ACCESS, watch.access, true);
      view.setUint32(at + WATCH_WHEN, watch.when, true);
    });
    view.setUint32(WATCH_COUNT, watches.length, true);
    this.#engine.flushTranslations();
    this.#watches = watches;
  }

  #stopAtTraps(traps: readonly TrapCondition[], code: PredicateCode): void {
    if (traps.length > TRAP_CONDITION_MAX) {
      throw new RangeError(`${traps.length} conditions for traps: at most ${TRAP_CONDITION_MAX} can be set`);
    }
    const { view } = this.#engine;
    traps.forEach(({ cause, when }, index) => {
      const at = TRAPS + index * TRAP_CONDITION_SIZE;
      const wanted = cause === undefined ? ANY_CAUSE : BigInt(cause.code) | (cause.interrupt ? INTERRUPT : 0n);
      view.setBigUint64(at + TRAP_CAUSE, wanted, true);
      view.setUint32(at + TRAP_WHEN, code.add(when), true);
    });
    view.setUint32(TRAP_CONDITION_COUNT, traps.length, true);
  }

  #watchRegisters(conditions: readonly RegisterCondition[], code: PredicateCode): void {
    if (conditions.length > REGISTER_WATCH_MAX) {
      throw new RangeError(`${conditions.length} conditions on registers: at most ${REGISTER_WATCH_MAX} can be set`);
    }
    const { view } = this.#engine;
    conditions.forEach(({ register, mask = -1n, when }, index) => {
      const found = registerSource(register);
      if (found === undefined) throw new RangeError('This register changes with every step: it cannot be watched.');
      const at = REGISTER_WATCHES + index * REGISTER_WATCH_SIZE;
      view.setUint32(at + REGISTER_WATCH_SOURCE, found.source, true);
      view.setUint32(at + REGISTER_WATCH_OTHER, found.other, true);
      view.setUint32(at + REGISTER_WATCH_GATE, found.gate, true);
      view.setUint32(at + REGISTER_WATCH_WHEN, code.add(when), true);
      view.setBigUint64(at + REGISTER_WATCH_MASK, found.mask & placed(mask, register), true);
    });
    view.setUint32(REGISTER_WATCH_COUNT, conditions.length, true);
  }

  #hit(at: number, counter: number): Hit {
    const { view } = this.#engine;
    const number = view.getUint32(at + HIT_CONDITION, true);
    const pc = view.getBigUint64(at + HIT_PC, true);
    const address = view.getBigUint64(at + HIT_ADDRESS, true);
    switch (view.getUint32(at + HIT_KIND, true)) {
      case HIT_INSTRUCTION:
        return { kind: 'instruction', counter, hart: 0, condition: numbered(this.#instructions, number), address: pc };
      case HIT_ACCESS: {
        const length = view.getUint32(at + HIT_LENGTH, true);
        const write = view.getUint32(at + HIT_WRITE, true) !== 0;
        const condition = numbered(this.#accesses, number);
        const byDevice = view.getUint32(at + HIT_BY_DEVICE, true) !== 0;
        return { kind: 'access', counter, hart: 0, condition, pc, address, length, write, byDevice };
      }
      case HIT_TRAP: {
        const condition = numbered(this.#traps, number);
        const code = Number(BigInt.asUintN(63, address));
        return { kind: 'trap', counter, hart: 0, condition, pc, code, interrupt: (address & INTERRUPT) !== 0n };
      }
      default:
        return { kind: 'register-change', counter, hart: 0, condition: numbered(this.#registers, number), pc };
    }
  }
}

/** The bits of a register that a condition names, where the engine has them: frm is kept above fflags. */
function placed(mask: bigint, register: Register): bigint {
  const bits = BigInt.asUintN(64, mask);
  if (register.file !== 'csr') return bits;
  if (register.number === FRM) return BigInt.asUintN(64, bits << 32n);
  return register.number === FCSR ? (bits & 0x1fn) | ((bits & 0xe0n) << 27n) : bits;
}

function numbered<T>(conditions: readonly T[], number: number): T {
  const condition = conditions[number];
  if (condition === undefined) throw new RangeError(`the engine met condition ${number}, which is not there`);
  return condition;
}

function watchOf({ space, address, length, access }: AccessCondition, when: number): Watch {
  return {
    space: space === 'virtual' ? SPACE_VIRTUAL : SPACE_PHYSICAL,
    address: BigInt.asUintN(64, address),
    length: Math.max(1, length),
    access: accessBits[access],
    when,
  };
}

/** Where the bytes of a watch are in physical memory, as far as that is known. */
function piecesOf(
  { space, address, length }: Watch,
  translate: (virtual: bigint) => bigint | undefined,
): readonly { readonly address: number; readonly length: number }[] {
  if (space === SPACE_PHYSICAL) return [{ address: Number(address), length }];
  const pieces: { address: number; length: number }[] = [];
  for (let done = 0; done < length;) {
    const virtual = BigInt.asUintN(64, address + BigInt(done));
    const inPage = Math.min(length - done, PAGE_SIZE - Number(virtual % BigInt(PAGE_SIZE)));
    const physical = translate(virtual);
    if (physical !== undefined) pieces.push({ address: Number(physical), length: inPage });
    done += inPage;
  }
  return pieces;
}

function sameWatches(a: readonly Watch[], b: readonly Watch[]): boolean {
  const same = (one: Watch, other: Watch | undefined): boolean =>
    other?.address === one.address &&
    other.length === one.length &&
    other.space === one.space &&
    other.access === one.access &&
    other.when === one.when;
  return a.length === b.length && a.every((watch, index) => same(watch, b[index]));
}
