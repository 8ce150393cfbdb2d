import type { ByteCursor } from '../byte-cursor.ts';
import { decodeText } from '../byte-cursor.ts';
import { toSectionOffset } from '../dwarf/attribute-value.ts';
import { DW_AT, DW_FORM } from '../dwarf/constants.ts';
import { readOffset, skipForm, type Encoding } from '../dwarf/form.ts';
import type { Unit } from '../dwarf/unit.ts';

/** What the preprocessor did, in its order. Files are by their number in the unit's line table. */
export type MacroEvent =
  /** `text` begins with the name; see parseMacro. */
  | { readonly kind: 'define'; readonly line: number; readonly text: string }
  /** `text` is the name. */
  | { readonly kind: 'undefine'; readonly line: number; readonly text: string }
  /** `line` is that of the inclusion, in the file that includes. */
  | { readonly kind: 'start-file'; readonly line: number; readonly file: number }
  | { readonly kind: 'end-file' };

/** More than any unit has: a damaged one may include itself in ever more ways. */
const MOST_EVENTS = 2 ** 20;
const DEEPEST_IMPORT = 32;

/**
 * The macros of a unit: .debug_macro of DWARF 5 (section 6.3) or GNU's for DWARF 4, or .debug_macinfo (DWARF 4, section
 * 6.3). Nothing for a unit without. Throws SymbolError where they are damaged, after what comes before.
 */
export function* readMacros(unit: Unit): Generator<MacroEvent, void, undefined> {
  const offset = toSectionOffset(unit.root.get(DW_AT.macros) ?? unit.root.get(DW_AT.GNU_macros));
  if (offset !== undefined) {
    yield* new MacroReader(unit).unitAt(offset, 'own', 0);
    return;
  }
  const old = toSectionOffset(unit.root.get(DW_AT.macro_info));
  if (old !== undefined) yield* readMacinfo(unit.sections.cursorAt('.debug_macinfo', old, 'a list of macros'));
}

/** DW_MACRO; GNU's for DWARF 4 are the same as far as they go. */
const DW_MACRO = {
  define: 0x01,
  undef: 0x02,
  start_file: 0x03,
  end_file: 0x04,
  define_strp: 0x05,
  undef_strp: 0x06,
  import: 0x07,
  define_sup: 0x08,
  undef_sup: 0x09,
  import_sup: 0x0a,
  define_strx: 0x0b,
  undef_strx: 0x0c,
} as const;

const DW_MACINFO = { define: 0x01, undef: 0x02, start_file: 0x03, end_file: 0x04, vendor_ext: 0xff } as const;

/** Which file's .debug_macro and .debug_str are meant: the unit's own, or the supplementary one. */
type Place = 'own' | 'supplementary';

class MacroReader {
  private events = 0;
  private readonly open = new Set<string>();

  constructor(private readonly unit: Unit) {}

  *unitAt(offset: number, place: Place, depth: number): Generator<MacroEvent, void, undefined> {
    const sections = place === 'own' ? this.unit.sections : this.unit.supplementary;
    // What is in a supplementary file that was not found is missing.
    if (sections === undefined) return;
    const cursor = sections.cursorAt('.debug_macro', offset, 'a macro unit');
    const version = cursor.u16();
    if (version !== 4 && version !== 5) throw cursor.error(`macro version ${version} is not known`, offset);
    const flags = cursor.u8();
    const offsetSize = (flags & 1) !== 0 ? 8 : 4;
    if ((flags & 2) !== 0) cursor.skip(offsetSize);
    const vendors = (flags & 4) !== 0 ? readOperands(cursor) : new Map<number, readonly number[]>();
    const key = `${place} ${offset}`;
    if (this.open.has(key) || depth > DEEPEST_IMPORT) throw cursor.error('macro units import each other', offset);
    this.open.add(key);
    yield* this.entries(cursor, offsetSize, vendors, place, depth);
    this.open.delete(key);
  }

  private *entries(
    cursor: ByteCursor,
    offsetSize: 4 | 8,
    vendors: ReadonlyMap<number, readonly number[]>,
    place: Place,
    depth: number,
  ): Generator<MacroEvent, void, undefined> {
    for (;;) {
      const start = cursor.position;
      const opcode = cursor.u8();
      if (++this.events > MOST_EVENTS) throw cursor.error(`more than ${MOST_EVENTS} macros in a unit`, start);
      switch (opcode) {
        case 0:
          return;
        case DW_MACRO.define:
          yield { kind: 'define', line: cursor.uleb128(), text: cursor.cString() };
          break;
        case DW_MACRO.undef:
          yield { kind: 'undefine', line: cursor.uleb128(), text: cursor.cString() };
          break;
        case DW_MACRO.start_file:
          yield { kind: 'start-file', line: cursor.uleb128(), file: cursor.uleb128() };
          break;
        case DW_MACRO.end_file:
          yield { kind: 'end-file' };
          break;
        case DW_MACRO.define_strp:
          yield { kind: 'define', line: cursor.uleb128(), text: this.text(readOffset(cursor, offsetSize), place) };
          break;
        case DW_MACRO.undef_strp:
          yield { kind: 'undefine', line: cursor.uleb128(), text: this.text(readOffset(cursor, offsetSize), place) };
          break;
        case DW_MACRO.define_sup: {
          const line = cursor.uleb128();
          yield { kind: 'define', line, text: this.text(readOffset(cursor, offsetSize), 'supplementary') };
          break;
        }
        case DW_MACRO.undef_sup: {
          const line = cursor.uleb128();
          yield { kind: 'undefine', line, text: this.text(readOffset(cursor, offsetSize), 'supplementary') };
          break;
        }
        case DW_MACRO.define_strx:
          yield { kind: 'define', line: cursor.uleb128(), text: this.indexed(cursor.uleb128()) };
          break;
        case DW_MACRO.undef_strx:
          yield { kind: 'undefine', line: cursor.uleb128(), text: this.indexed(cursor.uleb128()) };
          break;
        case DW_MACRO.import:
          yield* this.unitAt(readOffset(cursor, offsetSize), place, depth + 1);
          break;
        case DW_MACRO.import_sup:
          yield* this.unitAt(readOffset(cursor, offsetSize), 'supplementary', depth + 1);
          break;
        default:
          this.skipVendors(cursor, opcode, vendors, offsetSize, start);
      }
    }
  }

  /** The header tells of what forms the operands of a vendor's opcode are. */
  private skipVendors(
    cursor: ByteCursor,
    opcode: number,
    vendors: ReadonlyMap<number, readonly number[]>,
    offsetSize: 4 | 8,
    start: number,
  ): void {
    const forms = vendors.get(opcode);
    if (forms === undefined) throw cursor.error(`macro entry ${opcode} is not known`, start);
    const encoding: Encoding = { ...this.unit.header, offsetSize };
    for (const form of forms) skipForm(cursor, form, encoding);
  }

  private text(offset: number, place: Place): string {
    if (place === 'own') return this.unit.sections.text('.debug_str', offset);
    return this.unit.supplementary?.text('.debug_str', offset) ?? '';
  }

  private indexed(index: number): string {
    return this.unit.string({ kind: 'string-index', index }) ?? '';
  }
}

/** The operands of vendors' opcodes, as forms (section 6.3.1). */
function readOperands(cursor: ByteCursor): ReadonlyMap<number, readonly number[]> {
  const operands = new Map<number, readonly number[]>();
  for (let count = cursor.u8(); count > 0; count--) {
    const opcode = cursor.u8();
    const forms = [...cursor.take8(cursor.uleb128())];
    // A form that is again told among the values would have to be told there first.
    operands.set(
      opcode,
      forms.filter((form) => form !== DW_FORM.implicit_const),
    );
  }
  return operands;
}

function* readMacinfo(cursor: ByteCursor): Generator<MacroEvent, void, undefined> {
  for (;;) {
    const start = cursor.position;
    const type = cursor.u8();
    switch (type) {
      case 0:
        return;
      case DW_MACINFO.define:
        yield { kind: 'define', line: cursor.uleb128(), text: cursor.cString() };
        break;
      case DW_MACINFO.undef:
        yield { kind: 'undefine', line: cursor.uleb128(), text: decodeText(cursor.cStringBytes()) };
        break;
      case DW_MACINFO.start_file:
        yield { kind: 'start-file', line: cursor.uleb128(), file: cursor.uleb128() };
        break;
      case DW_MACINFO.end_file:
        yield { kind: 'end-file' };
        break;
      case DW_MACINFO.vendor_ext:
        cursor.skipLeb128();
        cursor.skipCString();
        break;
      default:
        throw cursor.error(`macro entry ${type} is not known`, start);
    }
  }
}
