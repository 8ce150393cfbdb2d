// Small facts about the hart's state that the rest of the core is written in.
import {
  FAULT,
  FAULT_VALUE,
  SLICE_END,
  REMAINING,
  STEPS_PER_TICK,
  IDLE_TICKS, TIME_OFFSET,
  MSTATUS,
  PRIVILEGE,
  ATTENTION,
  LEAVE,
  ATTEND_LEAVE,
} from '../layout';

export const USER: u32 = 0;
export const SUPERVISOR: u32 = 1;
export const MACHINE: u32 = 3;

export const MSTATUS_SIE: u64 = 1 << 1;
export const MSTATUS_MIE: u64 = 1 << 3;
export const MSTATUS_SPIE: u64 = 1 << 5;
export const MSTATUS_MPIE: u64 = 1 << 7;
export const MSTATUS_SPP: u64 = 1 << 8;
export const MSTATUS_MPP_SHIFT: u64 = 11;
export const MSTATUS_MPP: u64 = 3 << 11;
export const MSTATUS_FS: u64 = 3 << 13;
export const MSTATUS_MPRV: u64 = 1 << 17;
export const MSTATUS_SUM: u64 = 1 << 18;
export const MSTATUS_MXR: u64 = 1 << 19;
export const MSTATUS_TVM: u64 = 1 << 20;
export const MSTATUS_TW: u64 = 1 << 21;
export const MSTATUS_TSR: u64 = 1 << 22;

// Exception causes (Privileged Architecture, table of mcause).
export const CAUSE_FETCH_ACCESS: u32 = 1;
export const CAUSE_ILLEGAL: u32 = 2;
export const CAUSE_BREAKPOINT: u32 = 3;
export const CAUSE_LOAD_MISALIGNED: u32 = 4;
export const CAUSE_LOAD_ACCESS: u32 = 5;
export const CAUSE_STORE_MISALIGNED: u32 = 6;
export const CAUSE_STORE_ACCESS: u32 = 7;
export const CAUSE_ECALL_USER: u32 = 8;
export const CAUSE_FETCH_PAGE: u32 = 12;
export const CAUSE_LOAD_PAGE: u32 = 13;
export const CAUSE_STORE_PAGE: u32 = 15;

/** The counter before the current step. Valid while an instruction runs and REMAINING is spilled. */
export function counterNow(): u64 {
  return load<u64>(SLICE_END) - <u64>load<u32>(REMAINING) - 1;
}

/** mtime at a counter (law 3). */
export function ticksAt(counter: u64): u64 {
  return counter / <u64>load<u32>(STEPS_PER_TICK) + load<u64>(IDLE_TICKS) + load<u64>(TIME_OFFSET);
}

/** Raises a synchronous exception in the current instruction. */
export function raise(cause: u32, value: u64): void {
  store<u32>(FAULT, cause + 1);
  store<u64>(FAULT_VALUE, value);
}

/** Asks the interpreter to leave before its next step. */
export function leaveWith(reason: u32): void {
  store<u32>(LEAVE, load<u32>(LEAVE) | reason);
  store<u32>(ATTENTION, load<u32>(ATTENTION) | ATTEND_LEAVE);
}

/** Privilege that loads and stores have: MPRV lends MPP's. */
export function dataPrivilege(): u32 {
  const mstatus = load<u64>(MSTATUS);
  return mstatus & MSTATUS_MPRV ? <u32>((mstatus & MSTATUS_MPP) >> MSTATUS_MPP_SHIFT) : load<u32>(PRIVILEGE);
}
