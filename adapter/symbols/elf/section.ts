import type { Address } from '../address.ts';

/** ELF section types that the reader looks at (System V gABI, chapter 4). */
export const SectionType = {
  symbolTable: 2,
  /** Relocations with addends. */
  relocations: 4,
  note: 7,
  /** Occupies no space in the file: .bss, and all loaded sections of a file of debug information alone. */
  noBits: 8,
} as const;

/** ELF section flags. */
export const SectionFlag = {
  write: 0x1,
  allocate: 0x2,
  execute: 0x4,
  compressed: 0x800,
} as const;

/** A section header. Offsets and sizes are bytes in the file, before decompression. */
export interface Section {
  readonly index: number;
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly address: Address;
  readonly offset: number;
  readonly size: number;
  /** For a symbol table: the index of its string table. */
  readonly link: number;
  /** For relocations: the index of the section they are for. */
  readonly information: number;
  /** A power of two, or 0. */
  readonly alignment: number;
  readonly entrySize: number;
}

/** A loadable segment: where the bytes of the file go. */
export interface Segment {
  readonly virtualAddress: Address;
  /** Where a loader puts it when paging is off; differs from the virtual address in most kernels. */
  readonly physicalAddress: Address;
  readonly offset: number;
  readonly fileSize: number;
  readonly memorySize: number;
}
