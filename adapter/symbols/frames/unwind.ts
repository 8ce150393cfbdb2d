import { evaluateValue, littleEndian, type ExpressionContext } from '../dwarf/expression.ts';
import { UnavailableError } from '../dwarf/unavailable-error.ts';
import { SymbolError } from '../symbol-error.ts';
import type { CallFrameRow, RegisterRule } from './call-frame-program.ts';
import { interruptedByFirmware } from './firmware-trap.ts';
import { readFrame } from './prologue.ts';
import { isPreserved, Register } from './registers.ts';
import { TrapEntries } from './trap-entries.ts';
import type { CodeInformation, UnwindContext, RegisterHome } from './unwind-context.ts';
import { interruptedBy, type Interrupted, type TrapMode } from './trap-entry.ts';

/** How a frame's caller was found, from the surest on. */
export type FrameOrigin =
  | 'present'
  | 'call-frame-information'
  | 'trap-entry'
  /** By what OpenSBI keeps of the trap that it handles: functions of its own are left out where they are not known. */
  | 'firmware-trap'
  | 'prologue'
  | 'frame-pointer'
  /** It is gone: its function ended by calling that of the frame further in, which descriptions of calls tell. */
  | 'tail-call';

/** The trap by which a frame's code was interrupted, as far as its handler kept what the hart said of it. */
export interface Interruption {
  /** The mode that the trap was taken to. */
  readonly mode: TrapMode;
  /** The value of scause or mcause. */
  readonly cause: bigint | undefined;
  /** The mode that the interrupted code runs in. */
  readonly privilege: 'U' | 'S' | 'M' | undefined;
}

export interface Frame extends UnwindContext {
  /** 0 is the innermost. */
  readonly level: number;
  /**
   * The address to look up function and line by: pc, but within the call instruction in a frame that called, for pc
   * then may be the next line's, or the next function's.
   */
  readonly lookupAddress: bigint;
  /** The canonical frame address: sp before the call. Undefined when the frame's layout is not known. */
  readonly canonicalFrameAddress: bigint | undefined;
  /** How this frame was found from the one it called. */
  readonly origin: FrameOrigin;
  /** The trap that interrupted this frame's code; undefined in one that stands behind a call, and in the innermost. */
  readonly interruption: Interruption | undefined;
  /** The next frame outward; undefined at the outermost, and where the stack cannot be followed. */
  readonly caller: Frame | undefined;
}

export interface UnwindOptions {
  /** Most frames to give; 256 by default. */
  readonly limit?: number;
}

/**
 * The frames of a stack from the innermost out, made one by one as they are asked for. Ends at the outermost function,
 * where the stack cannot be followed further, where it would loop, or at the limit; it never throws.
 */
export function* unwind(
  context: UnwindContext,
  code: CodeInformation,
  { limit = 256 }: UnwindOptions = {},
): Generator<Frame, void, undefined> {
  const innermost: Found = {
    pc: context.pc,
    registers: new Map(),
    isCall: false,
    origin: 'present',
    stackPointer: context.readRegister(Register.stackPointer),
    isFirmware: context.privilege === 'M',
  };
  const stack: Stack = { context, code, traps: new TrapEntries(context, code) };
  let frame: Frame | undefined = new UnwoundFrame(stack, innermost, 0);
  for (let level = 0; level < limit && frame !== undefined; level++) {
    yield frame;
    frame = frame.caller;
  }
}

/** A frame as it was found from its callee: the registers that differ from, or are unknown beside, the context's. */
interface Found {
  readonly pc: bigint;
  /** Undefined as a value: not known. */
  readonly registers: ReadonlyMap<number, bigint | undefined>;
  /** Where those of them lie that callees saved on the stack. */
  readonly saved?: ReadonlyMap<number, bigint>;
  /** pc is a return address behind a call. */
  readonly isCall: boolean;
  readonly origin: FrameOrigin;
  readonly stackPointer: bigint | undefined;
  readonly interruption?: Interruption;
  /** The callee went on from another stack, to which it kept the way in its frame pointer. */
  readonly isOtherStack?: boolean;
  /** It runs in M-mode, and so does all further in. */
  readonly isFirmware?: boolean;
}

interface Caller {
  readonly cfa: bigint;
  /** Undefined at the outermost frame. */
  readonly found: Found | undefined;
}

/** What all frames of a stack share. */
interface Stack {
  readonly context: UnwindContext;
  readonly code: CodeInformation;
  readonly traps: TrapEntries;
}

/** What finding a frame's caller needs of it. */
type BareFrame = Pick<Frame, 'pc' | 'lookupAddress' | 'readRegister' | 'readMemory'>;

class UnwoundFrame implements Frame {
  readonly pc: bigint;
  readonly lookupAddress: bigint;
  readonly origin: FrameOrigin;
  readonly interruption: Interruption | undefined;
  /** Null before it was looked for. */
  private found: Caller | undefined | null = null;
  private callerFrame: Frame | undefined;

  constructor(
    private readonly stack: Stack,
    private readonly present: Found,
    readonly level: number,
  ) {
    this.pc = present.pc;
    this.lookupAddress = present.isCall ? present.pc - 1n : present.pc;
    this.origin = present.origin;
    this.interruption = present.interruption;
  }

  get canonicalFrameAddress(): bigint | undefined {
    return this.findCaller()?.cfa;
  }

  get caller(): Frame | undefined {
    if (this.callerFrame !== undefined) return this.callerFrame;
    const found = this.findCaller()?.found;
    if (found === undefined) return undefined;
    const { origin } = this.present;
    if (origin !== 'tail-call' && !isProgress(this.present, found)) return undefined;
    const gone = origin === 'tail-call' ? [] : tailCallsBetween(found, this.lookupAddress, this.stack.code);
    const isFirmware = this.present.isFirmware === true && found.interruption === undefined;
    return (this.callerFrame = this.outward({ ...found, isFirmware }, gone));
  }

  /** The frame of a caller, or the innermost of those of functions that ended by tail calls in between. */
  private outward(caller: Found, [innermost, ...others]: readonly bigint[]): UnwoundFrame {
    const level = this.level + 1;
    if (innermost === undefined) return new UnwoundFrame(this.stack, caller, level);
    // When it made its call it had put all registers back as its caller had them, but for those that it passed arguments in.
    const gone: Found = { ...caller, pc: innermost, isCall: true, origin: 'tail-call' };
    const frame = new UnwoundFrame(this.stack, gone, level);
    frame.found = caller.stackPointer === undefined ? undefined : { cfa: caller.stackPointer, found: caller };
    frame.callerFrame = frame.outward(caller, others);
    return frame;
  }

  readRegister(register: number): bigint | undefined {
    const { registers } = this.present;
    if (registers.has(register)) return registers.get(register);
    return this.level === 0 || isPreserved(register) ? this.stack.context.readRegister(register) : undefined;
  }

  readMemory(address: bigint, length: number): Uint8Array | undefined {
    return this.stack.context.readMemory(address, length);
  }

  registerHome(register: number): RegisterHome | undefined {
    const { registers, saved } = this.present;
    const address = saved?.get(register);
    if (address !== undefined) return { kind: 'memory', address: BigInt.asUintN(64, address) };
    if (registers.has(register)) return undefined;
    if (this.level > 0 && !isPreserved(register)) return undefined;
    return this.stack.context.registerHome?.(register);
  }

  private findCaller(): Caller | undefined {
    if (this.found === null) this.found = findCaller(this, this.present, this.stack);
    return this.found;
  }
}

/** gdb, too, tells them only of frames that call frame information describes. */
function tailCallsBetween(caller: Found, lookupAddress: bigint, code: CodeInformation): readonly bigint[] {
  if (caller.origin !== 'call-frame-information' || !caller.isCall || caller.interruption !== undefined) return [];
  return code.tailCallsBetween(caller.pc, lookupAddress);
}

/** A stack grows downward: each caller's frame lies above, or at the same place if the callee had none. */
function isProgress(callee: Found, caller: Found): boolean {
  if (caller.pc === 0n) return false;
  if (caller.interruption !== undefined) return true;
  if (callee.stackPointer === undefined || caller.stackPointer === undefined) return true;
  if (caller.stackPointer > callee.stackPointer) return true;
  if (caller.stackPointer === callee.stackPointer && caller.pc === callee.pc) return false;
  // A trap may have come from another stack.
  if (caller.isOtherStack === true) return true;
  return !caller.isCall || (callee.origin === 'present' && caller.stackPointer === callee.stackPointer);
}

function findCaller(frame: BareFrame, present: Found, stack: Stack): Caller | undefined {
  const caller = findKnownCaller(frame, present, stack);
  if (present.isFirmware !== true) return caller;
  // Nothing of the upper half calls firmware: its registers may still be those of what it interrupted.
  const isKernel = caller?.found?.interruption === undefined && (caller?.found?.pc ?? 0n) >> 63n === 1n;
  if (caller?.found !== undefined && !isKernel) return caller;
  const interrupted = interruptedByFirmware(stack.context);
  if (interrupted === undefined) return isKernel ? undefined : caller;
  return checkCode(callerByTrap(frame, 'M', interrupted, 'firmware-trap'), stack.code);
}

function findKnownCaller(frame: BareFrame, present: Found, { code, traps }: Stack): Caller | undefined {
  const { pc, lookupAddress } = frame;
  const trap = traps.at(pc);
  const interrupted = trap && interruptedBy(frame, trap.states, trap.mode, present.origin === 'present');
  const row = code.isCode(lookupAddress) ? code.callFrameRow(lookupAddress) : undefined;
  if (row !== undefined) {
    const caller = callerByRow(frame, present, row);
    // The outermost frame says so by an undefined return address.
    if (caller !== undefined)
      return checkCode(row.isTrapFrame ? withTrap(caller, trap?.mode, interrupted) : caller, code);
  }
  if (trap !== undefined) {
    return interrupted && checkCode(callerByTrap(frame, trap.mode, interrupted, 'trap-entry'), code);
  }
  return callerByPrologue(frame, present, code) ?? callerByFramePointer(frame, present, code);
}

/** Stops above a frame whose return address is nowhere that code could be. */
function checkCode(caller: Caller | undefined, code: CodeInformation): Caller | undefined {
  if (caller === undefined) return undefined;
  const { found } = caller;
  // Of the programs that a kernel runs nothing needs to be known here.
  if (found?.interruption?.privilege === 'U' && found.pc !== 0n) return caller;
  if (found === undefined || isPlausible(found.pc, found.isCall, code)) return caller;
  return { cfa: caller.cfa, found: undefined };
}

function isPlausible(pc: bigint, isCall: boolean, code: CodeInformation): boolean {
  return pc !== 0n && (pc & 1n) === 0n && code.isCode(isCall ? pc - 1n : pc);
}

function callerByRow(frame: BareFrame, present: Found, row: CallFrameRow): Caller | undefined {
  try {
    const context: ExpressionContext = {
      readRegister: (register) => frame.readRegister(register),
      readMemory: (address, length) => frame.readMemory(address, length),
    };
    const cfa = canonicalFrameAddress(row, context);
    const registers = inheritedRegisters(frame, present);
    registers.set(Register.stackPointer, cfa);
    const saved = inheritedPlaces(present);
    for (const [register, rule] of row.registers) {
      registers.set(register, applyRule(rule, register, cfa, context));
      if (rule.kind === 'offset') saved.set(register, cfa + BigInt(rule.offset));
      else saved.delete(register);
    }
    const { returnColumn } = row;
    // Without a rule the return address is still where the call put it.
    const pc = row.registers.has(returnColumn) ? registers.get(returnColumn) : frame.readRegister(returnColumn);
    if (pc === undefined) return { cfa, found: undefined };
    const stackPointer = registers.get(Register.stackPointer);
    const origin = 'call-frame-information';
    return { cfa, found: { pc, registers, saved, isCall: !row.isTrapFrame, origin, stackPointer } };
  } catch (error) {
    if (error instanceof UnavailableError || error instanceof SymbolError) return undefined;
    throw error;
  }
}

function canonicalFrameAddress({ cfa }: CallFrameRow, context: ExpressionContext): bigint {
  if (cfa.kind === 'expression') return evaluateValue(cfa.bytes, context);
  const base = context.readRegister(cfa.register);
  if (base === undefined) throw new UnavailableError(`register ${cfa.register} is not known in this frame`);
  return BigInt.asUintN(64, base + BigInt(cfa.offset));
}

function applyRule(rule: RegisterRule, register: number, cfa: bigint, context: ExpressionContext): bigint | undefined {
  switch (rule.kind) {
    case 'undefined':
      return undefined;
    case 'same-value':
      return context.readRegister(register);
    case 'offset':
      return readWord(context, cfa + BigInt(rule.offset));
    case 'value-offset':
      return BigInt.asUintN(64, cfa + BigInt(rule.offset));
    case 'register':
      return context.readRegister(rule.register);
    case 'expression':
      return readWord(context, evaluateValue(rule.bytes, context, [cfa]));
    case 'value-expression':
      return evaluateValue(rule.bytes, context, [cfa]);
  }
}

/** The code that a trap interrupted, from what its handler kept. */
function callerByTrap(
  frame: BareFrame,
  mode: TrapMode,
  interrupted: Interrupted,
  origin: FrameOrigin,
): Caller | undefined {
  const { registers } = interrupted;
  const stackPointer = registers.get(Register.stackPointer);
  const interruption = interruptionOf(mode, interrupted);
  const behind = environmentCallReturn(frame, interrupted);
  const pc = behind ?? interrupted.pc;
  const isCall = behind !== undefined;
  const found: Found = { pc, registers, isCall, origin, stackPointer, interruption };
  // What sp was before, as for a call: on a stack of its own the handler may be elsewhere.
  return stackPointer === undefined ? undefined : { cfa: stackPointer, found };
}

/**
 * Where an environment call returns to. It is taken at its own address; the handler makes the hart go on behind it, at once or
 * late. Undefined when the trap was none.
 */
function environmentCallReturn(frame: BareFrame, { pc, cause }: Interrupted): bigint | undefined {
  if (cause === undefined || !ENVIRONMENT_CALLS.has(cause)) return undefined;
  const isCallAt = (address: bigint): boolean => {
    const bytes = frame.readMemory(BigInt.asUintN(64, address), 4);
    return bytes !== undefined && littleEndian(bytes) === ECALL;
  };
  if (isCallAt(pc)) return BigInt.asUintN(64, pc + 4n);
  return isCallAt(pc - 4n) ? pc : undefined;
}

/** Of scause and mcause: from U-, S- and M-mode. */
const ENVIRONMENT_CALLS: ReadonlySet<bigint> = new Set([8n, 9n, 11n]);
const ECALL = 0x73n;

/** A caller that call frame information found, with what the code at the vector kept of the trap. */
function withTrap(caller: Caller, mode: TrapMode = 'S', interrupted: Interrupted | undefined): Caller {
  if (caller.found === undefined) return caller;
  return { ...caller, found: { ...caller.found, interruption: interruptionOf(mode, interrupted) } };
}

function interruptionOf(mode: TrapMode, interrupted: Interrupted | undefined): Interruption {
  const { cause, status } = interrupted ?? {};
  if (status === undefined) return { mode, cause, privilege: undefined };
  // SPP is bit 8 of sstatus, MPP bits 12 and 11 of mstatus.
  const previous = mode === 'S' ? (status >> 8n) & 1n : (status >> 11n) & 3n;
  return { mode, cause, privilege: previous === 0n ? 'U' : previous === 1n ? 'S' : 'M' };
}

/** The caller of a function without frame descriptions, from what its instructions have done so far. */
function callerByPrologue(frame: BareFrame, present: Found, code: CodeInformation): Caller | undefined {
  const { pc, lookupAddress } = frame;
  if (!code.isCode(lookupAddress)) return undefined;
  const start = code.functionStart(lookupAddress);
  const stackPointer = frame.readRegister(Register.stackPointer);
  if (start === undefined || stackPointer === undefined || pc - start > LONGEST_PROLOGUE) return undefined;
  // Before its start lie instructions that a kernel patches, which leave the frame alone.
  const instructions = pc <= start ? new Uint8Array(0) : frame.readMemory(start, Number(pc - start));
  if (instructions === undefined) return undefined;
  const { frameSize, saved, hasFramePointer, keepsReturnAddress } = readFrame(instructions);
  const framePointer = hasFramePointer ? frame.readRegister(Register.framePointer) : undefined;
  const cfa = framePointer ?? BigInt.asUintN(64, stackPointer + BigInt(frameSize));
  const registers = inheritedRegisters(frame, present);
  const places = inheritedPlaces(present);
  for (const [register, offset] of saved) {
    registers.set(register, readWord(frame, cfa + BigInt(offset)));
    places.set(register, cfa + BigInt(offset));
  }
  registers.set(Register.stackPointer, cfa);
  // A function that has called another keeps its return address on the stack, or is lost.
  if (!saved.has(Register.returnAddress) && present.origin !== 'present') return undefined;
  const returnAddress = saved.has(Register.returnAddress)
    ? registers.get(Register.returnAddress)
    : frame.readRegister(Register.returnAddress);
  if (returnAddress === undefined || !isPlausible(returnAddress, true, code)) return undefined;
  // A return to before the pc in the function itself is left from a call it made: it kept its own nowhere.
  const isInFunction = returnAddress <= pc && code.functionStart(returnAddress - 1n) === start;
  const isLeft = isInFunction && !keepsReturnAddress;
  if (isLeft) return undefined;
  const isOtherStack = framePointer !== undefined;
  const found: Found = {
    pc: returnAddress,
    registers,
    saved: places,
    isCall: true,
    origin: 'prologue',
    stackPointer: cfa,
    isOtherStack,
  };
  return { cfa, found };
}

/** The caller by the chain that -fno-omit-frame-pointer keeps: ra at s0 - 8, the caller's s0 at s0 - 16. */
function callerByFramePointer(frame: BareFrame, present: Found, code: CodeInformation): Caller | undefined {
  const cfa = frame.readRegister(Register.framePointer);
  const stackPointer = frame.readRegister(Register.stackPointer);
  if (cfa === undefined || (cfa & 7n) !== 0n || cfa < 16n) return undefined;
  if (stackPointer !== undefined && cfa <= stackPointer) return undefined;
  const returnAddress = readWord(frame, cfa - 8n);
  if (returnAddress === undefined || !isPlausible(returnAddress, true, code)) return undefined;
  const registers = inheritedRegisters(frame, present);
  registers.set(Register.returnAddress, returnAddress);
  registers.set(Register.framePointer, readWord(frame, cfa - 16n));
  registers.set(Register.stackPointer, cfa);
  const found: Found = { pc: returnAddress, registers, isCall: true, origin: 'frame-pointer', stackPointer: cfa };
  return { cfa, found };
}

/** Of a hand-written function without a symbol at its end, and of a damaged symbol table. */
export const LONGEST_PROLOGUE = 0x1_0000n;

/** The caller's registers before its callee's rules: what the calling convention preserves. */
function inheritedRegisters(frame: BareFrame, present: Found): Map<number, bigint | undefined> {
  const registers = new Map<number, bigint | undefined>();
  for (const [register, value] of present.registers) if (isPreserved(register)) registers.set(register, value);
  // A leaf leaves ra as its caller's call put it.
  registers.set(Register.returnAddress, frame.readRegister(Register.returnAddress));
  return registers;
}

/** Where callees of the callee saved what it left as it was. */
function inheritedPlaces({ saved }: Found): Map<number, bigint> {
  return new Map([...(saved ?? [])].filter(([register]) => isPreserved(register)));
}

function readWord(context: Pick<UnwindContext, 'readMemory'>, address: bigint): bigint | undefined {
  const bytes = context.readMemory(BigInt.asUintN(64, address), 8);
  return bytes === undefined ? undefined : littleEndian(bytes);
}
