/** The console that the SBI shares with the kernel's own driver. */
export interface SbiConsole {
  transmit(bytes: Uint8Array): void;
  /** Up to `length` bytes that have arrived. */
  takeReceived(length: number): Uint8Array;
}
