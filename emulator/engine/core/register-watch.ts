// Conditions on registers: a step leaves another value in one.
//
// Registers are written everywhere, so the values are compared after each step, by an interpreter that is generated for it
// and takes part in nothing else (interpreter.ts). Steps that pass outside of it, an interrupt taken in `attend`, are
// compared there.
import {
  ATTENTION,
  HIT_REGISTER,
  LEAVE_REGISTER,
  PC,
  REGISTER_WATCH_COUNT,
  REGISTER_WATCH_COUNTER,
  REGISTER_WATCH_GATE,
  REGISTER_WATCH_LAST_PC,
  REGISTER_WATCH_MASK,
  REGISTER_WATCH_OTHER,
  REGISTER_WATCH_PC,
  REGISTER_WATCH_SIZE,
  REGISTER_WATCH_SOURCE,
  REGISTER_WATCH_VALUE,
  REGISTER_WATCH_WHEN,
  REGISTER_WATCHES,
  REMAINING,
  SLICE_END,
} from '../layout';
import { noteHit } from './hit';
import { holds } from './predicate';
import { leaveWith } from './state';

function valueOf(watch: u32): u64 {
  const bits = load<u64>(load<u32>(watch + REGISTER_WATCH_SOURCE)) | load<u64>(load<u32>(watch + REGISTER_WATCH_OTHER));
  return bits & load<u64>(load<u32>(watch + REGISTER_WATCH_GATE)) & load<u64>(watch + REGISTER_WATCH_MASK);
}

/** Takes the present values as those before the next step. PC and REMAINING are spilled. */
export function beginRegisters(): void {
  const count = load<u32>(REGISTER_WATCH_COUNT);
  for (let i: u32 = 0; i < count; i++) {
    const watch = REGISTER_WATCHES + i * REGISTER_WATCH_SIZE;
    store<u64>(watch + REGISTER_WATCH_VALUE, valueOf(watch));
  }
  store<u64>(REGISTER_WATCH_PC, load<u64>(PC));
  store<u64>(REGISTER_WATCH_COUNTER, load<u64>(SLICE_END) - <u64>load<u32>(REMAINING));
}

/**
 * Between two steps: notes what the last one changed. `remaining` are the steps left, unless something wants attention: then
 * REMAINING holds them. `pc` is that of the next step.
 */
export function noteRegisters(remaining: u32, pc: u64): void {
  const left = load<u32>(ATTENTION) ? load<u32>(REMAINING) : remaining;
  const counter = load<u64>(SLICE_END) - <u64>left;
  // Between two steps it may be looked more than once: what timers change comes last.
  if (counter != load<u64>(REGISTER_WATCH_COUNTER)) {
    store<u64>(REGISTER_WATCH_COUNTER, counter);
    store<u64>(REGISTER_WATCH_LAST_PC, load<u64>(REGISTER_WATCH_PC));
  }
  const count = load<u32>(REGISTER_WATCH_COUNT);
  for (let i: u32 = 0; i < count; i++) {
    const watch = REGISTER_WATCHES + i * REGISTER_WATCH_SIZE;
    const value = valueOf(watch);
    if (value == load<u64>(watch + REGISTER_WATCH_VALUE)) continue;
    store<u64>(watch + REGISTER_WATCH_VALUE, value);
    if (!holds(load<u32>(watch + REGISTER_WATCH_WHEN))) continue;
    if (!noteHit(HIT_REGISTER, i, counter - 1, load<u64>(REGISTER_WATCH_LAST_PC), value, 0, true)) continue;
    store<u32>(REMAINING, left);
    leaveWith(LEAVE_REGISTER);
  }
  store<u64>(REGISTER_WATCH_PC, pc);
}
