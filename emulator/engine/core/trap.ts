// Traps, interrupts, returns from them, and waiting (Privileged Architecture, sections 3.1, 3.3, 12.1).
import {
  PC,
  PRIVILEGE,
  MSTATUS,
  MEDELEG,
  MIDELEG,
  MIE,
  MIP_SOFTWARE,
  INTERRUPT_LINES,
  SCAUSE,
  SEPC,
  STVAL,
  STVEC,
  MCAUSE,
  MEPC,
  MTVAL,
  MTVEC,
  RESERVATION,
  ATTEND_TIMERS,
  ATTENTION,
  LEAVE,
  REGISTER_WATCH_COUNT,
  REMAINING,
  FAULT,
  FAULT_VALUE,
  WAITING,
  BUILTIN_SBI,
  LEAVE_SBI,
  LEAVE_TRAP,
  LEAVE_WAIT,
  TRAP_CAUSE,
  TRAP_CONDITION_COUNT,
  TRAP_CONDITION_SIZE,
  TRAP_WHEN,
  TRAPS,
  HIT_TRAP,
  DECODED_HEADER,
  DECODED_PHYSICAL,
  DECODED_CROSS_HALF,
  RECORD_SIZE,
} from '../layout';
import {
  CAUSE_BREAKPOINT,
  CAUSE_ECALL_USER,
  CAUSE_ILLEGAL,
  counterNow,
  leaveWith,
  MACHINE,
  MSTATUS_MIE,
  MSTATUS_MPIE,
  MSTATUS_MPP,
  MSTATUS_MPP_SHIFT,
  MSTATUS_MPRV,
  MSTATUS_SIE,
  MSTATUS_SPIE,
  MSTATUS_SPP,
  MSTATUS_TSR,
  MSTATUS_TVM,
  MSTATUS_TW,
  raise,
  SUPERVISOR,
  USER,
} from './state';
import { noteRegisters } from './register-watch';
import { isTimerDue, updateTimers } from './timer';
import { selectContexts } from './tlb';
import { noteHit } from './hit';
import { linearOf } from './pages';
import { holds } from './predicate';

const INTERRUPT: u64 = 0x8000000000000000;
const ANY_CAUSE: u64 = 0xffffffffffffffff;

function enter(cause: u64, value: u64, pc: u64): void {
  const privilege = load<u32>(PRIVILEGE);
  const interrupt = (cause & INTERRUPT) != 0;
  const bit = (<u64>1) << (cause & 63);
  const delegated = load<u64>(interrupt ? MIDELEG : MEDELEG) & bit;
  let mstatus = load<u64>(MSTATUS);
  let vector: u64;
  if (privilege <= SUPERVISOR && delegated) {
    store<u64>(SCAUSE, cause);
    store<u64>(SEPC, pc);
    store<u64>(STVAL, value);
    mstatus &= ~(MSTATUS_SPP | MSTATUS_SPIE);
    if (mstatus & MSTATUS_SIE) mstatus |= MSTATUS_SPIE;
    if (privilege == SUPERVISOR) mstatus |= MSTATUS_SPP;
    mstatus &= ~MSTATUS_SIE;
    store<u32>(PRIVILEGE, SUPERVISOR);
    vector = load<u64>(STVEC);
  } else {
    store<u64>(MCAUSE, cause);
    store<u64>(MEPC, pc);
    store<u64>(MTVAL, value);
    mstatus &= ~(MSTATUS_MPP | MSTATUS_MPIE);
    if (mstatus & MSTATUS_MIE) mstatus |= MSTATUS_MPIE;
    mstatus |= (<u64>privilege) << MSTATUS_MPP_SHIFT;
    mstatus &= ~MSTATUS_MIE;
    store<u32>(PRIVILEGE, MACHINE);
    vector = load<u64>(MTVEC);
  }
  store<u64>(MSTATUS, mstatus);
  store<u64>(PC, (vector & ~(<u64>3)) + (vector & 1 && interrupt ? (cause & 63) << 2 : 0));
  store<u64>(RESERVATION, 0xffffffffffffffff);
  store<u32>(FAULT, 0);
  selectContexts();
  if (load<u32>(TRAP_CONDITION_COUNT)) noteTrap(cause, pc);
}

/** Notes the conditions that a trap meets, which has just been taken. */
function noteTrap(cause: u64, pc: u64): void {
  const count = load<u32>(TRAP_CONDITION_COUNT);
  for (let i: u32 = 0; i < count; i++) {
    const condition = TRAPS + i * TRAP_CONDITION_SIZE;
    const wanted = load<u64>(condition + TRAP_CAUSE);
    if ((wanted != ANY_CAUSE && wanted != cause) || !holds(load<u32>(condition + TRAP_WHEN))) continue;
    if (noteHit(HIT_TRAP, i, counterNow(), pc, cause, 0, false)) leaveWith(LEAVE_TRAP);
  }
}

/** The raw bits of the instruction whose record this is. */
function instructionBits(first: u32, record: u32): u64 {
  const header = first - DECODED_HEADER;
  const slot = (record - first) / RECORD_SIZE;
  const linear = linearOf(load<u32>(header + DECODED_PHYSICAL)) + (slot << 1);
  const low: u32 = load<u16>(linear);
  if ((low & 3) != 3) return low;
  const high: u32 = slot == 2047 ? load<u32>(header + DECODED_CROSS_HALF) : load<u16>(linear + 2);
  return <u64>(low | (high << 16));
}

/** Takes the exception that the instruction at PC raised; `first` and `record` tell its bits. */
export function takeFault(first: u32, record: u32): void {
  const cause = load<u32>(FAULT) - 1;
  const value = cause == CAUSE_ILLEGAL ? instructionBits(first, record) : load<u64>(FAULT_VALUE);
  enter(cause, value, load<u64>(PC));
}

/** mip as hardware has it now. */
export function pendingBits(): u64 {
  return load<u64>(MIP_SOFTWARE) | load<u64>(INTERRUPT_LINES);
}

/** Code of the interrupt to take now, or -1. */
function enabledInterrupt(): i32 {
  const pending = pendingBits() & load<u64>(MIE);
  if (!pending) return -1;
  const privilege = load<u32>(PRIVILEGE);
  const mstatus = load<u64>(MSTATUS);
  const delegated = load<u64>(MIDELEG);
  let taken: u64 = 0;
  if (privilege < MACHINE || mstatus & MSTATUS_MIE) taken = pending & ~delegated;
  if (!taken && (privilege < SUPERVISOR || (privilege == SUPERVISOR && mstatus & MSTATUS_SIE))) {
    taken = pending & delegated;
  }
  if (!taken) return -1;
  if (taken & (1 << 11)) return 11;
  if (taken & (1 << 3)) return 3;
  if (taken & (1 << 7)) return 7;
  if (taken & (1 << 9)) return 9;
  if (taken & (1 << 1)) return 1;
  if (taken & (1 << 5)) return 5;
  return <i32>ctz(taken);
}

/**
 * Looks up before the next step: takes pending interrupts, a step each. Returns 1 when the interpreter must leave.
 * PC and REMAINING are spilled.
 */
export function attend(): i32 {
  const timers = load<u32>(ATTENTION) & ATTEND_TIMERS || isTimerDue();
  if (timers) updateTimers();
  store<u32>(ATTENTION, 0);
  if (timers && load<u32>(REGISTER_WATCH_COUNT)) noteRegisters(load<u32>(REMAINING), load<u64>(PC));
  while (load<u32>(LEAVE) == 0 && load<u32>(REMAINING) != 0) {
    if (mustWake()) store<u32>(WAITING, 0);
    const code = enabledInterrupt();
    if (code < 0) {
      store<u32>(ATTENTION, 0);
      return load<u32>(WAITING);
    }
    store<u32>(REMAINING, load<u32>(REMAINING) - 1);
    enter(INTERRUPT | (<u64>code), 0, load<u64>(PC));
    if (isTimerDue()) updateTimers();
    if (load<u32>(REGISTER_WATCH_COUNT)) noteRegisters(load<u32>(REMAINING), load<u64>(PC));
  }
  return 1;
}

/** True when a waiting hart must wake: an enabled interrupt is pending, whether or not it will be taken. */
export function mustWake(): i32 {
  return pendingBits() & load<u64>(MIE) ? 1 : 0;
}

export function ecall(): void {
  const privilege = load<u32>(PRIVILEGE);
  if (privilege == SUPERVISOR && load<u32>(BUILTIN_SBI)) {
    store<u64>(PC, load<u64>(PC) + 4);
    leaveWith(LEAVE_SBI);
    return;
  }
  enter(CAUSE_ECALL_USER + privilege, 0, load<u64>(PC));
}

export function ebreak(): void {
  enter(CAUSE_BREAKPOINT, load<u64>(PC), load<u64>(PC));
}

export function mret(): void {
  if (load<u32>(PRIVILEGE) != MACHINE) {
    raise(CAUSE_ILLEGAL, 0);
    return;
  }
  let mstatus = load<u64>(MSTATUS);
  const previous = <u32>((mstatus & MSTATUS_MPP) >> MSTATUS_MPP_SHIFT);
  mstatus &= ~(MSTATUS_MPP | MSTATUS_MIE);
  if (mstatus & MSTATUS_MPIE) mstatus |= MSTATUS_MIE;
  mstatus |= MSTATUS_MPIE;
  if (previous != MACHINE) mstatus &= ~MSTATUS_MPRV;
  store<u64>(MSTATUS, mstatus);
  leaveTrap(previous, load<u64>(MEPC));
}

export function sret(): void {
  const privilege = load<u32>(PRIVILEGE);
  let mstatus = load<u64>(MSTATUS);
  if (privilege == USER || (privilege == SUPERVISOR && mstatus & MSTATUS_TSR)) {
    raise(CAUSE_ILLEGAL, 0);
    return;
  }
  const previous = mstatus & MSTATUS_SPP ? SUPERVISOR : USER;
  mstatus &= ~(MSTATUS_SPP | MSTATUS_SIE | MSTATUS_MPRV);
  if (mstatus & MSTATUS_SPIE) mstatus |= MSTATUS_SIE;
  mstatus |= MSTATUS_SPIE;
  store<u64>(MSTATUS, mstatus);
  leaveTrap(previous, load<u64>(SEPC));
}

function leaveTrap(privilege: u32, pc: u64): void {
  store<u32>(PRIVILEGE, privilege);
  store<u64>(PC, pc);
  store<u64>(RESERVATION, 0xffffffffffffffff);
  selectContexts();
}

export function wfi(): void {
  const privilege = load<u32>(PRIVILEGE);
  if (privilege == USER || (privilege == SUPERVISOR && load<u64>(MSTATUS) & MSTATUS_TW)) {
    raise(CAUSE_ILLEGAL, 0);
    return;
  }
  store<u64>(PC, load<u64>(PC) + 4);
  if (mustWake()) return;
  store<u32>(WAITING, 1);
  leaveWith(LEAVE_WAIT);
}

/** sfence.vma and Svinval's: the TLB is coherent (law 4), so only their privilege matters. `guarded`: TVM applies. */
export function fenceVirtual(guarded: u32): void {
  const privilege = load<u32>(PRIVILEGE);
  if (privilege == USER || (guarded && privilege == SUPERVISOR && load<u64>(MSTATUS) & MSTATUS_TVM)) {
    raise(CAUSE_ILLEGAL, 0);
  }
}
