// The timers: mtimecmp and stimecmp against mtime, so that their interrupts come at an exact step (law 5) without leaving
// the engine.
import {
  ATTEND_INTERRUPTS,
  ATTEND_TIMERS,
  ATTENTION,
  CLINT_MTIME,
  CLINT_MTIMECMP,
  IDLE_TICKS,
  INTERRUPT_LINES,
  MENVCFG,
  MTIMECMP,
  REMAINING,
  SLICE_END,
  SLICE_LIMIT,
  STEPS_PER_TICK,
  STIMECMP,
  TIMER_COUNTER,
  TIME_OFFSET,
} from '../layout';
import { counterNow, ticksAt } from './state';

const MTIP: u64 = 1 << 7;
const STIP: u64 = 1 << 5;
const MENVCFG_STCE: u64 = 0x8000000000000000;
const NEVER: u64 = 0xffffffffffffffff;
/** Counters are below 2^53: what lies further off never comes. */
const COUNTERS: u64 = 1 << 53;

/** The timers must be looked at before the next step. */
export function timersChanged(): void {
  store<u32>(ATTENTION, load<u32>(ATTENTION) | ATTEND_TIMERS);
}

/** True when the slice was cut short by a deadline that has come. REMAINING is spilled. */
export function isTimerDue(): bool {
  return load<u32>(REMAINING) == 0 && load<u64>(SLICE_END) < load<u64>(SLICE_LIMIT);
}

/** The counter at which mtime, now `now`, reaches `deadline`. */
function counterAt(deadline: u64, now: u64): u64 {
  if (deadline <= now) return NEVER;
  const distance = deadline - now;
  const stepsPerTick = <u64>load<u32>(STEPS_PER_TICK);
  if (distance > COUNTERS / stepsPerTick) return NEVER;
  return (now - load<u64>(TIME_OFFSET) - load<u64>(IDLE_TICKS) + distance) * stepsPerTick;
}

/**
 * Between two steps, REMAINING spilled: brings MTIP and STIP up to date, and ends the slice where one of them next changes,
 * if that is before SLICE_LIMIT.
 */
export function updateTimers(): void {
  const counter = load<u64>(SLICE_END) - <u64>load<u32>(REMAINING);
  const now = ticksAt(counter);
  const machine = load<u64>(MTIMECMP);
  const supervisor = load<u64>(MENVCFG) & MENVCFG_STCE ? load<u64>(STIMECMP) : NEVER;
  const old = load<u64>(INTERRUPT_LINES);
  let lines = old & ~(MTIP | STIP);
  if (now >= machine) lines |= MTIP;
  if (load<u64>(MENVCFG) & MENVCFG_STCE && now >= supervisor) lines |= STIP;
  if (lines != old) {
    store<u64>(INTERRUPT_LINES, lines);
    store<u32>(ATTENTION, load<u32>(ATTENTION) | ATTEND_INTERRUPTS);
  }
  const next = min(counterAt(machine, now), counterAt(supervisor, now));
  store<u64>(TIMER_COUNTER, next);
  const end = min(next, load<u64>(SLICE_LIMIT));
  store<u64>(SLICE_END, end);
  store<u32>(REMAINING, <u32>(end - counter));
}

/** Stores to mtimecmp, whole or a half of it. False when the store is to something else. */
export function storeTimer(physical: u32, width: u32, value: u64): bool {
  const offset = physical - CLINT_MTIMECMP;
  if (width == 8 && offset == 0) store<u64>(MTIMECMP, value);
  else if (width == 4 && (offset == 0 || offset == 4)) store<u32>(MTIMECMP + offset, <u32>value);
  else return false;
  timersChanged();
  return true;
}

/** True for a load of the whole of mtime. */
export function isTime(physical: u32, width: u32): bool {
  return physical == <u32>CLINT_MTIME && width == 8;
}

/** mtime in the present step. */
export function timeNow(): u64 {
  return ticksAt(counterNow());
}
