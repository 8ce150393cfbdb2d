import type { Difference } from './comparison.ts';
import { csr } from './layout.ts';
import { mstatus } from './program.ts';

/**
 * The differences from QEMU 7.2 that are meant: where the specification leaves a choice, or where QEMU departs from it.
 * Each is as narrow as it can be told; what no rule here covers fails the test.
 */
export interface Explanation {
  readonly name: string;
  readonly why: string;
  readonly covers: (difference: Difference) => boolean;
}

const BREAKPOINT = 3n;
const ILLEGAL_INSTRUCTION = 2n;
const SINVAL_VMA = 0x1600_0073n;
const SINVAL_VMA_MASK = 0xfe00_7fffn;
const INTERRUPT = 1n << 63n;
/** Highest priority first ("Machine Interrupt Registers"). */
const interruptPriority: readonly bigint[] = [11n, 3n, 7n, 9n, 1n, 5n].map((code) => INTERRUPT | code);
const PTE_N = 1n << 63n;
const PTE_ACCESSED_DIRTY = 0xc0n;
const accessFaults: readonly bigint[] = [5n, 7n];
const FS = 3n << mstatus.FS_SHIFT;
const SD = 1n << 63n;

interface KeptBits {
  readonly csrs: readonly number[];
  readonly bits: bigint;
  readonly why: string;
}

/** Bits that QEMU 7.2 lets software set and the machine does not, or reads otherwise. */
const keptBits: readonly KeptBits[] = [
  { csrs: [csr.sepc, csr.mepc], bits: 1n, why: 'Bit 0 of xepc is always zero; QEMU shows what was written.' },
  {
    csrs: [csr.mstatus, csr.sstatus],
    bits: (3n << 32n) | (3n << 38n),
    why: 'GVA and MPV belong to extensions that neither has, and UXL is 64 bits for good; QEMU keeps what is written.',
  },
  {
    csrs: [csr.mstatus],
    bits: 3n << mstatus.MPP_SHIFT,
    why: 'There is no mode 2, so MPP cannot hold it; QEMU does.',
  },
  {
    csrs: [csr.mideleg, csr.mie, csr.mip],
    bits: 0x3444n,
    why: 'Interrupts of VS-mode and of counter overflow belong to extensions that neither has; QEMU keeps their bits.',
  },
  {
    csrs: [csr.medeleg],
    bits: 0xf0_0c00n,
    why: 'Guest page faults and calls from VS-mode belong to an extension that neither has, and calls from M-mode cannot be delegated; QEMU keeps their bits.',
  },
  {
    csrs: [csr.mcounteren, csr.scounteren],
    bits: 0xffff_ffff_0000_0000n,
    why: 'These registers have 32 bits; QEMU keeps 64.',
  },
  {
    csrs: [csr.pmpcfg0, csr.pmpcfg2],
    bits: 0x6060_6060_6060_6060n,
    why: 'Bits 5 and 6 of a pmpcfg field are always zero; QEMU keeps them.',
  },
  {
    csrs: Array.from({ length: 16 }, (_, index) => csr.pmpaddr0 + index),
    bits: 0xffc0_0000_0000_03ffn,
    why: "The machine's granularity of physical memory protection is a page, QEMU's is four bytes; bits 54 up are zero.",
  },
];

/** The CSR that a differing field shows. */
function shownCsr({ field, placed }: Difference): number | undefined {
  if (field === 'mstatus' || field === 'sepc') return csr[field];
  return field.startsWith('x') ? placed.test.reads?.get(Number(field.slice(1))) : undefined;
}

export const explanations: readonly Explanation[] = [
  {
    name: 'tval of ebreak',
    why:
      'On ebreak the trap value is zero or the address of the instruction (Privileged Architecture, "Machine Trap Value ' +
      'Register"): QEMU 7.2 writes zero, the machine the address.',
    covers: ({ field, qemu, retrograde, ours }) =>
      (field === 'mtval' && ours.csr('mcause') === BREAKPOINT && qemu === 0n && retrograde === ours.csr('mepc')) ||
      (field === 'stval' && ours.csr('scause') === BREAKPOINT && qemu === 0n && retrograde === ours.csr('sepc')),
  },
  {
    name: 'tval of an access half of which is forbidden',
    why:
      'When physical memory protection forbids only the second page of a misaligned access, the trap value is the ' +
      'address of the portion that faulted ("Machine Trap Value Register"); QEMU 7.2 gives the start of the access ' +
      'unless the first page is in its TLB.',
    covers: ({ field, qemu, retrograde, ours }) =>
      (field === 'mtval' || field === 'stval') &&
      accessFaults.includes(ours.csr(field === 'mtval' ? 'mcause' : 'scause')) &&
      retrograde % 4096n === 0n &&
      retrograde > qemu &&
      retrograde - qemu < 8n,
  },
  {
    name: 'tval of a refused sinval.vma',
    why:
      'The trap value of an illegal instruction is its bits, or always zero; QEMU 7.2 leaves them out for sinval.vma ' +
      'alone.',
    covers: ({ field, qemu, retrograde, ours }) =>
      (field === 'mtval' || field === 'stval') &&
      ours.csr(field === 'mtval' ? 'mcause' : 'scause') === ILLEGAL_INSTRUCTION &&
      qemu === 0n &&
      (retrograde & SINVAL_VMA_MASK) === SINVAL_VMA,
  },
  {
    name: 'which of two interrupts',
    why:
      'Of interrupts that pend together the external one goes first, then software, then timer ("Machine Interrupt ' +
      'Registers"); QEMU 7.2 takes the lowest number.',
    covers: ({ field, qemu, retrograde }) =>
      (field === 'mcause' || field === 'scause') &&
      interruptPriority.includes(qemu) &&
      interruptPriority.includes(retrograde) &&
      interruptPriority.indexOf(retrograde) < interruptPriority.indexOf(qemu) &&
      qemu < retrograde,
  },
  {
    name: 'A and D of a reserved Svnapot entry',
    why:
      'An entry whose N bit makes it reserved raises a page fault and is not changed ("Svnapot"); QEMU 7.2 raises the ' +
      'fault after it has set A and D.',
    covers: ({ field, qemu, retrograde }) =>
      field.startsWith('watch') &&
      (retrograde & PTE_N) !== 0n &&
      ((qemu ^ retrograde) & ~PTE_ACCESSED_DIRTY) === 0n &&
      (qemu & retrograde) === retrograde,
  },
  {
    name: 'bits of CSRs',
    why: keptBits.map(({ why }) => why).join(' '),
    covers: (difference) => {
      const shown = shownCsr(difference);
      const bits = keptBits.filter(({ csrs }) => shown !== undefined && csrs.includes(shown));
      const mask = bits.reduce((all, kept) => all | kept.bits, 0n);
      return mask !== 0n && ((difference.qemu ^ difference.retrograde) & ~mask) === 0n;
    },
  },
  {
    name: 'Dirty where nothing changed',
    why:
      'mstatus.FS may be Dirty although no floating-point state changed ("Extension Context Status in mstatus Register"). ' +
      'QEMU 7.2 leaves it when an instruction writes an integer register, the machine makes it Dirty for all that may ' +
      'raise exceptions.',
    covers: (difference) => {
      const { qemu, retrograde } = difference;
      const shown = shownCsr(difference);
      return (shown === csr.mstatus || shown === csr.sstatus) && (qemu & FS) !== 0n && (qemu | FS | SD) === retrograde;
    },
  },
];
