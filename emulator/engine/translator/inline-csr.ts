import { csrByNumber, type CsrBehaviour } from '../../riscv/csr.ts';

/** CSRs that translated code reaches without the core: nothing but the privilege decides, and nothing follows. */
export interface InlineCsr {
  readonly behaviour: Extract<CsrBehaviour, { kind: 'constant' | 'stored' }>;
  /** 0, 1 or 3. */
  readonly lowestPrivilege: number;
  readonly readOnly: boolean;
}

/** The CSR with this number if it is one of them. */
export function inlineCsr(number: number): InlineCsr | undefined {
  const csr = csrByNumber(number);
  if (!csr || csr.guard || csr.effects || csr.behaviour.kind === 'core') return undefined;
  return { behaviour: csr.behaviour, lowestPrivilege: (number >> 8) & 3, readOnly: number >> 10 === 3 };
}

export function isInlineCsr(number: number): boolean {
  return inlineCsr(number) !== undefined;
}
