import type { CallFrameRow } from './call-frame-program.ts';
import { Register } from './registers.ts';

/** `ret` is jalr x0, 0(x1), and c.jr x1 in two bytes (The RISC-V Instruction Set Manual, 2.5 and 28.5). */
const RETURN = 0x0000_8067;
const COMPRESSED_RETURN = 0x8082;

/**
 * The rules at an instruction whose bytes are given. At a return the stack is as it was at the call, and what a function
 * preserves has been put back: the return address could not be in its register otherwise. LLVM, unless it is asked for tables
 * that hold at every instruction, describes the frame as if it were still there.
 */
export function withoutFrameAtReturn(row: CallFrameRow, instruction: Uint8Array | undefined): CallFrameRow {
  if (row.returnColumn !== Register.returnAddress || row.cfa.kind !== 'register' || !isReturn(instruction)) return row;
  const { cfa } = row;
  if (cfa.register === Register.stackPointer && cfa.offset === 0) return row;
  return { ...row, cfa: { kind: 'register', register: Register.stackPointer, offset: 0 }, registers: new Map() };
}

function isReturn(instruction: Uint8Array | undefined): boolean {
  if (instruction === undefined || instruction.length < 2) return false;
  const [first = 0, second = 0, third = 0, fourth = 0] = instruction;
  const half = first | (second << 8);
  return half === COMPRESSED_RETURN || (instruction.length >= 4 && (half | (third << 16) | (fourth << 24)) === RETURN);
}
