import { integerOperand } from '../operands.ts';
import type { Random } from '../random.ts';
import { encode } from '../assembler.ts';
import { csr } from './layout.ts';
import type { LoadedCsr } from './layout.ts';
import { SUPERVISOR_HANDLER, mstatus } from './program.ts';
import type { Privilege, Program, TestCase } from './program.ts';

/**
 * CSRs and privileged instructions from all three modes: who may, what a field keeps of what is written to it (WARL),
 * what shows through the views of S-mode, and what xRET makes of mstatus.
 */

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** CSRs whose values are compared. */
const comparedCsrs = [
  // Unprivileged and supervisor.
  ...[0x001, 0x002, 0x003, 0x100, 0x104, 0x105, 0x106, 0x10a, 0x140, 0x141, 0x142, 0x143, 0x144, 0x180],
  // Machine.
  ...[0xf14, 0xf15, 0x300, 0x301, 0x302, 0x303, 0x304, 0x305, 0x306, 0x30a, 0x340, 0x341, 0x342, 0x343, 0x344],
  // Physical memory protection.
  ...[0x3a0, 0x3a2, 0x3b0, 0x3b1, 0x3b5, 0x3bf],
  // Weighted.
  ...[0x100, 0x100, 0x300, 0x300, 0x302, 0x303, 0x304, 0x344, 0x144, 0x104, 0x180, 0x180, 0x30a],
] as const;

/** CSRs that tell of the implementation or of time: only whether they may be accessed is compared. */
const uncomparedCsrs = [
  ...[0xc00, 0xc01, 0xc02, 0xb00, 0xb02, 0xf11, 0xf12, 0xf13],
  // Read-only by number, absent, or of RV32 only.
  ...[0x3a1, 0x3a3, 0xc80, 0xc82, 0xb80, 0x310, 0x154, 0x200, 0x600, 0x680, 0x5a8, 0x7b0, 0x7c0, 0x8ff, 0xcc0, 0xfff],
] as const;

const writes = ['csrrw', 'csrrs', 'csrrc', 'csrrwi', 'csrrsi', 'csrrci'] as const;

/** Registers. */
const VALUE = 10;
const OLD = 11;
const NEW = 12;
const views = [
  { register: 13, view: csr.mstatus },
  { register: 14, view: csr.sstatus },
  { register: 15, view: csr.mip },
] as const;

/** QEMU has as many as it is told, 16 if it is not told. */
const isLateCounter = (number: number): boolean =>
  [0x323, 0xb03, 0xc03].some((first) => number >= first + 16 && number < first + 29);

/** CSRs from here on cannot be written, as their numbers say. */
const READ_ONLY = 0xc00;
/** Of the hypervisor extension; QEMU 7.2 has it with Sstc alone. */
const VSTIMECMP = 0x24d;
const isPmpConfiguration = (number: number): boolean => number >= 0x3a0 && number < 0x3b0;
const EVERY_BYTE = 0x0101_0101_0101_0101n;
/** Of a pmpcfg field: bit 7, and both bits of A. */
const PMP_LOCK = 0x80n;
const PMP_MATCHING_SHIFT = 3n;
/** The field VS of mstatus. */
const VECTOR_STATE = 3n << 9n;

/** A value to write, without what would have an effect that cannot be undone or compared. */
function writtenValue(random: Random, number: number): bigint {
  const value = integerOperand(random);
  // To write a read-only register is illegal whatever is written; QEMU 7.2 lets csrrs and csrrc of zero pass.
  if (number >= READ_ONLY) return value | 1n;
  // QEMU keeps VS without the extension it belongs to, and computes SD from it.
  if (number === csr.mstatus || number === csr.sstatus) return value & ~VECTOR_STATE;
  if (!isPmpConfiguration(number)) return value;
  // A locked entry stays for good. Four-byte regions (A = 2) are finer than the machine's granularity of a page: their
  // higher bit goes where the lower is clear.
  const unlocked = value & ~(PMP_LOCK * EVERY_BYTE);
  const lowerMatching = unlocked & (EVERY_BYTE << PMP_MATCHING_SHIFT);
  return unlocked & (~(EVERY_BYTE << (PMP_MATCHING_SHIFT + 1n)) | (lowerMatching << 1n));
}

const SUPERVISOR_INTERRUPTS = 0x222n;
const SIE = 1n << 1n;
const SPIE = 1n << 5n;
const DELEGATABLE = 0xb1ffn;

interface State {
  status: bigint;
  readonly csrs: Map<LoadedCsr, bigint>;
}

function drawState(random: Random, privilege: Privilege): State {
  let status = BigInt(random.below(4)) << mstatus.FS_SHIFT;
  for (const bit of [mstatus.SUM, mstatus.MXR, mstatus.TVM, mstatus.TW, mstatus.TSR, mstatus.SPP, SPIE]) {
    if (random.once(3)) status |= bit;
  }
  const csrs = new Map<LoadedCsr, bigint>();
  csrs.set(csr.stvec, BigInt(SUPERVISOR_HANDLER));
  csrs.set(csr.sscratch, random.bits64());
  csrs.set(csr.mcounteren, BigInt(random.bits32()));
  csrs.set(csr.scounteren, BigInt(random.bits32()));
  if (random.once(2)) csrs.set(csr.medeleg, random.bits64() & DELEGATABLE & ~(1n << 9n));
  if (privilege !== 'M' && random.once(4)) {
    // Interrupts of S-mode, pending as the case begins.
    csrs.set(csr.mie, random.bits64() & SUPERVISOR_INTERRUPTS);
    csrs.set(csr.mip, random.bits64() & SUPERVISOR_INTERRUPTS);
    csrs.set(csr.mideleg, random.bits64() & SUPERVISOR_INTERRUPTS);
    if (random.once(2)) status |= SIE;
  }
  return { status, csrs };
}

function testCase(
  random: Random,
  privilege: Privilege,
  words: readonly number[],
  state: State,
  value: bigint,
  reads: ReadonlyMap<number, number> = new Map(),
): TestCase {
  const x = Array.from({ length: 32 }, () => integerOperand(random));
  x[VALUE] = value;
  return {
    code: words.flatMap((word) => [word & 0xffff, word >>> 16]),
    family: 'privileged',
    reads,
    privilege,
    mstatus: state.status,
    fcsr: random.below(256),
    x,
    f: [],
    watches: [],
    csrs: state.csrs,
  };
}

/** One CSR instruction, then what can be read of its effect. */
export function csrCase(random: Random): TestCase {
  const privilege = random.pick(['M', 'M', 'M', 'S', 'S', 'U'] as const);
  const state = drawState(random, privilege);
  const compared = !random.once(8);
  const others = random.once(2)
    ? uncomparedCsrs
    : range(0, 0xfff).filter((candidate) => !isLateCounter(candidate) && candidate !== VSTIMECMP);
  const number = random.pick(compared ? comparedCsrs : others);
  const known = comparedCsrs.some((candidate) => candidate === number);
  const name = random.pick(writes);
  const immediate = random.below(isPmpConfiguration(number) ? 16 : 32);
  const operand = name.endsWith('i') ? { imm: immediate } : { rs1: random.once(6) ? 0 : VALUE };
  const words = [encode(name, { rd: known ? OLD : 0, csr: number, ...operand })];
  const reads = new Map([
    [OLD, number],
    [NEW, number],
  ]);
  if (known) {
    words.push(encode('csrrs', { rd: NEW, csr: number }));
    if (privilege === 'M') {
      for (const { register, view } of views) {
        words.push(encode('csrrs', { rd: register, csr: view }));
        reads.set(register, view);
      }
      // As the runner needs it, and as the next case expects it.
      words.push(encode('csrrw', { csr: number, rs1: OLD }));
    }
  }
  // Where S-mode may lose its handler, it is given nothing to handle.
  if (privilege === 'S' && (number === csr.stvec || number === csr.satp)) state.csrs.delete(csr.medeleg);
  return testCase(random, privilege, words, state, writtenValue(random, number), reads);
}

const orders = ['sfence.w.inval', 'sfence.inval.ir'] as const;

/** One privileged instruction. */
export function privilegedCase(random: Random, program: Program, subject: 'privileged' | 'Svinval'): TestCase {
  const privilege = random.pick(['M', 'S', 'S', 'U'] as const);
  const state = drawState(random, privilege);
  const words: number[] = [];
  const slot = program.openSlot();
  let value = integerOperand(random);
  if (subject === 'Svinval') {
    // QEMU 7.2 lets U-mode carry out the two that order.
    const order = privilege !== 'U' && random.once(2);
    words.push(
      order ? encode(random.pick(orders)) : encode('sinval.vma', { rs1: random.below(32), rs2: random.below(32) }),
    );
  } else {
    switch (random.pick(['sret', 'mret', 'wfi', 'fence', 'ecall', 'ebreak'])) {
      case 'sret':
        state.csrs.set(csr.sepc, BigInt(slot + 8 + 2 * random.below(8)));
        words.push(encode('sret'));
        break;
      case 'mret':
        // Where mstatus says, and past both instructions.
        value = BigInt(slot + 8 + 2 * random.below(8));
        if (privilege === 'M') words.push(encode('csrrw', { csr: csr.mepc, rs1: VALUE }));
        words.push(encode('mret'));
        break;
      case 'wfi':
        // Where it waits, nothing would wake it: see that it is refused elsewhere.
        if (privilege === 'S') state.status |= mstatus.TW;
        words.push(encode(privilege === 'M' ? 'ecall' : 'wfi'));
        break;
      case 'fence':
        words.push(encode('sfence.vma', { rs1: random.below(32), rs2: random.below(32) }));
        break;
      case 'ecall':
        words.push(encode('ecall'));
        break;
      default:
        words.push(encode('ebreak'));
    }
  }
  return testCase(random, privilege, words, state, value);
}
