import { decode } from '../../../emulator/riscv/decoder.ts';
import { littleEndian } from '../dwarf/expression.ts';
import { Register } from './registers.ts';
import { trapCsrs, type Interrupted } from './trap-entry.ts';
import type { UnwindContext } from './unwind-context.ts';

/**
 * Where OpenSBI puts what a trap interrupted (`struct sbi_trap_regs`, include/sbi/sbi_trap.h, the same in 1.1, 1.6 and later): x0 to x31 as
 * doublewords in order, then mepc and mstatus. That is what its stack begins with, which ends where mscratch points to.
 */
const MEPC = 32;
const MSTATUS = 33;
/** Doublewords; versions differ in what they keep behind it. */
const SHORTEST_CONTEXT = 35;

const MSCRATCH = 0x340;
const THREAD_POINTER = 4;
/** t0, which the handler reckons with. */
const TEMPORARY = 5;
/** Bytes of a hart's stack (SBI_PLATFORM_DEFAULT_HART_STACK_SIZE). */
const STACK_SIZE = 8192n;
/** Instructions of the handler, up to its return. */
const LONGEST_HANDLER = 256;
const WORD = 8;
const INSTRUCTION = 4n;

/**
 * What a trap into OpenSBI interrupted, with no symbols of it. Its handler is known by its first instruction, which exchanges tp and
 * mscratch. Undefined where that is other code, in its first dozen of instructions, which look for the stack, and where what the
 * stack holds is not of the trap that the CSRs tell of: another was taken meanwhile, or it is handed on to the kernel.
 */
export function interruptedByFirmware(context: UnwindContext): Interrupted | undefined {
  const csr = (number: number): bigint | undefined => context.readRegister(Register.firstCsr + number);
  const vector = csr(trapCsrs.M.vector);
  const scratch = csr(MSCRATCH);
  const stackPointer = context.readRegister(Register.stackPointer);
  const entry = vector === undefined ? undefined : readEntry(context, vector & ~3n);
  if (entry === undefined || scratch === undefined || stackPointer === undefined) return undefined;
  const { pc: present } = context;
  const base = scratch - BigInt(entry.size);
  if (entry.start <= present && present < entry.end) return interruptedAtEntry(context, base);
  // On the way out registers are what they were, one by one, and the stack is left alone.
  const isLeaving = entry.end <= present && present <= entry.exit;
  if (!isLeaving && (stackPointer > base || stackPointer <= scratch - STACK_SIZE)) return undefined;
  const bytes = context.readMemory(base, SHORTEST_CONTEXT * WORD);
  if (bytes === undefined) return undefined;
  const word = (index: number): bigint => littleEndian(bytes.subarray(index * WORD, (index + 1) * WORD));
  const [pc, status] = [word(MEPC), word(MSTATUS)];
  // Behind an environment call, or an instruction that was emulated, the handler has moved it.
  const taken = csr(trapCsrs.M.epc);
  const isThisTrap = taken !== undefined && (pc === taken || pc === taken + INSTRUCTION);
  const previous = previousPrivilege(status);
  if (!isThisTrap || previous === 3n || previous !== previousPrivilege(csr(trapCsrs.M.status) ?? 0n)) return undefined;
  const registers = new Map<number, bigint>();
  for (let register = 1; register < MEPC; register++) registers.set(register, word(register));
  return { pc, registers, cause: csr(trapCsrs.M.cause), status };
}

/** While registers are being saved, they are in the hart still, but for sp, tp and t0; sp is the first one on the stack. */
function interruptedAtEntry(context: UnwindContext, base: bigint): Interrupted | undefined {
  const csr = (number: number): bigint | undefined => context.readRegister(Register.firstCsr + number);
  const pc = csr(trapCsrs.M.epc);
  const status = csr(trapCsrs.M.status);
  const at = base + BigInt(Register.stackPointer * WORD);
  const stackPointer = littleEndian(context.readMemory(at, WORD) ?? new Uint8Array(0));
  const isSaved = context.readRegister(Register.stackPointer) === base;
  if (!isSaved || pc === undefined || status === undefined || previousPrivilege(status) === 3n) return undefined;
  const registers = new Map<number, bigint | undefined>();
  for (let register = 1; register < MEPC; register++) {
    const isMoved = register === THREAD_POINTER || register === TEMPORARY;
    registers.set(register, isMoved ? undefined : context.readRegister(register));
  }
  registers.set(Register.stackPointer, stackPointer);
  return { pc, registers, cause: csr(trapCsrs.M.cause), status };
}

/** MPP, bits 12 and 11 of mstatus. */
function previousPrivilege(status: bigint): bigint {
  return (status >> 11n) & 3n;
}

interface Entry {
  readonly start: bigint;
  /** Where the first function is called: all is saved there. */
  readonly end: bigint;
  /** Where it returns from the trap. */
  readonly exit: bigint;
  /** Bytes that it takes of the stack. */
  readonly size: number;
}

function readEntry(context: UnwindContext, start: bigint): Entry | undefined {
  let size: number | undefined;
  let end: bigint | undefined;
  for (let pc = start, count = 0; count < LONGEST_HANDLER; count++) {
    const bytes = context.readMemory(pc, 4);
    const decoded = bytes && decode(Number(littleEndian(bytes)));
    if (decoded === undefined) return undefined;
    const { instruction, rd, rs1, imm, csr, length } = decoded;
    const { name } = instruction;
    const exchanges = name === 'csrrw' && rd === THREAD_POINTER && rs1 === THREAD_POINTER && csr === MSCRATCH;
    if (count === 0 && !exchanges) return undefined;
    if (name === 'addi' && rd === Register.stackPointer && rs1 !== rd) size ??= -imm;
    if ((name === 'jal' || name === 'jalr') && rd === Register.returnAddress) end ??= pc;
    if (name === 'mret') {
      if (end === undefined || size === undefined || size < SHORTEST_CONTEXT * WORD) return undefined;
      return { start, end, exit: pc, size };
    }
    pc += BigInt(length);
  }
  return undefined;
}
