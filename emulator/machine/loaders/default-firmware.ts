import type { Firmware } from '../configuration.ts';
import { RAM_BASE } from '../memory-map.ts';
import { isElf, parseElf } from './elf.ts';
import { gunzip, isGzip } from './gzip.ts';

/** Larger than any kernel; bounds what a hostile file can make us allocate. */
const UNPACKED_LIMIT = 2 ** 30;

/**
 * The firmware that a kernel wants when the person names none: `none` for an ELF executable that occupies the start of RAM,
 * where firmware would be, or that ends runs by `tohost` as bare-metal test programs do; else the built-in SBI.
 * Throws a LoadError for a malformed file.
 */
export function defaultFirmware(kernel: Uint8Array): Firmware {
  const bytes = isGzip(kernel) ? gunzip(kernel, UNPACKED_LIMIT, 'kernel') : kernel;
  if (!isElf(bytes)) return { kind: 'builtin' };
  const elf = parseElf(bytes, 'kernel');
  const atStartOfRam = elf.segments.some((segment) => segment.physicalAddress === RAM_BASE);
  return { kind: atStartOfRam || elf.symbol('tohost') !== undefined ? 'none' : 'builtin' };
}
