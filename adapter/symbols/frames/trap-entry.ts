import { decode } from '../../../emulator/riscv/decoder.ts';
import type { DecodedInstruction } from '../../../emulator/riscv/instruction.ts';
import { littleEndian } from '../dwarf/expression.ts';
import type { CodeInformation, UnwindContext } from './unwind-context.ts';
import { isPreserved, Register } from './registers.ts';

/**
 * What the hart held when it took the trap, plus a constant: `x5`, `csr833`, or `[x2-8]`, a doubleword of memory that the
 * code at the vector loaded. The empty name is 0, so that such a term is a constant.
 */
interface Term {
  readonly of: string;
  readonly plus: bigint;
}

/** A doubleword that was stored, and where. */
interface Stored {
  readonly at: Term;
  readonly value: Term;
}

/** What the code at a trap vector has done on one way to an instruction. Undefined stands for what is not followed. */
export interface TrapState {
  readonly registers: readonly (Term | undefined)[];
  /** Those that were written since the trap. */
  readonly csrs: ReadonlyMap<number, Term | undefined>;
  /** A function that may have written CSRs has been called. */
  readonly hasCalled: boolean;
  /** By the name of the address. */
  readonly memory: ReadonlyMap<string, Stored>;
}

/** By instruction, or address that a call returns to: the states in which it may be reached. */
export type TrapEntry = ReadonlyMap<bigint, readonly TrapState[]>;

/** Instructions that are followed, over all ways; Linux has some 300. */
const MOST_STEPS = 4096;
/** Ways that meet at one instruction. */
const MOST_STATES = 4;
/** Entries of a vector table (mode 1 of stvec and mtvec). */
const MOST_VECTORS = 16n;

/**
 * Follows the code at a trap vector (the value of stvec or mtvec), along all branches but not into the functions that it
 * calls, and keeps account of where it puts what the hart held. Code is read as it is now, patched or not.
 */
export function readTrapEntry(vector: bigint, context: UnwindContext, code: CodeInformation): TrapEntry {
  const base = vector & ~3n;
  const reader = new TrapEntryReader(context, code);
  reader.start(base);
  if ((vector & 3n) === 1n) for (let cause = 1n; cause < MOST_VECTORS; cause++) reader.start(base + 4n * cause);
  reader.run();
  return reader.states;
}

class TrapEntryReader {
  readonly states = new Map<bigint, TrapState[]>();
  private readonly open: { readonly pc: bigint; readonly state: TrapState }[] = [];

  constructor(
    private readonly context: UnwindContext,
    private readonly code: CodeInformation,
  ) {}

  start(pc: bigint): void {
    const registers = Array.from({ length: 32 }, (_, register) => initial(register));
    this.reach(pc, { registers, csrs: new Map(), hasCalled: false, memory: new Map() });
  }

  run(): void {
    for (let step = 0; step < MOST_STEPS; step++) {
      const next = this.open.pop();
      if (next === undefined) return;
      const decoded = this.decodeAt(next.pc);
      if (decoded !== undefined) this.step(next.pc, next.state, decoded);
    }
  }

  private reach(pc: bigint, state: TrapState): void {
    const known = this.states.get(pc) ?? [];
    if (known.length >= MOST_STATES || known.some((other) => isSame(other, state))) return;
    this.states.set(pc, [...known, state]);
    this.open.push({ pc, state });
  }

  private decodeAt(pc: bigint): DecodedInstruction | undefined {
    const bytes = this.context.readMemory(pc, 4) ?? this.context.readMemory(pc, 2);
    return bytes && decode(Number(littleEndian(bytes)));
  }

  private step(pc: bigint, state: TrapState, decoded: DecodedInstruction): void {
    const { instruction, rd, rs1, rs2, length } = decoded;
    const next = pc + BigInt(length);
    const immediate = BigInt(decoded.imm);
    const left = state.registers[rs1];
    switch (instruction.name) {
      case 'beq':
      case 'bne':
      case 'blt':
      case 'bge':
      case 'bltu':
      case 'bgeu':
        this.reach(next, state);
        this.reach(pc + immediate, state);
        return;
      case 'jal':
        if (rd === 0) this.jump(pc, pc + immediate, state);
        else this.reach(next, called(state));
        return;
      case 'jalr': {
        const target = isConstant(left) ? BigInt.asUintN(64, left.plus + immediate) & ~1n : undefined;
        if (rd === 0) this.jump(pc, target, state);
        else this.reach(next, called(state));
        return;
      }
      case 'sret':
      case 'mret':
        return;
      case 'sd':
        this.reach(next, stored(state, sum(left, immediate), state.registers[rs2]));
        return;
      default:
        this.reach(next, this.calculate(pc, state, decoded));
    }
  }

  /** Within the code of the vector, or to a function that returns to where ra says. */
  private jump(pc: bigint, target: bigint | undefined, state: TrapState): void {
    const returns = state.registers[Register.returnAddress];
    const isReturn = target !== undefined && isConstant(returns) && returns.plus === target;
    if (target !== undefined && (isReturn || !this.isFunction(pc, target))) this.reach(target, state);
    else if (isConstant(returns)) this.reach(BigInt.asUintN(64, returns.plus), called(state));
  }

  /** Compiled code has call frame information, which the entry of a trap has not, or as such. */
  private isFunction(pc: bigint, target: bigint): boolean {
    const row = this.code.callFrameRow(target);
    return row !== undefined && !row.isTrapFrame && this.code.functionStart(target) !== this.code.functionStart(pc);
  }

  /** What an instruction that goes on to the next leaves behind. */
  private calculate(pc: bigint, state: TrapState, decoded: DecodedInstruction): TrapState {
    const { instruction, rd, rs1, rs2, csr } = decoded;
    const { registers } = state;
    const immediate = BigInt(decoded.imm);
    switch (instruction.name) {
      case 'addi':
        return written(state, rd, sum(registers[rs1], immediate));
      case 'add':
        return written(state, rd, add(registers[rs1], registers[rs2]));
      case 'lui':
        return written(state, rd, constant(immediate));
      case 'auipc':
        return written(state, rd, constant(pc + immediate));
      case 'ld':
        return written(state, rd, loaded(state, sum(registers[rs1], immediate)));
      case 'csrrw':
        return written(csrWritten(state, csr, registers[rs1]), rd, csrOf(state, csr));
      case 'csrrs':
      case 'csrrc':
        return written(rs1 === 0 ? state : csrWritten(state, csr, undefined), rd, csrOf(state, csr));
      case 'csrrwi':
        return written(csrWritten(state, csr, constant(BigInt(rs1))), rd, csrOf(state, csr));
      case 'csrrsi':
      case 'csrrci':
        return written(rs1 === 0 ? state : csrWritten(state, csr, undefined), rd, csrOf(state, csr));
      // Stores of parts, and what goes to and from floating-point registers, leave the integer registers alone.
      case 'sw':
      case 'sh':
      case 'sb':
      case 'fld':
      case 'flw':
      case 'fsd':
      case 'fsw':
      case 'fence':
      case 'fence.i':
      case 'sfence.vma':
      case 'wfi':
        return state;
      default:
        return written(state, rd, undefined);
    }
  }
}

/** What was in the hart when it took the trap, as far as it can be told. */
export interface Interrupted {
  readonly pc: bigint;
  /** By number, 1 to 31. */
  readonly registers: ReadonlyMap<number, bigint | undefined>;
  /** The values that the trap left in scause and sstatus, or mcause and mstatus. */
  readonly cause: bigint | undefined;
  readonly status: bigint | undefined;
}

/** The CSRs that a trap writes, by the mode that it is taken to (privileged specification, chapters 3 and 12). */
export const trapCsrs = {
  S: { vector: 0x105, status: 0x100, epc: 0x141, cause: 0x142 },
  M: { vector: 0x305, status: 0x300, epc: 0x341, cause: 0x342 },
} as const;

export type TrapMode = keyof typeof trapCsrs;

/**
 * What the hart held when it took the trap, from a frame whose pc is in the code at the vector or where a call by it returns.
 * Of several ways there the one counts that agrees with what registers and memory hold now. Undefined when none does.
 */
export function interruptedBy(
  frame: UnwindContext,
  states: readonly TrapState[],
  mode: TrapMode,
  isInnermost: boolean,
): Interrupted | undefined {
  for (const state of states) {
    const solution = solve(frame, state, isInnermost);
    const csrs = trapCsrs[mode];
    const pc = solution?.get(csrName(csrs.epc));
    if (solution === undefined || pc === undefined || !solution.has(registerName(Register.stackPointer))) continue;
    const registers = new Map<number, bigint | undefined>();
    for (let register = 1; register < 32; register++) registers.set(register, solution.get(registerName(register)));
    return {
      pc,
      registers,
      cause: solution.get(csrName(csrs.cause)),
      status: solution.get(csrName(csrs.status)),
    };
  }
  return undefined;
}

/** The values of all that a state has a name for; undefined when the state cannot be the one that the hart is in. */
function solve(frame: UnwindContext, state: TrapState, isInnermost: boolean): Map<string, bigint> | undefined {
  const known = new Map<string, bigint>([['', 0n]]);
  const contradictions = new Set<string>();
  const learn = (term: Term | undefined, value: bigint | undefined, mustAgree: boolean): void => {
    if (term === undefined || value === undefined) return;
    // Behind an environment call it is returned to, and only on the way of such a one something has been added.
    const content = BigInt.asUintN(64, isPc(term) ? value : value - term.plus);
    const before = known.get(term.of);
    if (before === undefined) known.set(term.of, content);
    // The handler of an environment call moves the pc in the frame, or in a register before.
    else if (mustAgree && before !== content && !isPc(term)) contradictions.add(term.of);
  };
  const learnStored = ({ at, value }: Stored, isOwn: boolean): void => {
    const base = known.get(at.of);
    const bytes = base === undefined ? undefined : frame.readMemory(BigInt.asUintN(64, base + at.plus), 8);
    // Handlers change what they return to, but not whose stack and thread it is.
    const isFixed = value.of === 'x2' || value.of === 'x4';
    learn(value, bytes && littleEndian(bytes), isOwn && isFixed);
  };
  const stackPointer = state.registers[Register.stackPointer];
  learn(stackPointer, frame.readRegister(Register.stackPointer), true);
  // The frame is this trap's own; what lies elsewhere, as in Linux's thread_info, the next trap may have written anew.
  for (const stored of state.memory.values()) if (stored.at.of === stackPointer?.of) learnStored(stored, true);
  for (const [register, term] of state.registers.entries()) {
    const isKept = isInnermost || isPreserved(register);
    if (register !== Register.stackPointer && isKept)
      learn(term, frame.readRegister(register), isInnermost || register === 4);
  }
  if (isInnermost) {
    for (const csr of [...Object.values(trapCsrs.S), ...Object.values(trapCsrs.M), 0x140, 0x340]) {
      learn(csrOf(state, csr), frame.readRegister(Register.firstCsr + csr), true);
    }
  }
  for (const stored of state.memory.values()) learnStored(stored, false);
  return contradictions.size > 0 ? undefined : known;
}

function isPc({ of }: Term): boolean {
  return of === csrName(trapCsrs.S.epc) || of === csrName(trapCsrs.M.epc);
}

function isSame(left: TrapState, right: TrapState): boolean {
  if (left.hasCalled !== right.hasCalled || left.memory.size !== right.memory.size) return false;
  if (left.csrs.size !== right.csrs.size) return false;
  return (
    left.registers.every((term, register) => isSameTerm(term, right.registers[register])) &&
    [...left.csrs].every(([csr, term]) => right.csrs.has(csr) && isSameTerm(term, right.csrs.get(csr))) &&
    [...left.memory].every(([name, { value }]) => isSameTerm(value, right.memory.get(name)?.value))
  );
}

function isSameTerm(left: Term | undefined, right: Term | undefined): boolean {
  return left?.of === right?.of && left?.plus === right?.plus;
}

function initial(register: number): Term {
  return register === 0 ? constant(0n) : { of: registerName(register), plus: 0n };
}

function registerName(register: number): string {
  return `x${register}`;
}

function csrName(csr: number): string {
  return `csr${csr}`;
}

function constant(value: bigint): Term {
  return { of: '', plus: BigInt.asUintN(64, value) };
}

function isConstant(term: Term | undefined): term is Term {
  return term?.of === '';
}

function sum(term: Term | undefined, plus: bigint): Term | undefined {
  return term && { of: term.of, plus: BigInt.asUintN(64, term.plus + plus) };
}

function add(left: Term | undefined, right: Term | undefined): Term | undefined {
  if (isConstant(right)) return sum(left, right.plus);
  return isConstant(left) ? sum(right, left.plus) : undefined;
}

function nameOf({ of, plus }: Term): string {
  return `[${of}+${plus}]`;
}

function written(state: TrapState, register: number, value: Term | undefined): TrapState {
  if (register === 0) return state;
  return { ...state, registers: state.registers.with(register, value) };
}

function csrOf({ csrs, hasCalled }: TrapState, csr: number): Term | undefined {
  if (csrs.has(csr)) return csrs.get(csr);
  return hasCalled ? undefined : { of: csrName(csr), plus: 0n };
}

function csrWritten(state: TrapState, csr: number, value: Term | undefined): TrapState {
  return { ...state, csrs: new Map(state.csrs).set(csr, value) };
}

function loaded({ memory }: TrapState, at: Term | undefined): Term | undefined {
  if (at === undefined) return undefined;
  return memory.get(nameOf(at))?.value ?? { of: nameOf(at), plus: 0n };
}

function stored(state: TrapState, at: Term | undefined, value: Term | undefined): TrapState {
  if (at === undefined) return state;
  const memory = new Map(state.memory);
  if (value === undefined) memory.delete(nameOf(at));
  else memory.set(nameOf(at), { at, value });
  return { ...state, memory };
}

/** The state behind a call: what a callee preserves, and the frame in memory. */
function called(state: TrapState): TrapState {
  const registers = state.registers.map((term, register) =>
    register === 0 || register === Register.stackPointer || isPreserved(register) ? term : undefined,
  );
  return { registers, csrs: new Map(), hasCalled: true, memory: state.memory };
}
