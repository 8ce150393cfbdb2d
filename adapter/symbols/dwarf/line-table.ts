import type { Address, AddressRange } from '../address.ts';
import { lastAtOrBelow, RangeIndex } from '../range-index.ts';
import type { DeclaredFile } from './line-header.ts';

/** What a row says of its instruction, as bits. */
export const RowFlag = {
  /** A recommended place for a breakpoint. */
  isStatement: 1,
  /** The address just behind a sequence: no instruction of it. */
  endSequence: 2,
  prologueEnd: 4,
  /**
   * The line of the row before goes on in another block of the same line: a loop's head again, an operand of &&. The
   * compiler tells such blocks apart by discriminators.
   */
  sameLineAgain: 8,
  /** Another file's row at the same address replaces this one: no instruction is left for it. */
  replaced: 16,
} as const;

const NO_STRETCH = RowFlag.sameLineAgain | RowFlag.endSequence | RowFlag.replaced;

/** Rows in the order of the program, as columns of numbers. */
export interface LineRows {
  readonly count: number;
  readonly address: Float64Array;
  /** Into the file table. */
  readonly file: Uint32Array;
  /** From 1; 0 where the compiler knows none. */
  readonly line: Uint32Array;
  /** From 1; 0 for the line as a whole. */
  readonly column: Uint16Array;
  readonly flags: Uint8Array;
}

/** A run of rows with ascending addresses: [start, end), the rows [first, last), the last one ending it. */
export interface LineSequence {
  readonly start: Address;
  readonly end: Address;
  readonly first: number;
  readonly last: number;
}

/** The instructions from one row to the next that differs: [start, end), all of one line. */
export interface LineStretch extends AddressRange {
  /** Into the file table. */
  readonly file: number;
  readonly line: number;
  /** From 1; 0 for the line as a whole. */
  readonly column: number;
  readonly isStatement: boolean;
}

/** The rows of one line number program, found by address. */
export class LineTable {
  private readonly index: RangeIndex;

  constructor(
    /** By the numbers in the rows. */
    readonly files: readonly (DeclaredFile | undefined)[],
    readonly rows: LineRows,
    readonly sequences: readonly LineSequence[],
  ) {
    const builder = RangeIndex.builder();
    sequences.forEach(({ start, end }, at) => {
      builder.add(start, end, at);
    });
    this.index = builder.build();
  }

  /** The stretch that holds an address. */
  stretchAt(address: Address): LineStretch | undefined {
    const sequence = this.sequenceAt(address);
    if (sequence === undefined) return undefined;
    const row = this.rowAt(sequence, address);
    return row === undefined ? undefined : this.stretch(sequence, row);
  }

  /** The stretches that begin in [start, end), or hold `start`; ascending. */
  *stretchesIn(start: Address, end: Address): Generator<LineStretch> {
    for (let at = start; at < end;) {
      const stretch = this.stretchAt(at);
      if (stretch !== undefined) yield stretch;
      const next = stretch?.end ?? this.index.next(at)?.start;
      if (next === undefined || next <= at) return;
      at = next;
    }
  }

  /** The rows of a file at which a breakpoint for their line may be, in the order of the program. */
  *statementsOf(file: number): Generator<number> {
    const { rows } = this;
    for (const { first, last } of this.sequences) {
      for (let row = first; row < last; row++) {
        if (rows.file[row] === file && this.has(row, RowFlag.isStatement) && this.beginsStretch(row)) yield row;
      }
    }
  }

  /** Whether a compiler distinguished several lines at one address. */
  hasSeveralRowsAt(address: Address): boolean {
    const sequence = this.sequenceAt(address);
    if (sequence === undefined) return false;
    let found = 0;
    for (let row = sequence.first; row < sequence.last && (this.rows.address[row] ?? 0) <= address; row++) {
      if (this.rows.address[row] === address && this.beginsStretch(row)) found++;
    }
    return found > 1;
  }

  sequenceAt(address: Address): LineSequence | undefined {
    const at = this.index.find(address);
    return at === undefined ? undefined : this.sequences[at];
  }

  /** The first row of a sequence that lies in [start, end), if any does. */
  firstRowIn(start: Address, end: Address): number | undefined {
    const sequence = this.sequenceAt(start) ?? this.sequences[this.index.next(start)?.value ?? -1];
    if (sequence === undefined) return undefined;
    const { address } = this.rows;
    for (let row = sequence.first; row < sequence.last - 1; row++) {
      const at = address[row] ?? 0;
      if (at >= end) return undefined;
      if (at >= start) return row;
    }
    return undefined;
  }

  private has(row: number, flag: number): boolean {
    return ((this.rows.flags[row] ?? 0) & flag) !== 0;
  }

  /** Rows without a line or instruction, and those that only go on with a line, belong to the stretch before them. */
  private beginsStretch(row: number): boolean {
    return this.rows.line[row] !== 0 && !this.has(row, NO_STRETCH);
  }

  /** The row whose stretch holds an address: of several at one address the last, but rather a statement. */
  private rowAt({ first, last }: LineSequence, address: Address): number | undefined {
    const addresses = this.rows.address;
    let found = lastAtOrBelow(addresses, address, first, last);
    while (found >= first && !this.beginsStretch(found)) found--;
    if (found < first) return undefined;
    for (let row = found; row >= first && addresses[row] === addresses[found]; row--) {
      if (this.has(row, RowFlag.isStatement) && this.beginsStretch(row)) return row;
    }
    return found;
  }

  private stretch({ last, end }: LineSequence, row: number): LineStretch {
    const { address, file, line, column } = this.rows;
    const start = address[row] ?? 0;
    let behind = row + 1;
    while (behind < last && !((address[behind] ?? 0) > start && this.beginsStretch(behind))) behind++;
    return {
      start,
      end: behind < last ? (address[behind] ?? end) : end,
      file: file[row] ?? 0,
      line: line[row] ?? 0,
      column: column[row] ?? 0,
      isStatement: this.has(row, RowFlag.isStatement),
    };
  }
}
