import { walkPageTable } from './page-table.ts';

/** Memory for people: reading it has no effects on the guest. */

/** All `length` bytes at an address, or undefined. */
export type ReadMemory = (address: bigint, length: number) => Uint8Array | undefined;

const PAGE = 4096n;

/**
 * Memory by the virtual addresses of one address space, whatever the hart's privilege: a kernel's structures can be read
 * while a user program runs, and a sleeping task's memory while another runs.
 */
export function memoryOfSpace(satp: bigint, readPhysical: ReadMemory): ReadMemory {
  const pages = new Map<bigint, bigint | undefined>();
  const physicalPage = (page: bigint): bigint | undefined => {
    if (pages.has(page)) return pages.get(page);
    const { outcome } = walkPageTable(satp, page, (at) => littleEndian(readPhysical(at, 8)));
    const found = outcome.kind === 'mapped' ? outcome.physical : undefined;
    pages.set(page, found);
    return found;
  };
  return (address, length) => {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const at = BigInt.asUintN(64, address + BigInt(done));
      const offset = at % PAGE;
      const page = physicalPage(at - offset);
      if (page === undefined) return undefined;
      const part = readPhysical(page + offset, Math.min(length - done, Number(PAGE - offset)));
      if (part === undefined) return undefined;
      bytes.set(part, done);
      done += part.length;
    }
    return bytes;
  };
}

/** Undefined stays undefined. */
export function littleEndian(bytes: Uint8Array): bigint;
export function littleEndian(bytes: Uint8Array | undefined): bigint | undefined;
export function littleEndian(bytes: Uint8Array | undefined): bigint | undefined {
  return bytes?.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
