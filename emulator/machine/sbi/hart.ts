/** What the built-in SBI needs of a hart. */
export interface SbiHart {
  /** The hart's id. */
  readonly index: number;
  /** Integer register, as an unsigned or a signed 64-bit value. */
  readX(register: number): bigint;
  /** Writes an integer register; the value is an unsigned 64-bit number. */
  writeX(register: number, value: bigint): void;
  /** By CSR number, whatever the privilege; undefined when the hart has none. */
  readCsr(number: number): bigint | undefined;
  /** Sets stimecmp: STIP is pending while `time` is at or past the deadline. */
  setTimer(deadline: bigint): void;
  /** Sets or clears sip.SSIP. */
  setSoftwareInterrupt(pending: boolean): void;
  /** Begins executing in S-mode with translation off, sstatus.SIE clear, a0 = hart id and a1 = `opaque` (SBI 2.0, 9.1). */
  start(address: bigint, opaque: bigint): void;
  /** Ceases to execute until `start`. */
  stop(): void;
  /** Waits as `wfi` does, from the instruction after the call on. */
  waitForInterrupt(): void;
}
