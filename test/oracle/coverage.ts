import { decode } from '../../emulator/riscv/decoder.ts';
import type { Outcome } from './comparison.ts';
import { csr } from './layout.ts';
import { SUPERVISOR_HANDLER } from './program.ts';
import type { PlacedCase } from './program.ts';

const INTERRUPT = 1n << 63n;
const ECALL_FROM_S = 9n;

/** Where a case was when its first trap was taken: what the runner saw, or what S-mode saw if it was delegated. */
function firstTrap(outcome: Outcome, handler: bigint): { readonly cause: bigint; readonly pc: bigint } {
  const cause = outcome.csr('mcause');
  const pc = outcome.csr('mepc');
  return cause === ECALL_FROM_S && pc === handler
    ? { cause: outcome.csr('scause'), pc: outcome.csr('sepc') }
    : { cause, pc };
}

/**
 * How many instructions a case carried out, the one that raised its trap included, by extension; compressed ones count as
 * C, encodings that mean nothing as `none`.
 */
export function countInstructions({ test, slot }: PlacedCase, outcome: Outcome): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const entry = test.entry?.(slot) ?? BigInt(slot);
  const { cause, pc } = firstTrap(outcome, test.csrs?.get(csr.stvec) ?? BigInt(SUPERVISOR_HANDLER));
  if ((cause & INTERRUPT) !== 0n && pc === entry) return counts;
  const end = entry + BigInt(2 * test.code.length);
  // Beyond the code, by falling or jumping out of it, all of it was carried out.
  const last = pc >= entry && pc < end ? pc : end;
  for (let parcel = 0; parcel < test.code.length && entry + BigInt(2 * parcel) <= last;) {
    const low = test.code[parcel] ?? 0;
    const wide = (low & 3) === 3;
    const decoded = decode(wide ? (low | ((test.code[parcel + 1] ?? 0) << 16)) >>> 0 : low);
    const extension = decoded === undefined ? 'none' : decoded.length === 2 ? 'C' : decoded.instruction.extension;
    counts.set(extension, (counts.get(extension) ?? 0) + 1);
    parcel += wide ? 2 : 1;
  }
  return counts;
}
