import type { Address } from './address.ts';
import { DW_LANG } from './dwarf/constants.ts';
import type { Scope } from './dwarf/scope.ts';
import type { Unit } from './dwarf/unit.ts';
import type { Image } from './image.ts';
import type { UnitFile } from './source-index.ts';

/** Where breakpoints go: the choices that gdb makes, so that a stop is where people are used to it. */

/** A line of a file, and the addresses at which execution comes to it. */
export interface LineLocations {
  readonly path: string;
  /** The line asked for, or the first one behind it that has code. */
  readonly line: number;
  /** One for each function, inlined copy or block that the line is in; ascending. */
  readonly addresses: readonly Address[];
}

/**
 * The addresses of a source line. When no file that `path` names has code for it, the next line that has takes its
 * place. An address at a function's very start moves behind its prologue.
 */
export function addressesOfLine(image: Image, path: string, line: number): LineLocations | undefined {
  const files = image.sources.find(path);
  let actual = Number.POSITIVE_INFINITY;
  for (const file of files) actual = Math.min(actual, nextLineWithCode(image, file, line));
  if (!Number.isFinite(actual)) return undefined;
  const addresses = new Set<Address>();
  let named: string | undefined;
  for (const file of files) {
    for (const address of blockEntries(image, file, actual)) {
      addresses.add(atFunctionStart(image, file.unit, address));
      named ??= file.path;
    }
  }
  return { path: named ?? path, line: actual, addresses: [...addresses].sort((a, b) => a - b) };
}

/** A statement of a line, where it begins. */
export interface ColumnLocations {
  /** From 1; 0 when the compiler told none. */
  readonly column: number;
  /** As of a line: one for each function, inlined copy or block. */
  readonly addresses: readonly Address[];
}

/** The statements of exactly this line of a file, by column, ascending; of those that begin at the same addresses the first. */
export function columnsOfLine(image: Image, path: string, line: number): ColumnLocations[] {
  const columns = new Map<number, Set<Address>>();
  for (const file of image.sources.find(path)) {
    const table = image.lines.tableOf(file.unit);
    if (table === undefined) continue;
    const { rows } = table;
    const ofLine = [...table.statementsOf(file.file)].filter((row) => rows.line[row] === line);
    for (const column of new Set(ofLine.map((row) => rows.column[row] ?? 0))) {
      const addresses = columns.get(column) ?? new Set();
      columns.set(column, addresses);
      const ofColumn = ofLine.filter((row) => (rows.column[row] ?? 0) === column);
      for (const address of lowestInBlocks(
        image,
        file.unit,
        ofColumn.map((row) => rows.address[row] ?? 0),
      )) {
        addresses.add(atFunctionStart(image, file.unit, address));
      }
    }
  }
  const taken = new Set<string>();
  return [...columns]
    .map(([column, addresses]) => ({ column, addresses: [...addresses].sort((a, b) => a - b) }))
    .sort((a, b) => a.column - b.column)
    .filter(({ addresses }) => {
      const text = addresses.join();
      return !taken.has(text) && taken.add(text);
    });
}

/**
 * The addresses at which functions of this name have their arguments in place, ascending: those of all files, and the
 * compiler's clones. Where they were inlined is told by `inlinedCopiesOf`.
 */
export function addressesOfFunction(image: Image, name: string): Address[] {
  const addresses = new Set<Address>();
  for (const symbol of image.symbols.namedOrCloned(name)) {
    if (!image.symbols.isCode(symbol) || (symbol.type !== 'function' && symbol.type !== 'none')) continue;
    // A part that the compiler moved out of the function is not where it is entered.
    if (symbol.name !== name && /\.cold(\.|$)/.test(symbol.name)) continue;
    addresses.add(entryOf(image, symbol.address, image.endOfSymbol(symbol)));
  }
  // Without a symbol only the debug information knows it, under a name that symbols may not have.
  if (addresses.size === 0) {
    for (const scope of image.functionsNamed(name)) {
      if (scope.kind === 'function') addresses.add(skipPrologue(image, scope));
    }
  }
  if (addresses.size === 0) {
    for (const symbol of image.rustSymbolsNamed(name)) {
      if (image.symbols.isCode(symbol)) addresses.add(entryOf(image, symbol.address, image.endOfSymbol(symbol)));
    }
  }
  return [...addresses].sort((a, b) => a - b);
}

/** The addresses at which execution enters a copy of a function of this name that was inlined; ascending. */
export function inlinedCopiesOf(image: Image, name: string): Address[] {
  const copies = image.functionsNamed(name).filter(({ kind }) => kind === 'inlined');
  return [...new Set(copies.map(({ start }) => start))].sort((a, b) => a - b);
}

/** Where to stop in the function of a symbol: in one without debug information at its first line, or its start. */
function entryOf(image: Image, start: Address, end: Address): Address {
  const scope = image.functionStartingIn(start, end);
  if (scope !== undefined) return skipPrologue(image, scope);
  const unit = image.units.find(start);
  const stretch = unit === undefined ? undefined : image.lines.tableOf(unit)?.stretchAt(start);
  return stretch !== undefined && stretch.start < start && stretch.end < end ? stretch.end : start;
}

/**
 * The address behind a function's prologue. Compilers that track variables give arguments their values from the first
 * instruction on, and assembly has no prologue, so there it is the start. Otherwise the body begins at the second
 * stretch of the line table, even if for the same line; stretches of earlier lines belong to the prologue still.
 */
export function skipPrologue(image: Image, scope: Scope): Address {
  const { unit, start } = scope;
  const end = scope.ranges.find((range) => range.start <= start && start < range.end)?.end ?? start;
  const table = image.lines.tableOf(unit);
  const first = table?.stretchAt(start);
  if (table === undefined || first === undefined) return start;
  const hasPrologue =
    unit.language !== DW_LANG.Mips_Assembler && !unit.tracksVariables && !table.hasSeveralRowsAt(start);
  if (!hasPrologue || first.end >= end) return start;
  let prologue = first;
  for (;;) {
    const next = table.stretchAt(prologue.end);
    const isPrologueStill =
      next !== undefined &&
      next.line < prologue.line &&
      next.file === prologue.file &&
      !isInlined(image, unit, prologue.end);
    if (!isPrologueStill) return prologue.end;
    if (next.end >= end) return next.start;
    prologue = next;
  }
}

function isInlined(image: Image, unit: Unit, address: Address): boolean {
  let scope = image.scopesOf(unit).innermostAt(address);
  while (scope?.kind === 'block') scope = scope.parent;
  return scope?.kind === 'inlined';
}

/** The line itself if the file has code for it, else the first behind it that has, else Infinity. */
function nextLineWithCode(image: Image, { unit, file }: UnitFile, line: number): number {
  let next = Number.POSITIVE_INFINITY;
  const table = image.lines.tableOf(unit);
  for (const row of table?.statementsOf(file) ?? []) {
    const found = table?.rows.line[row] ?? 0;
    if (found >= line && found < next) next = found;
  }
  return next;
}

/** The lowest address of a line in each block that it is in. */
function blockEntries(image: Image, { unit, file }: UnitFile, line: number): Address[] {
  const table = image.lines.tableOf(unit);
  if (table === undefined) return [];
  const rows = [...table.statementsOf(file)].filter((row) => table.rows.line[row] === line);
  return lowestInBlocks(
    image,
    unit,
    rows.map((row) => table.rows.address[row] ?? 0),
  );
}

function lowestInBlocks(image: Image, unit: Unit, addresses: readonly Address[]): Address[] {
  const lowest = new Map<Scope, Address>();
  const outside: Address[] = [];
  for (const address of addresses) {
    const scope = image.scopesOf(unit).innermostAt(address);
    if (scope === undefined) outside.push(address);
    else lowest.set(scope, Math.min(address, lowest.get(scope) ?? address));
  }
  return [...lowest.values(), ...outside];
}

/** Behind the prologue where an address is the start of a function; else the address. */
function atFunctionStart(image: Image, unit: Unit, address: Address): Address {
  const scope = image.scopesOf(unit).functionAt(address);
  return scope?.start === address ? skipPrologue(image, scope) : address;
}
