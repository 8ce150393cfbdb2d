import type { Engine } from '../engine/engine.ts';
import { IDLE_TICKS, MENVCFG, MIE, MTIMECMP, STEPS_PER_TICK, STIMECMP, TIME_OFFSET } from '../engine/layout.ts';
import type { Board } from './board.ts';
import type { Clock } from './device.ts';
import type { Comparator } from './devices/clint.ts';
import { MTIP, STIP } from './engine-hart.ts';

const MENVCFG_STCE = 1n << 63n;
const NEVER = Number.MAX_SAFE_INTEGER;

/** Guest time and its timers: functions of the counter and of the idle time that was skipped (law 3). */
export class GuestClock implements Clock {
  readonly #engine: Engine;
  readonly #stepsPerTick: bigint;
  /** True while the engine runs a slice: a device then sees the time of the step being taken. */
  #inSlice = false;

  /** The hart's register, which the engine keeps. */
  readonly mtimecmp: Comparator;

  constructor(engine: Engine, stepsPerTick: number) {
    this.mtimecmp = {
      get: () => engine.view.getBigUint64(MTIMECMP, true),
      set: (value) => {
        engine.view.setBigUint64(MTIMECMP, value, true);
      },
    };
    if (!Number.isInteger(stepsPerTick) || stepsPerTick < 1 || stepsPerTick > 1e9) {
      throw new RangeError(`${stepsPerTick} steps in a tick: it must be a whole number from 1 to 10^9`);
    }
    this.#engine = engine;
    this.#stepsPerTick = BigInt(stepsPerTick);
    engine.view.setUint32(STEPS_PER_TICK, stepsPerTick, true);
  }

  ticks(): bigint {
    const { counter } = this.#engine;
    return BigInt(this.#inSlice ? counter - 1 : counter) / this.#stepsPerTick + this.idleTicks;
  }

  get idleTicks(): bigint {
    return this.#engine.view.getBigUint64(IDLE_TICKS, true);
  }
  set idleTicks(ticks: bigint) {
    this.#engine.view.setBigUint64(IDLE_TICKS, ticks, true);
  }

  /** Runs a slice with the clock of the steps in it. */
  during<T>(slice: () => T): T {
    this.#inSlice = true;
    try {
      return slice();
    } finally {
      this.#inSlice = false;
    }
  }

  /**
   * Brings the timers' interrupts up to date; returns the counter at which a device has something to do on its own. The
   * engine itself minds the harts' deadlines.
   */
  update(board: Board): number {
    this.#engine.view.setBigUint64(TIME_OFFSET, board.clint.mtimeOffset, true);
    const due = board.deadline();
    if (due !== undefined && due <= this.ticks()) board.elapse();
    this.#engine.updateTimers();
    const deadline = board.deadline();
    return deadline === undefined ? NEVER : this.#counterAt(deadline);
  }

  /** The tick at which a waiting guest is woken by itself; undefined when nothing will. */
  wakingTick(board: Board): bigint | undefined {
    const now = BigInt.asUintN(64, this.ticks() + board.clint.mtimeOffset);
    const enabled = this.#engine.view.getBigUint64(MIE, true);
    const ticks = [
      board.deadline(),
      enabled & MTIP ? this.#ahead(this.mtimecmp.get(), now) : undefined,
      enabled & STIP ? this.#ahead(this.#supervisorDeadline(), now) : undefined,
    ].filter((tick) => tick !== undefined);
    return ticks.length === 0 ? undefined : ticks.reduce((least, tick) => (tick < least ? tick : least));
  }

  #supervisorDeadline(): bigint | undefined {
    const { view } = this.#engine;
    return view.getBigUint64(MENVCFG, true) & MENVCFG_STCE ? view.getBigUint64(STIMECMP, true) : undefined;
  }

  /** The clock's tick at which mtime reaches `deadline`; undefined when it has, or is so far that it never will. */
  #ahead(deadline: bigint | undefined, now: bigint): bigint | undefined {
    if (deadline === undefined || deadline <= now) return undefined;
    const distance = deadline - now;
    return distance > BigInt(NEVER) ? undefined : this.ticks() + distance;
  }

  /** The first counter at which the clock shows `tick`, if no more idle time is skipped. */
  #counterAt(tick: bigint): number {
    const counter = (tick - this.idleTicks) * this.#stepsPerTick;
    return counter > BigInt(NEVER) ? NEVER : Number(counter);
  }
}
