/** DWARF register numbers of RISC-V (RISC-V DWARF Specification, section "DWARF Register Numbers"). */
export const Register = {
  zero: 0,
  returnAddress: 1,
  stackPointer: 2,
  globalPointer: 3,
  threadPointer: 4,
  /** s0, which GCC points at the frame's top when it keeps a frame pointer. */
  framePointer: 8,
  /** f0; f31 is 63. */
  firstFloat: 32,
  /** CSR n is 4096 + n. */
  firstCsr: 4096,
  lastCsr: 8191,
} as const;

/** The registers that a function leaves as it found them (RISC-V calling convention): s0-s11, fs0-fs11, gp, tp. */
const PRESERVED: ReadonlySet<number> = new Set([3, 4, 8, 9, ...span(18, 27), 40, 41, ...span(50, 59)]);

/** Whether the caller still finds its own value in a register that the callee's frame says nothing of. */
export function isPreserved(register: number): boolean {
  return PRESERVED.has(register) || register >= Register.firstCsr;
}

function span(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
