import { FFLAGS } from '../../layout';

// The accrued exception flags of fcsr, by their bits (The RISC-V Instruction Set Manual, F extension, fcsr).
export const NX: u32 = 1;
export const UF: u32 = 2;
export const OF: u32 = 4;
export const DZ: u32 = 8;
export const NV: u32 = 16;

/** Accrues exceptions in the hart's fflags. */
export function raise(flags: u32): void {
  store<u32>(FFLAGS, load<u32>(FFLAGS) | flags);
}
