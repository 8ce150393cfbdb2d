import { ByteCursor } from '../byte-cursor.ts';
import type { Abbreviation, AbbreviationTable } from './abbreviation.ts';
import { DW_AT } from './constants.ts';
import { Entry } from './entry.ts';
import type { EntrySection } from './entry-space.ts';
import { readForm, skipForm, type Encoding } from './form.ts';

/**
 * Walks the entries of a unit in the order of the file, making only those that are asked for:
 *
 *     while (reader.advance()) if (reader.abbreviation?.tag === wanted) use(reader.read()); else reader.skip();
 */
export class EntryReader {
  /** That of the present entry; undefined at the null entry that ends a list of children. */
  abbreviation: Abbreviation | undefined;
  /** Of the present entry, in the numbering of entry-space.ts. */
  offset: number;
  private readonly cursor: ByteCursor;
  private readonly base: number;

  constructor(
    section: EntrySection,
    private readonly abbreviations: AbbreviationTable,
    private readonly encoding: Encoding,
    start: number,
    end: number,
  ) {
    const { base, contents, name } = section;
    this.base = base;
    this.cursor = new ByteCursor(contents, name, start - base, end - base);
    this.offset = start;
  }

  /** Moves to the next entry; false at the end of the unit. */
  advance(): boolean {
    if (this.cursor.atEnd) return false;
    this.offset = this.base + this.cursor.position;
    const code = this.cursor.uleb128();
    this.abbreviation = undefined;
    if (code === 0) return true;
    this.abbreviation = this.abbreviations.get(code);
    if (this.abbreviation === undefined) {
      throw this.cursor.error(`abbreviation ${code} is not in the unit's table`, this.offset - this.base);
    }
    return true;
  }

  /** Makes the present entry, which must not be null, and moves behind it. */
  read(): Entry {
    const { abbreviation, cursor } = this;
    if (abbreviation === undefined)
      throw cursor.error('a null entry where one with attributes must be', this.offset - this.base);
    const values = abbreviation.attributes.map(({ form, implicit }) => readForm(cursor, form, this.encoding, implicit));
    return new Entry(this.offset, abbreviation, values, this.base + cursor.position);
  }

  /** Moves behind the present entry. */
  skip(): void {
    if (this.abbreviation === undefined) return;
    for (const { form } of this.abbreviation.attributes) skipForm(this.cursor, form, this.encoding);
  }

  /** After reading `entry`: moves behind its children, at once where the file says where its sibling is. */
  skipChildren(entry: Entry): void {
    if (!entry.hasChildren) return;
    const sibling = entry.get(DW_AT.sibling);
    if (sibling?.kind === 'reference') {
      const target = sibling.offset - this.base;
      if (target > this.cursor.position && target <= this.cursor.end) {
        this.cursor.seek(target);
        return;
      }
    }
    let depth = 1;
    while (depth > 0 && this.advance()) {
      if (this.abbreviation === undefined) depth--;
      else if (this.abbreviation.hasChildren) depth++;
      this.skip();
    }
  }
}
