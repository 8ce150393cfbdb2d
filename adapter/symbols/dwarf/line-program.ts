import type { Address } from '../address.ts';
import { ByteCursor } from '../byte-cursor.ts';
import { recover, type SymbolError } from '../symbol-error.ts';
import { DW_LNE, DW_LNS } from './constants.ts';
import { readOldFileEntry, type DeclaredFile, type LineHeader } from './line-header.ts';
import { LineTable, RowFlag, type LineRows, type LineSequence } from './line-table.ts';

/**
 * Runs a line number program (DWARF 5, section 6.2.5). Sequences whose start `isLoaded` refuses are left out: those of
 * functions that the linker threw away, whose addresses it sets to 0 or -1. Behind a damaged instruction rows are missing.
 */
export function runLineProgram(
  contents: Uint8Array,
  header: LineHeader,
  isLoaded: (address: Address) => boolean,
  onError: (error: SymbolError) => void,
): LineTable {
  const machine = new LineMachine(contents, header, isLoaded);
  recover(
    () => {
      machine.run();
    },
    undefined,
    onError,
  );
  return new LineTable(machine.files, machine.rows.finish(), machine.sequences);
}

/** The state machine of section 6.2.2. */
class LineMachine {
  readonly rows = new RowBuilder();
  readonly sequences: LineSequence[] = [];
  readonly files: (DeclaredFile | undefined)[];
  /** By a file's number the first number that it has: compilers give the main file two. */
  private readonly firstNumbers: readonly number[];
  private readonly cursor: ByteCursor;

  private address = 0;
  private operationIndex = 0;
  private file = 1;
  private line = 1;
  private column = 0;
  private flags = 0;
  private discriminator = 0;
  private firstRow = 0;
  /** Whether any row since the line last changed had a discriminator. */
  private lineHasDiscriminator = false;
  /** Of the last row that another one did not replace when it came. */
  private lastFile: number | undefined;
  private lastLine: number | undefined;

  constructor(
    contents: Uint8Array,
    private readonly header: LineHeader,
    private readonly isLoaded: (address: Address) => boolean,
  ) {
    this.cursor = new ByteCursor(contents, '.debug_line', header.programStart, header.programEnd);
    this.files = [...header.files];
    this.firstNumbers = firstNumbers(header);
    this.reset();
  }

  run(): void {
    const { cursor, header } = this;
    const opcodeBase = header.operandCounts.length;
    const constantAdvance = Math.floor((255 - opcodeBase) / header.lineRange);
    while (!cursor.atEnd) {
      const opcode = cursor.u8();
      if (opcode >= opcodeBase) {
        const adjusted = opcode - opcodeBase;
        this.advance(Math.floor(adjusted / header.lineRange));
        this.advanceLine(header.lineBase + (adjusted % header.lineRange));
        this.emit();
        continue;
      }
      switch (opcode) {
        case 0:
          this.extended();
          break;
        case DW_LNS.copy:
          this.emit();
          break;
        case DW_LNS.advance_pc:
          this.advance(cursor.uleb128());
          break;
        case DW_LNS.advance_line:
          this.advanceLine(cursor.sleb128());
          break;
        case DW_LNS.set_file:
          this.file = cursor.uleb128();
          break;
        case DW_LNS.set_column:
          this.column = cursor.uleb128();
          break;
        case DW_LNS.negate_stmt:
          this.flags ^= RowFlag.isStatement;
          break;
        case DW_LNS.set_basic_block:
          break;
        case DW_LNS.const_add_pc:
          this.advance(constantAdvance);
          break;
        case DW_LNS.fixed_advance_pc:
          this.address += cursor.u16();
          this.operationIndex = 0;
          break;
        case DW_LNS.set_prologue_end:
          this.flags |= RowFlag.prologueEnd;
          break;
        case DW_LNS.set_epilogue_begin:
          break;
        case DW_LNS.set_isa:
          cursor.skipLeb128();
          break;
        default:
          // A standard opcode of a later version: the header says how many operands to pass over.
          for (let operand = header.operandCounts[opcode] ?? 0; operand > 0; operand--) cursor.skipLeb128();
      }
    }
  }

  private get isStatement(): boolean {
    return (this.flags & RowFlag.isStatement) !== 0;
  }

  private extended(): void {
    const { cursor } = this;
    const length = cursor.uleb128();
    const end = cursor.position + length;
    if (length === 0) return;
    const operation = cursor.u8();
    switch (operation) {
      case DW_LNE.end_sequence:
        this.endSequence();
        break;
      case DW_LNE.set_address:
        this.address = cursor.address(length - 1);
        this.operationIndex = 0;
        break;
      case DW_LNE.define_file:
        this.files.push(readOldFileEntry(cursor, cursor.cString()));
        break;
      case DW_LNE.set_discriminator:
        this.discriminator = cursor.uleb128();
        this.lineHasDiscriminator ||= this.discriminator !== 0;
        break;
      default:
      // Vendors' own: passed over by their length.
    }
    cursor.seek(end);
  }

  private advance(operations: number): void {
    const { minimumInstructionLength: unit, maximumOperationsPerInstruction: slots } = this.header;
    const total = this.operationIndex + operations;
    this.address += unit * Math.floor(total / slots);
    this.operationIndex = total % slots;
  }

  private advanceLine(lines: number): void {
    this.line += lines;
    if (lines !== 0) this.lineHasDiscriminator = this.discriminator !== 0;
  }

  private emit(): void {
    const { rows, line } = this;
    const file = this.firstNumbers[this.file] ?? this.file;
    const again = this.lineHasDiscriminator && this.lastFile === file && this.lastLine === line;
    let flags = this.flags | (again ? RowFlag.sameLineAgain : 0);
    // Of several files at one address the last stands, but a statement stands against what is none.
    if (!again && line !== 0 && rows.replace(this.firstRow, this.address, file, this.isStatement)) {
      flags |= RowFlag.replaced;
    } else {
      this.lastFile = file;
      this.lastLine = line;
    }
    rows.add(this.address, file, line, this.column, flags);
    this.flags &= RowFlag.isStatement;
    this.discriminator = 0;
  }

  private endSequence(): void {
    const { rows, firstRow } = this;
    rows.add(this.address, this.file, this.line, this.column, RowFlag.endSequence);
    const start = rows.addressOf(firstRow);
    if (rows.isAscending(firstRow) && start < this.address && this.isLoaded(start)) {
      this.sequences.push({ start, end: this.address, first: firstRow, last: rows.count });
    } else {
      rows.truncate(firstRow);
    }
    this.reset();
  }

  private reset(): void {
    this.address = 0;
    this.operationIndex = 0;
    this.file = 1;
    this.line = 1;
    this.column = 0;
    this.flags = this.header.defaultIsStatement ? RowFlag.isStatement : 0;
    this.discriminator = 0;
    this.lineHasDiscriminator = false;
    this.lastFile = undefined;
    this.lastLine = undefined;
    this.firstRow = this.rows.count;
  }
}

function firstNumbers({ files, directories }: LineHeader): readonly number[] {
  const numbers = new Map<string, number>();
  return files.map((file, number) => {
    if (file === undefined) return number;
    const path = `${directories[file.directoryIndex] ?? ''}\n${file.name}`;
    const first = numbers.get(path) ?? number;
    numbers.set(path, first);
    return first;
  });
}

/** Columns that grow as rows come. */
class RowBuilder {
  count = 0;
  private address = new Float64Array(256);
  private file = new Uint32Array(256);
  private line = new Uint32Array(256);
  private column = new Uint16Array(256);
  private flags = new Uint8Array(256);

  addressOf(row: number): Address {
    return this.address[row] ?? Number.NaN;
  }

  add(address: Address, file: number, line: number, column: number, flags: number): void {
    if (this.count === this.address.length) this.grow();
    const row = this.count++;
    this.address[row] = address;
    this.file[row] = file;
    // Arithmetic of a damaged program may leave the range of lines.
    this.line[row] = line > 0 && line < 2 ** 32 ? line : 0;
    this.column[row] = Math.min(column, 0xffff);
    this.flags[row] = flags;
  }

  /**
   * Marks the rows from `from` on that another file's row at the same address replaces; or tells, by true, that the
   * new row is the one to be replaced.
   */
  replace(from: number, address: Address, file: number, isStatement: boolean): boolean {
    for (let row = this.count - 1; row >= from && this.address[row] === address; row--) {
      if (this.file[row] === file || ((this.flags[row] ?? 0) & RowFlag.replaced) !== 0) continue;
      if (!isStatement && ((this.flags[row] ?? 0) & RowFlag.isStatement) !== 0) return true;
      this.flags[row] = (this.flags[row] ?? 0) | RowFlag.replaced;
    }
    return false;
  }

  isAscending(from: number): boolean {
    for (let row = from + 1; row < this.count; row++) {
      if (!((this.address[row] ?? 0) >= (this.address[row - 1] ?? 0))) return false;
    }
    return true;
  }

  truncate(count: number): void {
    this.count = count;
  }

  finish(): LineRows {
    const { count } = this;
    return {
      count,
      address: this.address.slice(0, count),
      file: this.file.slice(0, count),
      line: this.line.slice(0, count),
      column: this.column.slice(0, count),
      flags: this.flags.slice(0, count),
    };
  }

  private grow(): void {
    const size = this.address.length * 2;
    const grown = <T extends { set(from: T): void }>(into: T, from: T): T => {
      into.set(from);
      return into;
    };
    this.address = grown(new Float64Array(size), this.address);
    this.file = grown(new Uint32Array(size), this.file);
    this.line = grown(new Uint32Array(size), this.line);
    this.column = grown(new Uint16Array(size), this.column);
    this.flags = grown(new Uint8Array(size), this.flags);
  }
}
