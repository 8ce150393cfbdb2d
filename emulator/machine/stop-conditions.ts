import type { Engine } from '../engine/engine.ts';
import {
  ACCESS_CHANGE,
  ACCESS_PC,
  ACCESS_READ,
  ACCESS_WRITE,
  HIT_ADDRESS,
  HIT_COUNT,
  HIT_LENGTH,
  HIT_SIZE,
  HIT_WATCH,
  HIT_WRITE,
  HITS,
  LEAVE_ACCESS,
  LEAVE_BREAKPOINT,
  LEAVE_TRAP,
  SKIP_COUNTER,
  SPACE_PHYSICAL,
  SPACE_VIRTUAL,
  TRAP_HIT_CAUSE,
  TRAP_HIT_PC,
  TRAP_STOP,
  WATCH_ACCESS,
  WATCH_ADDRESS,
  WATCH_COUNT,
  WATCH_LENGTH,
  WATCH_MAX,
  WATCH_SIZE,
  WATCH_SPACE,
  WATCHES,
} from '../engine/layout.ts';
import type { Hit, StopCondition } from './stop.ts';

type AccessCondition = Extract<StopCondition, { kind: 'access' }>;

const accessBits: Readonly<Record<AccessCondition['access'], number>> = {
  read: ACCESS_READ,
  write: ACCESS_WRITE,
  'read-write': ACCESS_READ | ACCESS_WRITE,
  change: ACCESS_CHANGE,
};

const NO_COUNTER = 0xffff_ffff_ffff_ffffn;
const none: readonly StopCondition[] = [];

/** Installs stop conditions in the engine, and tells which of them a slice met. */
export class StopConditions {
  readonly #engine: Engine;
  /** Always watched, before the person's conditions: the kernel's `tohost`. */
  readonly #own: readonly AccessCondition[];
  #installed: readonly StopCondition[] | undefined;
  #watches: readonly AccessCondition[] = [];
  #traps: readonly Extract<StopCondition, { kind: 'trap' }>[] = [];

  constructor(engine: Engine, own: readonly AccessCondition[]) {
    this.#engine = engine;
    this.#own = own;
    this.install(none);
  }

  /** Replaces the conditions. The same array again costs nothing. A RangeError says when there are too many. */
  install(conditions: readonly StopCondition[]): void {
    if (conditions === this.#installed) return;
    const { view } = this.#engine;
    const addresses = conditions.flatMap((each) => (each.kind === 'instruction' ? [each.address] : []));
    const watches = [...this.#own, ...conditions.filter((each) => each.kind === 'access')];
    if (watches.length > WATCH_MAX)
      throw new RangeError(`${watches.length} watchpoints: at most ${WATCH_MAX} can be set`);
    this.#engine.setBreakpoints(addresses.map((address) => BigInt.asUintN(64, address)));
    this.#traps = conditions.filter((each) => each.kind === 'trap');
    view.setUint32(TRAP_STOP, this.#traps.length > 0 ? 1 : 0, true);
    if (!sameWatches(watches, this.#watches)) {
      watches.forEach((watch, index) => {
        const at = WATCHES + index * WATCH_SIZE;
        view.setBigUint64(at + WATCH_ADDRESS, BigInt.asUintN(64, watch.address), true);
        view.setBigUint64(at + WATCH_LENGTH, BigInt(Math.max(1, watch.length)), true);
        view.setUint32(at + WATCH_SPACE, watch.space === 'virtual' ? SPACE_VIRTUAL : SPACE_PHYSICAL, true);
        view.setUint32(at + WATCH_ACCESS, accessBits[watch.access], true);
      });
      view.setUint32(WATCH_COUNT, watches.length, true);
      this.#engine.flushTranslations();
    }
    this.#watches = watches;
    this.#installed = conditions;
  }

  /** Breakpoints are not met at this counter; undefined: they are met everywhere. */
  skip(counter: number | undefined): void {
    this.#engine.view.setBigUint64(SKIP_COUNTER, counter === undefined ? NO_COUNTER : BigInt(counter), true);
  }

  /** What the slice that left with these bits met; `own` are the numbers of the machine's own conditions among it. */
  collect(leave: number): { hits: Hit[]; own: number[] } {
    const { view, counter } = this.#engine;
    const hits: Hit[] = [];
    const own: number[] = [];
    if (leave & LEAVE_BREAKPOINT) hits.push({ kind: 'instruction', counter, hart: 0, address: this.#engine.pc });
    if (leave & LEAVE_ACCESS) {
      const pc = view.getBigUint64(ACCESS_PC, true);
      for (let index = 0; index < view.getUint32(HIT_COUNT, true); index++) {
        const at = HITS + index * HIT_SIZE;
        const number = view.getUint32(at + HIT_WATCH, true);
        const condition = this.#watches[number];
        if (!condition) throw new RangeError(`the engine met condition ${number}, which is not there`);
        if (number < this.#own.length) {
          own.push(number);
          continue;
        }
        hits.push({
          kind: 'access',
          counter: counter - 1,
          hart: 0,
          condition,
          pc,
          address: view.getBigUint64(at + HIT_ADDRESS, true),
          length: Number(view.getBigUint64(at + HIT_LENGTH, true)),
          write: view.getUint32(at + HIT_WRITE, true) !== 0,
        });
      }
      view.setUint32(HIT_COUNT, 0, true);
    }
    if (leave & LEAVE_TRAP) {
      const cause = view.getBigUint64(TRAP_HIT_CAUSE, true);
      const interrupt = cause >> 63n === 1n;
      const code = Number(BigInt.asUintN(63, cause));
      const met = this.#traps.some(
        ({ cause: wanted }) => !wanted || (wanted.code === code && wanted.interrupt === interrupt),
      );
      const pc = view.getBigUint64(TRAP_HIT_PC, true);
      if (met) hits.push({ kind: 'trap', counter: counter - 1, hart: 0, pc, code, interrupt });
    }
    return { hits, own };
  }
}

function sameWatches(a: readonly AccessCondition[], b: readonly AccessCondition[]): boolean {
  return (
    a.length === b.length &&
    a.every((watch, index) => {
      const other = b[index];
      return (
        other?.address === watch.address &&
        other.length === watch.length &&
        other.space === watch.space &&
        other.access === watch.access
      );
    })
  );
}
