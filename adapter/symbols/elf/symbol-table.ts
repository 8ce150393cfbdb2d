import type { Address } from '../address.ts';
import { lastAtOrBelow } from '../range-index.ts';
import { FIRST_RESERVED_SECTION, nameAt, SYMBOL_SIZE, type ElfFile } from './elf-file.ts';
import { DOT, NameTable } from './name-table.ts';
import { SectionFlag, SectionType } from './section.ts';

/** What a symbol is (STT_). */
export type SymbolType = 'none' | 'object' | 'function' | 'section' | 'file' | 'common' | 'tls' | 'other';
/** Where a symbol is seen (STB_). */
export type SymbolBinding = 'local' | 'global' | 'weak' | 'other';

export interface ElfSymbol {
  readonly name: string;
  readonly address: Address;
  /** Bytes; 0 when not known. */
  readonly size: number;
  readonly type: SymbolType;
  readonly binding: SymbolBinding;
  /** The index of the section it lies in; undefined for absolute and undefined symbols. */
  readonly section: number | undefined;
  /** The source file that a local symbol belongs to, as the linker noted it: a name without directory, mostly. */
  readonly file: string | undefined;
}

const TYPES: readonly SymbolType[] = ['none', 'object', 'function', 'section', 'file', 'common', 'tls'];
const BINDINGS: readonly SymbolBinding[] = ['local', 'global', 'weak'];
const STT_FILE = 4;

/** ASCII. */
const UNDERSCORE = 0x5f;
const UPPER_R = 0x52;
const UPPER_Z = 0x5a;

/**
 * The symbols of `.symtab`, or of `.dynsym` in a stripped file. Kept as columns of numbers (a Linux kernel has 240,000
 * symbols); names are decoded when asked for.
 */
export class SymbolTable implements Iterable<ElfSymbol> {
  /** Indices of the symbols that name a place in the loaded program, by ascending address. */
  private readonly byAddress: Uint32Array;
  private readonly sortedAddresses: Float64Array;
  private readonly byName: NameTable;

  private constructor(
    private readonly elf: ElfFile,
    private readonly strings: Uint8Array,
    private readonly columns: SymbolColumns,
    orders: LoadOrders,
  ) {
    const { address, nameOffset } = columns;
    const [byAddress, first, next] = orders(
      (kept) => (isOrder(kept, columns) ? kept : undefined),
      () => [this.placesByAddress(), ...NameTable.build(strings, nameOffset).columns],
    );
    this.byAddress = byAddress;
    this.sortedAddresses = Float64Array.from(byAddress, (index) => address[index] ?? 0);
    this.byName = new NameTable(first, next);
  }

  /** `orders` gives what was kept of the orders that symbols are found by, if `restore` takes it, or else makes them. */
  static read(elf: ElfFile, orders: LoadOrders = (_, make) => make()): SymbolTable {
    const section = elf.section('.symtab') ?? elf.section('.dynsym');
    const stringSection = section === undefined ? undefined : elf.sections[section.link];
    if (section?.type === SectionType.noBits || section === undefined || stringSection === undefined) {
      return SymbolTable.empty(elf);
    }
    return new SymbolTable(elf, elf.contents(stringSection), readColumns(elf.contents(section), elf), orders);
  }

  static empty(elf: ElfFile): SymbolTable {
    return new SymbolTable(elf, new Uint8Array(0), readColumns(new Uint8Array(0), elf), (_, make) => make());
  }

  private placesByAddress(): Uint32Array {
    const { count, address } = this.columns;
    const places = new Uint32Array(count);
    const ranks = new Uint8Array(count);
    let size = 0;
    for (let index = 1; index < count; index++) {
      if (!this.isPlace(index)) continue;
      places[size++] = index;
      ranks[index] = this.rank(index);
    }
    return places
      .subarray(0, size)
      .sort((a, b) => (address[a] ?? 0) - (address[b] ?? 0) || (ranks[a] ?? 0) - (ranks[b] ?? 0) || a - b)
      .slice();
  }

  get size(): number {
    return this.columns.count;
  }

  /** All symbols but those at addresses that cannot be. */
  *[Symbol.iterator](): Iterator<ElfSymbol> {
    const { count, address } = this.columns;
    for (let index = 1; index < count; index++) if (!Number.isNaN(address[index])) yield this.symbol(index);
  }

  /** The last symbol at or below an address, in the same section. Of several the one that says most. */
  near(address: Address, accept: (symbol: ElfSymbol) => boolean = () => true): ElfSymbol | undefined {
    const section = this.elf.sectionAt(address)?.index;
    for (let at = lastAtOrBelow(this.sortedAddresses, address); at >= 0; at--) {
      const symbol = this.symbol(this.byAddress[at] ?? 0);
      if (symbol.section !== section) return undefined;
      if (accept(symbol)) return symbol;
    }
    return undefined;
  }

  /** The first symbol above an address that `accept` takes. */
  after(address: Address, accept: (symbol: ElfSymbol) => boolean): ElfSymbol | undefined {
    for (let at = lastAtOrBelow(this.sortedAddresses, address) + 1; at < this.byAddress.length; at++) {
      const symbol = this.symbol(this.byAddress[at] ?? 0);
      if (symbol.address > address && accept(symbol)) return symbol;
    }
    return undefined;
  }

  /** All defined symbols of this name, in the order of the table; several statics may share one. */
  named(name: string): ElfSymbol[] {
    return this.matching(name, false);
  }

  /** As `named`, and the compiler's clones of a function: `name.isra.0`, `name.constprop.1`, `name.cold`. */
  namedOrCloned(name: string): ElfSymbol[] {
    return this.matching(name, true);
  }

  /** The defined symbols whose names say more to those who can demangle them: Rust's begin with `_R` or `_ZN`. */
  *mangled(): Generator<ElfSymbol> {
    const { count, nameOffset } = this.columns;
    for (let index = 1; index < count; index++) {
      const offset = nameOffset[index] ?? 0;
      if (this.strings[offset] !== UNDERSCORE || !this.isPlace(index)) continue;
      const second = this.strings[offset + 1];
      if (second === UPPER_R || second === UPPER_Z) yield this.symbol(index);
    }
  }

  /** Whether an address is named by a symbol that lies in executable code. */
  isCode(symbol: ElfSymbol): boolean {
    const section = symbol.section === undefined ? undefined : this.elf.sections[symbol.section];
    return section !== undefined && (section.flags & SectionFlag.execute) !== 0;
  }

  private matching(name: string, clones: boolean): ElfSymbol[] {
    const wanted = new TextEncoder().encode(name);
    const { nameOffset, sectionIndex } = this.columns;
    const found: ElfSymbol[] = [];
    for (const index of this.byName.withStemOf(wanted)) {
      const offset = nameOffset[index] ?? 0;
      const next = this.strings[offset + wanted.length];
      if (sectionIndex[index] === 0 || !(next === 0 || (clones && next === DOT))) continue;
      if (wanted.every((byte, at) => this.strings[offset + at] === byte)) found.push(this.symbol(index));
    }
    return found.filter(({ type, address }) => type !== 'file' && type !== 'section' && !Number.isNaN(address));
  }

  private symbol(index: number): ElfSymbol {
    const { nameOffset, address, size, info, sectionIndex, file } = this.columns;
    const section = sectionIndex[index] ?? 0;
    const information = info[index] ?? 0;
    const fileIndex = file[index] ?? 0;
    return {
      name: nameAt(this.strings, nameOffset[index] ?? 0),
      address: address[index] ?? 0,
      size: size[index] ?? 0,
      type: TYPES[information & 0xf] ?? 'other',
      binding: BINDINGS[information >> 4] ?? 'other',
      section: section === 0 || section >= FIRST_RESERVED_SECTION ? undefined : section,
      file: fileIndex === 0 ? undefined : nameAt(this.strings, nameOffset[fileIndex] ?? 0),
    };
  }

  /** Names a place: not a file, section or thread-local, not undefined, and not an assembler's private label. */
  private isPlace(index: number): boolean {
    const { nameOffset, address, info, sectionIndex } = this.columns;
    const section = sectionIndex[index] ?? 0;
    const type = TYPES[(info[index] ?? 0) & 0xf];
    if (section === 0 || section >= FIRST_RESERVED_SECTION || Number.isNaN(address[index])) return false;
    if (type !== 'none' && type !== 'function' && type !== 'object') return false;
    const first = this.strings[nameOffset[index] ?? 0] ?? 0;
    const second = this.strings[(nameOffset[index] ?? 0) + 1];
    // `$x` and `$d` map code and data (psABI); `.L` labels are the assembler's.
    return first !== 0 && first !== 0x24 && !(first === 0x2e && second === 0x4c);
  }

  /** Of symbols at one address the last in this order is the one to show: typed, sized, global. */
  private rank(index: number): number {
    const { info, size } = this.columns;
    const information = info[index] ?? 0;
    const typed = (information & 0xf) !== 0 ? 4 : 0;
    const sized = (size[index] ?? 0) > 0 ? 2 : 0;
    return typed + sized + (information >> 4 === 1 ? 1 : 0);
  }
}

interface SymbolColumns {
  readonly count: number;
  readonly nameOffset: Uint32Array;
  readonly address: Float64Array;
  readonly size: Float64Array;
  readonly info: Uint8Array;
  readonly sectionIndex: Uint16Array;
  /** The index of the STT_FILE symbol that precedes a local symbol, or 0. */
  readonly file: Uint32Array;
}

function readColumns(contents: Uint8Array, elf: ElfFile): SymbolColumns {
  const count = Math.floor(contents.length / SYMBOL_SIZE);
  const columns = {
    count,
    nameOffset: new Uint32Array(count),
    address: new Float64Array(count),
    size: new Float64Array(count),
    info: new Uint8Array(count),
    sectionIndex: new Uint16Array(count),
    file: new Uint32Array(count),
  };
  const view = new DataView(contents.buffer, contents.byteOffset, contents.byteLength);
  const bases = elf.sections.map(({ index }) => elf.addressOf(index));
  let file = 0;
  for (let index = 0, at = 0; index < count; index++, at += SYMBOL_SIZE) {
    const info = contents[at + 4] ?? 0;
    const section = view.getUint16(at + 6, true);
    const address = view.getInt32(at + 12, true) * 0x1_0000_0000 + view.getUint32(at + 8, true);
    const size = view.getUint32(at + 20, true) * 0x1_0000_0000 + view.getUint32(at + 16, true);
    columns.nameOffset[index] = view.getUint32(at, true);
    columns.info[index] = info;
    columns.sectionIndex[index] = section;
    // See Address for those that do not fit.
    columns.address[index] = Number.isSafeInteger(address) ? address + (bases[section] ?? 0) : Number.NaN;
    columns.size[index] = Number.isSafeInteger(size) ? size : 0;
    if ((info & 0xf) === STT_FILE) file = index;
    if (info >> 4 === 0) columns.file[index] = file;
  }
  return columns;
}

/** The places by address, then the two columns of the table of names. */
type Orders = readonly [byAddress: Uint32Array, first: Uint32Array, next: Uint32Array];

type LoadOrders = (restore: (kept: Orders) => Orders | undefined, make: () => Orders) => Orders;

/** Whether columns that were kept can be the orders of these symbols. */
function isOrder([byAddress, first, next]: Orders, { count, address }: SymbolColumns): boolean {
  let last = Number.NEGATIVE_INFINITY;
  for (const index of byAddress) {
    const place = address[index];
    if (place === undefined || !(place >= last)) return false;
    last = place;
  }
  return NameTable.isTable(first, next, count);
}
