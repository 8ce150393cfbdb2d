import type { Engine } from '../engine/engine.ts';
import { IDLE_TICKS, MENVCFG, MIE, STEPS_PER_TICK, STIMECMP, TIME_OFFSET } from '../engine/layout.ts';
import type { Board } from './board.ts';
import type { Clock } from './device.ts';
import { MTIP, STIP, type EngineHart } from './engine-hart.ts';

const MENVCFG_STCE = 1n << 63n;
const NEVER = Number.MAX_SAFE_INTEGER;

/** Guest time and its timers: functions of the counter and of the idle time that was skipped (law 3). */
export class GuestClock implements Clock {
  readonly #engine: Engine;
  readonly #stepsPerTick: bigint;
  /** True while the engine runs a slice: a device then sees the time of the step being taken. */
  #inSlice = false;

  constructor(engine: Engine, stepsPerTick: number) {
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

  /** Brings the timers' interrupts up to date; returns the counter at which the next one changes. */
  update(hart: EngineHart, board: Board): number {
    const { view } = this.#engine;
    const offset = board.clint.mtimeOffset;
    view.setBigUint64(TIME_OFFSET, offset, true);
    const now = BigInt.asUintN(64, this.ticks() + offset);
    const device = board.deadline();
    if (device !== undefined && device <= this.ticks()) board.elapse();
    const machine = board.clint.mtimecmp(0);
    const supervisor = this.#supervisorDeadline();
    let levels = 0n;
    if (now >= machine) levels |= MTIP;
    if (supervisor !== undefined && now >= supervisor) levels |= STIP;
    hart.setLines(MTIP | STIP, levels);
    const next = [board.deadline(), this.#ahead(machine, now), this.#ahead(supervisor, now)];
    return Math.min(...next.map((tick) => (tick === undefined ? NEVER : this.#counterAt(tick))));
  }

  /** The tick at which a waiting guest is woken by itself; undefined when nothing will. */
  wakingTick(board: Board): bigint | undefined {
    const now = BigInt.asUintN(64, this.ticks() + board.clint.mtimeOffset);
    const enabled = this.#engine.view.getBigUint64(MIE, true);
    const ticks = [
      board.deadline(),
      enabled & MTIP ? this.#ahead(board.clint.mtimecmp(0), now) : undefined,
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
