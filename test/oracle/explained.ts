import type { Difference } from './comparison.ts';
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
const accessFaults: readonly bigint[] = [5n, 7n];
const FS = 3n << mstatus.FS_SHIFT;
const SD = 1n << 63n;

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
    name: 'Dirty where nothing changed',
    why:
      'mstatus.FS may be Dirty although no floating-point state changed ("Extension Context Status in mstatus Register"). ' +
      'QEMU 7.2 leaves it when an instruction writes an integer register, the machine makes it Dirty for all that may ' +
      'raise exceptions.',
    covers: ({ field, qemu, retrograde }) =>
      field === 'mstatus' && (qemu & FS) !== 0n && (qemu | FS | SD) === retrograde,
  },
];
