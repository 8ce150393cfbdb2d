import { IndexCache } from './cache/index-cache.ts';
import type { SymbolCache } from './cache/symbol-cache.ts';
import { buildId } from './elf/identity.ts';
import type { CompanionFiles } from './companions/companion-files.ts';
import { findDebugFile } from './companions/debug-file.ts';
import { SplitUnits } from './companions/split-units.ts';
import { findSupplementaryFile } from './companions/supplementary-file.ts';
import { toAddress, type Address } from './address.ts';
import type { FileContents } from './file-contents.ts';
import { SectionFlag } from './elf/section.ts';
import { demangled } from './demangle/demangle.ts';
import { RustSymbols } from './demangle/rust-symbols.ts';
import { ElfFile } from './elf/elf-file.ts';
import { SymbolTable, type ElfSymbol } from './elf/symbol-table.ts';
import { CallSites } from './dwarf/call-sites.ts';
import { DW_AT } from './dwarf/constants.ts';
import { DebugInfo, type EntryInUnit } from './dwarf/debug-info.ts';
import { LineTables } from './dwarf/line-tables.ts';
import { functionOf, originsOf, UnitScopes, type Scope } from './dwarf/scope.ts';
import { DwarfSections } from './dwarf/sections.ts';
import type { Unit } from './dwarf/unit.ts';
import { UnitIndex } from './dwarf/unit-index.ts';
import { callFrameRowAt, type CallFrameRow } from './frames/call-frame-program.ts';
import { CallFrameTable, type CallFrameSection } from './frames/call-frame-table.ts';
import { TailCalls } from './frames/tail-calls.ts';
import { MacroTable, type MacroPlace } from './macros/macro-table.ts';
import { ALL_KINDS, NameIndex, type NameKind } from './names/name-index.ts';
import { ProgramNameIndex } from './names/program-name-index.ts';
import { unitsReferringTo } from './names/referring-units.ts';
import { RangeIndex } from './range-index.ts';
import { SourceIndex } from './source-index.ts';
import { recover, type SymbolError } from './symbol-error.ts';
import { structureNamed } from './types/structure-named.ts';
import type { StructureType } from './types/type.ts';
import { TypeReader } from './types/type-reader.ts';

/** More complaints than a person reads; the rest only repeats them. */
const MOST_PROBLEMS = 100;

export interface ImageOptions {
  readonly companions: CompanionFiles;
  /** Where the sections of a relocatable file are, by name. */
  readonly sectionAddresses: ReadonlyMap<string, Address> | undefined;
  readonly cache: SymbolCache;
}

/**
 * All that is read from a program's file, at the addresses it was linked for. Each part is read when it is first
 * needed; a damaged part leaves the others usable and is told of in `problems`.
 */
export class Image {
  readonly problems: SymbolError[] = [];
  /** What is loaded into the guest. */
  readonly elf: ElfFile;
  /** Where the debug information is: mostly in the same file. */
  readonly debug: ElfFile;
  private readonly symbolFile: ElfFile;
  readonly info: DebugInfo;
  readonly lines: LineTables;
  readonly types: TypeReader;
  private readonly scopes = new Map<Unit, UnitScopes>();
  private readonly structures = new Map<string, StructureType | undefined>();
  private readonly cache: SymbolCache;
  private lazyKept: IndexCache | undefined;
  private lazySymbols: SymbolTable | undefined;
  readonly callSites = new CallSites();
  readonly tailCalls = new TailCalls(this);
  private lazyRustSymbols: RustSymbols | undefined;
  private lazyUnits: UnitIndex | undefined;
  private lazySources: SourceIndex | undefined;
  private lazyNames: ProgramNameIndex | undefined;
  private readonly unitMacros = new Map<Unit, MacroTable>();
  private readonly unitNames = new Map<Unit, NameIndex>();
  private lazyFrames: readonly CallFrameTable[] | undefined;

  /** Throws SymbolError when `bytes` are no ELF file that could be debugged. `name` is the file's, without its folder. */
  constructor(name: string, bytes: Uint8Array | FileContents, { companions, sectionAddresses, cache }: ImageOptions) {
    const { onError } = this;
    this.cache = cache;
    this.elf = ElfFile.parse(bytes, sectionAddresses);
    this.debug =
      recover(() => findDebugFile(this.elf, companions, onError, sectionAddresses), undefined, onError) ?? this.elf;
    this.symbolFile = this.debug.section('.symtab') === undefined ? this.elf : this.debug;
    this.lines = new LineTables(this.isLoaded, onError);
    const shared = recover(() => findSupplementaryFile(this.debug, companions, onError), undefined, onError);
    const split = new SplitUnits(name, companions, onError);
    this.info = new DebugInfo(
      new DwarfSections(this.debug, onError),
      onError,
      shared && new DwarfSections(shared, onError),
      (skeleton, info) => split.find(skeleton, info),
    );
    this.types = new TypeReader(this.info, this.onError);
  }

  readonly onError = (error: SymbolError): void => {
    if (this.problems.length < MOST_PROBLEMS) this.problems.push(error);
  };

  /** Whether the program has something at an address. */
  readonly isLoaded = (address: Address): boolean => this.elf.sectionAt(address) !== undefined;

  readonly isCode = (address: Address): boolean =>
    ((this.elf.sectionAt(address)?.flags ?? 0) & SectionFlag.execute) !== 0;

  /** What is kept of a program from one time to the next: that of one which is known by its build-id, and is in one file. */
  private get kept(): IndexCache {
    if (this.lazyKept !== undefined) return this.lazyKept;
    const { info, debug, cache } = this;
    const isKept = this.elf === debug && debug.kind !== 'relocatable' && info.units.length > 0 && info.isAlone;
    const identifier = isKept ? recover(() => buildId(debug), undefined, this.onError) : undefined;
    const sizes = debug.sections.map(({ offset, size, address }) => `${offset}+${size}@${address}`).join(' ');
    return (this.lazyKept = new IndexCache(cache, identifier, `${debug.bytes.length} ${info.units.length} ${sizes}`));
  }

  get symbols(): SymbolTable {
    return (this.lazySymbols ??= recover(
      () =>
        SymbolTable.read(this.symbolFile, (restore, make) =>
          this.kept.load('symbols', ['u32', 'u32', 'u32'], restore, make, (order) => order),
        ),
      SymbolTable.empty(this.symbolFile),
      this.onError,
    ));
  }

  get units(): UnitIndex {
    return (this.lazyUnits ??= this.kept.load(
      'units',
      ['f64', 'f64', 'f64', 'u32'],
      (columns) => UnitIndex.restore(this.info, columns),
      () => UnitIndex.build(this.info, this.lines, this, this.onError),
      (units) => units.columns,
    ));
  }

  get sources(): SourceIndex {
    return (this.lazySources ??= this.kept.load(
      'sources',
      ['u8', 'u32', 'f64'],
      (columns) => SourceIndex.restore(this.info, this.lines, columns),
      () => SourceIndex.build(this.info, this.lines),
      (sources) => sources.columns,
    ));
  }

  scopesOf(unit: Unit): UnitScopes {
    let scopes = this.scopes.get(unit);
    if (scopes === undefined) {
      scopes = UnitScopes.read(unit, this.onError);
      this.scopes.set(unit, scopes);
    }
    return scopes;
  }

  private nextUnit(start: Address, end: Address): Unit | undefined {
    const next = this.units.next(start);
    return next !== undefined && next.start < end ? next.unit : undefined;
  }

  /** The innermost scope with code at an address. */
  scopeAt(address: Address): Scope | undefined {
    const unit = this.units.find(address);
    return unit === undefined ? undefined : this.scopesOf(unit).innermostAt(address);
  }

  /**
   * The function, inlined copies not counted, at an address. One at whose symbol no scope begins yet, because a kernel
   * patches its first bytes to trace it, has them all the same.
   */
  functionAt(address: Address): Scope | undefined {
    const scope = this.scopeAt(address);
    if (scope !== undefined) return functionOf(scope);
    const symbol = this.codeSymbolAt(address);
    return symbol === undefined ? undefined : this.functionStartingIn(symbol.address, this.endOfSymbol(symbol));
  }

  /** The first function of the debug information that is entered in [start, end). */
  functionStartingIn(start: Address, end: Address): Scope | undefined {
    const unit = this.units.find(start) ?? this.nextUnit(start, end);
    return unit && this.scopesOf(unit).functions.find((scope) => scope.start >= start && scope.start < end);
  }

  /** The address whose line describes the instruction at an address: another only as `functionAt` says. */
  lineAddress(address: Address): Address {
    return this.scopeAt(address) === undefined ? (this.functionAt(address)?.start ?? address) : address;
  }

  /** The name of a function or inlined copy, with its namespaces. */
  nameOf(scope: Scope): string | undefined {
    const read = (): string | undefined => {
      let name: string | undefined;
      let prefix = '';
      for (const { unit, entry } of originsOf(this.info, scope.unit, scope.entry)) {
        name ??= unit.string(entry.get(DW_AT.name));
        if (prefix === '') prefix = this.scopesOf(unit).enclosingNames.get(entry.offset) ?? '';
      }
      return name === undefined ? undefined : prefix + name;
    };
    return recover(read, undefined, this.onError);
  }

  /** Where names are. */
  private get names(): ProgramNameIndex {
    return (this.lazyNames ??= new ProgramNameIndex(this.info, this.kept, this.onError));
  }

  /**
   * The entries that define a name; see NameIndex.find. Those of the unit at `near` come first, as the others may be of
   * other files that use the name for something else.
   */
  entriesNamed(name: string, kinds: readonly NameKind[], near?: Address): EntryInUnit[] {
    const found = this.names.find(name, kinds);
    const here = near === undefined ? undefined : this.units.find(near);
    if (here === undefined) return found;
    const own = this.namesOf(here).find(name, kinds);
    return [...own, ...found.filter(({ unit }) => unit !== here)];
  }

  private namesOf(unit: Unit): NameIndex {
    let names = this.unitNames.get(unit);
    if (names === undefined) this.unitNames.set(unit, (names = NameIndex.build(this.info, [unit], this.onError)));
    return names;
  }

  /** The macros of the unit that has code at an address. */
  macrosAt(address: Address): MacroTable | undefined {
    const unit = this.units.find(address);
    if (unit === undefined) return undefined;
    let macros = this.unitMacros.get(unit);
    if (macros === undefined) this.unitMacros.set(unit, (macros = MacroTable.read(unit, this.onError)));
    return macros;
  }

  /** The line of the code at an address as a place among the unit's macros. */
  macroPlaceAt(address: Address): MacroPlace | undefined {
    const unit = this.units.find(address);
    const stretch = unit && this.lines.tableOf(unit)?.stretchAt(address);
    if (unit === undefined || stretch === undefined) return undefined;
    const path = this.lines.pathOf(unit, stretch.file);
    return { isFile: (file) => this.lines.pathOf(unit, file) === path, line: stretch.line };
  }

  /**
   * Units that say something of a name: all with functions or variables of it or copies of them, and for other things one
   * that defines it. Those that only declare it come last.
   */
  unitsMentioning(name: string): Unit[] {
    const units = new Set<Unit>();
    for (const found of this.names.find(name, ALL_KINDS)) {
      units.add(found.unit);
      // One that several units share is inlined into units that do not have its name.
      if (found.unit.isPartial) for (const unit of unitsReferringTo(this.info, found)) units.add(unit);
    }
    return [...units];
  }

  /** The definition of a structure, union or class by its tag: the first that a unit has at its outermost level. */
  structureNamed(tag: string): StructureType | undefined {
    if (!this.structures.has(tag)) this.structures.set(tag, structureNamed(this.unitsMentioning(tag), tag, this.types));
    return this.structures.get(tag);
  }

  /** `<name+0x12>` for an address of the program, as it was linked. */
  describeAddress(address: bigint): string | undefined {
    const at = toAddress(address);
    const symbol = this.isLoaded(at) ? this.symbols.near(at) : undefined;
    if (symbol === undefined) return undefined;
    const offset = at - symbol.address;
    // Data behind the end of an object, or far from a label, is no part of it.
    if (offset > 0 && offset >= symbol.size && !this.isCode(at)) return undefined;
    const name = demangled(symbol.name);
    return offset === 0 ? `<${name}>` : `<${name}+0x${offset.toString(16)}>`;
  }

  /** The symbols of a path of Rust, which may lack its first parts and its last generic arguments. */
  rustSymbolsNamed(path: string): readonly ElfSymbol[] {
    this.lazyRustSymbols ??= new RustSymbols(this.symbols.mangled());
    return this.lazyRustSymbols.named(path);
  }

  /** The functions of this name, with or without its namespaces, and their inlined copies. */
  functionsNamed(name: string): Scope[] {
    const last = name.slice(name.lastIndexOf(':') + 1);
    const units = this.unitsMentioning(last);
    const found: Scope[] = [];
    const collect = (scope: Scope): void => {
      if (scope.kind !== 'block') {
        const full = this.nameOf(scope);
        if (full === name || full?.endsWith(`::${name}`) === true) found.push(scope);
      }
      for (const child of scope.children) if (child.kind !== 'function') collect(child);
    };
    for (const unit of units) for (const scope of this.scopesOf(unit).functions) collect(scope);
    return found;
  }

  /** The symbol of the code that holds an address. */
  codeSymbolAt(address: Address): ElfSymbol | undefined {
    if (!this.isCode(address)) return undefined;
    const isCode = ({ type }: ElfSymbol): boolean => type === 'function' || type === 'none';
    // A label within a function of hand-written code has no size.
    const sized = this.symbols.near(address, (symbol) => isCode(symbol) && symbol.size > 0);
    if (sized !== undefined && address < sized.address + sized.size) return sized;
    const symbol = this.symbols.near(address, isCode);
    // Behind the end of a sized function lies padding, or code without a name.
    return symbol !== undefined && (symbol.size === 0 || address < symbol.address + symbol.size) ? symbol : undefined;
  }

  /** Where the function of a symbol ends: by its size, or at the next symbol. */
  endOfSymbol(symbol: ElfSymbol): Address {
    if (symbol.size > 0) return symbol.address + symbol.size;
    const next = this.symbols.after(symbol.address, ({ section }) => section === symbol.section)?.address;
    const section = symbol.section === undefined ? undefined : this.elf.sections[symbol.section];
    return next ?? (section === undefined ? symbol.address : section.address + section.size);
  }

  /** The frame's layout at an address, by `.debug_frame` or else `.eh_frame`. */
  callFrameRowAt(address: Address): CallFrameRow | undefined {
    for (const table of this.frames) {
      const description = table.find(address);
      if (description === undefined) continue;
      const row = recover(() => callFrameRowAt(table, description, address), undefined, this.onError);
      if (row !== undefined) return row;
    }
    return undefined;
  }

  private readonly keptFrames = ({ name, contents }: CallFrameSection, make: () => RangeIndex): RangeIndex =>
    this.kept.load(
      name === '.debug_frame' ? 'frames' : 'exceptionframes',
      ['f64', 'f64', 'f64', 'u32'],
      (columns) => RangeIndex.restore(columns, contents.length),
      make,
      (index) => index.columns,
    );

  private get frames(): readonly CallFrameTable[] {
    return (this.lazyFrames ??= (['.debug_frame', '.eh_frame'] as const).flatMap((name) => {
      const elf = name === '.debug_frame' ? this.debug : this.elf;
      const contents = recover(() => elf.contentsOf(name), undefined, this.onError);
      if (contents === undefined) return [];
      const section = { name, contents, address: elf.section(name)?.address ?? 0 };
      return [new CallFrameTable(section, this.onError, this.keptFrames)];
    }));
  }
}
