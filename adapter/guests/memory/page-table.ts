/** Page tables as the privileged specification has them (chapter "Supervisor-Level ISA", Sv39 to Sv57), read for people. */

/** satp.MODE by its number; undefined for one that this version of the specification reserves. */
export type TranslationMode = 'Bare' | 'Sv39' | 'Sv48' | 'Sv57';

const MODES: Readonly<Record<number, TranslationMode>> = { 0: 'Bare', 8: 'Sv39', 9: 'Sv48', 10: 'Sv57' };
const LEVELS: Readonly<Record<TranslationMode, number>> = { Bare: 0, Sv39: 3, Sv48: 4, Sv57: 5 };

/** Bits of a page-table entry. */
const VALID = 1n;
const READ = 2n;
const WRITE = 4n;
const EXECUTE = 8n;
const USER = 16n;
const FLAG_NAMES = ['V', 'R', 'W', 'X', 'U', 'G', 'A', 'D'] as const;

const PAGE_BITS = 12n;
const PAGE_NUMBER = (1n << 44n) - 1n;

/** satp taken apart. */
export interface AddressTranslation {
  readonly mode: TranslationMode | undefined;
  readonly asid: number;
  /** Physical address of the root page table. */
  readonly root: bigint;
}

/** What an entry permits. */
export interface Permissions {
  readonly read: boolean;
  readonly write: boolean;
  readonly execute: boolean;
  readonly user: boolean;
}

/** One entry that a walk went through. */
export interface WalkedEntry {
  /** The root's is the highest, a page of 4 KiB has level 0. */
  readonly level: number;
  /** Physical address of the entry. */
  readonly address: bigint;
  readonly entry: bigint;
  /** The names of the bits that are set, such as `V R W A D`. */
  readonly flags: string;
}

export type WalkOutcome =
  | {
      readonly kind: 'mapped';
      readonly physical: bigint;
      /** Bytes of the page: 4096 times a power of 512. */
      readonly pageSize: bigint;
      readonly permissions: Permissions;
    }
  /** `reason` is the rest of a sentence that begins with the address. */
  | { readonly kind: 'unmapped'; readonly reason: string };

export interface PageTableWalk {
  readonly translation: AddressTranslation;
  readonly entries: readonly WalkedEntry[];
  readonly outcome: WalkOutcome;
}

/** Reads 8 bytes at a physical address; undefined where there is no memory. */
export type ReadEntry = (physical: bigint) => bigint | undefined;

export function translationOf(satp: bigint): AddressTranslation {
  return {
    mode: MODES[Number(satp >> 60n)],
    asid: Number((satp >> 44n) & 0xffffn),
    root: (satp & PAGE_NUMBER) << PAGE_BITS,
  };
}

/** The bits of satp that name an address space for good: an ASID may be given anew, the root page stays. */
export const SATP_SPACE = (0xfn << 60n) | PAGE_NUMBER;

/** Walks as a hart would, but changes nothing: neither A nor D bits, nor any TLB. Permissions are told, not checked. */
export function walkPageTable(satp: bigint, address: bigint, read: ReadEntry): PageTableWalk {
  const translation = translationOf(satp);
  const virtual = BigInt.asUintN(64, address);
  const entries: WalkedEntry[] = [];
  const unmapped = (reason: string): PageTableWalk => ({
    translation,
    entries,
    outcome: { kind: 'unmapped', reason },
  });
  const { mode } = translation;
  if (mode === undefined) return unmapped('cannot be translated: satp has a reserved mode');
  if (mode === 'Bare') {
    const permissions = { read: true, write: true, execute: true, user: true };
    return { translation, entries, outcome: { kind: 'mapped', physical: virtual, pageSize: 4096n, permissions } };
  }
  const levels = LEVELS[mode];
  const bits = 12 + 9 * levels;
  if (BigInt.asUintN(64, BigInt.asIntN(bits, virtual)) !== virtual) {
    return unmapped(`is no ${mode} address: bits 63 to ${bits} must equal bit ${bits - 1}`);
  }
  let table = translation.root;
  for (let level = levels - 1; level >= 0; level--) {
    const shift = PAGE_BITS + 9n * BigInt(level);
    const at = table + 8n * ((virtual >> shift) & 0x1ffn);
    const entry = read(at);
    if (entry === undefined)
      return unmapped(`is not mapped: its page table at 0x${table.toString(16)} is not in memory`);
    entries.push({ level, address: at, entry, flags: flagsOf(entry) });
    if ((entry & VALID) === 0n) return unmapped(`is not mapped: the entry of level ${level} is not valid`);
    if ((entry & WRITE) !== 0n && (entry & READ) === 0n) {
      return unmapped(`is not mapped: the entry of level ${level} is writable but not readable, which is reserved`);
    }
    const target = ((entry >> 10n) & PAGE_NUMBER) << PAGE_BITS;
    if ((entry & (READ | EXECUTE)) === 0n) {
      table = target;
      continue;
    }
    const pageSize = 1n << shift;
    if (target % pageSize !== 0n) return unmapped(`is not mapped: its page of level ${level} is misaligned`);
    const permissions = {
      read: (entry & READ) !== 0n,
      write: (entry & WRITE) !== 0n,
      execute: (entry & EXECUTE) !== 0n,
      user: (entry & USER) !== 0n,
    };
    const physical = target + (virtual & (pageSize - 1n));
    return { translation, entries, outcome: { kind: 'mapped', physical, pageSize, permissions } };
  }
  return unmapped('is not mapped: the entry of level 0 is no leaf');
}

/** More tables than a kernel has made by the time it has mapped itself; damaged ones may go round in a circle. */
const MOST_TABLES = 4096;

/** The virtual addresses at which code at a physical address may be executed in supervisor mode, by the tables of satp; ascending. */
export function executableMappings(satp: bigint, physical: bigint, read: ReadEntry): readonly bigint[] {
  const { mode, root } = translationOf(satp);
  if (mode === undefined || mode === 'Bare') return [];
  const found: bigint[] = [];
  const bits = 12 + 9 * LEVELS[mode];
  let tables = 0;
  const visit = (table: bigint, level: number, base: bigint): void => {
    if (++tables > MOST_TABLES) return;
    const shift = PAGE_BITS + 9n * BigInt(level);
    for (let index = 0n; index < 512n; index++) {
      const entry = read(table + 8n * index) ?? 0n;
      if ((entry & VALID) === 0n) continue;
      const virtual = base + (index << shift);
      const target = ((entry >> 10n) & PAGE_NUMBER) << PAGE_BITS;
      if ((entry & (READ | EXECUTE)) === 0n) {
        if (level > 0) visit(target, level - 1, virtual);
        continue;
      }
      const into = physical - target;
      if ((entry & EXECUTE) === 0n || (entry & USER) !== 0n || into < 0n || into >= 1n << shift) continue;
      found.push(BigInt.asUintN(64, BigInt.asIntN(bits, virtual + into)));
    }
  };
  visit(root, LEVELS[mode] - 1, 0n);
  return found;
}

/** `V R W A D`; `-` when none is set. */
function flagsOf(entry: bigint): string {
  const names = FLAG_NAMES.filter((_, bit) => ((entry >> BigInt(bit)) & 1n) !== 0n);
  return names.length === 0 ? '-' : names.join(' ');
}

/** `r-xu`: what a page permits, u for user pages. */
export function permissionText({ read, write, execute, user }: Permissions): string {
  return `${read ? 'r' : '-'}${write ? 'w' : '-'}${execute ? 'x' : '-'}${user ? 'u' : '-'}`;
}
