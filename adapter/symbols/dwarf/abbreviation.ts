import type { ByteCursor } from '../byte-cursor.ts';
import { DW_FORM } from './constants.ts';

export interface AttributeSpecification {
  /** DW_AT. */
  readonly name: number;
  /** DW_FORM. */
  readonly form: number;
  /** The value of DW_FORM_implicit_const; else 0. */
  readonly implicit: bigint;
}

/** The shape that entries share: DWARF 5, section 7.5.3. */
export interface Abbreviation {
  readonly code: number;
  /** DW_TAG. */
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly attributes: readonly AttributeSpecification[];
}

/**
 * The abbreviations of a unit, by code. Every unit has some hundred, of which opening a program needs one: so they are
 * found at first, and made when they are used.
 */
export class AbbreviationTable {
  private readonly made = new Map<number, Abbreviation>();

  private constructor(
    private readonly section: ByteCursor,
    /** Where each abbreviation stands in .debug_abbrev. */
    private readonly offsets: ReadonlyMap<number, number>,
  ) {}

  /** Finds the abbreviations from where the cursor stands to the null one that ends the table. */
  static read(cursor: ByteCursor): AbbreviationTable {
    const offsets = new Map<number, number>();
    for (;;) {
      const start = cursor.position;
      const code = cursor.uleb128();
      if (code === 0) return new AbbreviationTable(cursor, offsets);
      offsets.set(code, start);
      cursor.skipLeb128();
      cursor.skip(1);
      for (;;) {
        const name = cursor.uleb128();
        const form = cursor.uleb128();
        if (name === 0 && form === 0) break;
        if (form === DW_FORM.implicit_const) cursor.skipLeb128();
      }
    }
  }

  get(code: number): Abbreviation | undefined {
    const known = this.made.get(code);
    if (known !== undefined) return known;
    const offset = this.offsets.get(code);
    if (offset === undefined) return undefined;
    const abbreviation = readAbbreviation(this.section.part(offset, this.section.end));
    this.made.set(code, abbreviation);
    return abbreviation;
  }

  *[Symbol.iterator](): Generator<Abbreviation> {
    for (const code of this.offsets.keys()) {
      const abbreviation = this.get(code);
      if (abbreviation !== undefined) yield abbreviation;
    }
  }
}

function readAbbreviation(cursor: ByteCursor): Abbreviation {
  const code = cursor.uleb128();
  const tag = cursor.uleb128();
  const hasChildren = cursor.u8() !== 0;
  const attributes: AttributeSpecification[] = [];
  for (;;) {
    const name = cursor.uleb128();
    const form = cursor.uleb128();
    if (name === 0 && form === 0) return { code, tag, hasChildren, attributes };
    const implicit = form === DW_FORM.implicit_const ? cursor.sleb128Wide() : 0n;
    attributes.push({ name, form, implicit });
  }
}
