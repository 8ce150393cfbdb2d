import { crc32 } from '../../../emulator/recording/crc32.ts';
import type { ByteCursor } from '../byte-cursor.ts';
import { crc64 } from './crc64.ts';
import { sha256 } from './sha256.ts';

/** How the contents of blocks are checked (.xz file format 1.0.4, section 2.1.1.2), by their identifier. */
export interface IntegrityCheck {
  /** For messages. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Whether contents agree with what is stored, which is read. */
  readonly agrees: (contents: Uint8Array, stored: ByteCursor) => boolean;
}

const checks: ReadonlyMap<number, IntegrityCheck> = new Map<number, IntegrityCheck>([
  [0x00, { name: 'no check', size: 0, agrees: () => true }],
  [0x01, { name: 'CRC32', size: 4, agrees: (contents, stored) => crc32(contents) === stored.u32() }],
  [0x04, { name: 'CRC64', size: 8, agrees: (contents, stored) => crc64(contents) === stored.u64() }],
  [
    0x0a,
    {
      name: 'SHA-256',
      size: 32,
      agrees: (contents, stored) => {
        const digest = stored.take8(32);
        return sha256(contents).every((byte, index) => byte === digest[index]);
      },
    },
  ],
]);

/** Undefined for the identifiers that the format keeps for later. */
export function integrityCheck(identifier: number): IntegrityCheck | undefined {
  return checks.get(identifier);
}
