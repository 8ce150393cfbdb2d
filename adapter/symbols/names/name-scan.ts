import type { ByteCursor } from '../byte-cursor.ts';
import { DW_AT, DW_FORM, DW_TAG } from '../dwarf/constants.ts';
import { skipForm } from '../dwarf/form.ts';
import type { Unit } from '../dwarf/unit.ts';
import { readAbbreviationPlan, type AbbreviationPlan } from './abbreviation-plan.ts';
import { EMPTY_HASH, hashName, type StringHashes } from './name-hash.ts';

/** Told of each named entry; `offset` is in the numbering of entry-space.ts, `tag` DW_TAG, `size` DW_AT_byte_size or 0. */
export type NameSink = (hash: number, offset: number, tag: number, size: number, isDeclaration: boolean) => void;

/**
 * Walks a unit once and tells `sink` the names of its functions, variables, types, enumerators and constants outside of
 * functions; in other languages than C also those inside types. Throws SymbolError where the unit is damaged, after what
 * comes before.
 */
export function scanNames(unit: Unit, hashes: StringHashes | undefined, sink: NameSink): void {
  new NameScan(unit, hashes, sink).run();
}

/** What an entry says that matters here. Used again for each entry. */
interface Found {
  hash: number;
  hasName: boolean;
  isDeclaration: boolean;
  size: number;
  /** The entry that has the name when this one has none, or -1. */
  origin: number;
  sibling: number;
}

class NameScan {
  private readonly cursor: ByteCursor;
  private readonly plan: AbbreviationPlan;
  private readonly isC: boolean;
  /** The names of functions and variables that definitions elsewhere in the unit refer to. */
  private readonly declared = new Map<number, number>();
  private readonly found: Found = { hash: 0, hasName: false, isDeclaration: false, size: 0, origin: -1, sibling: -1 };

  constructor(
    private readonly unit: Unit,
    private readonly hashes: StringHashes | undefined,
    private readonly sink: NameSink,
  ) {
    const { header, section, sections } = unit;
    const abbreviations = sections.cursorAt('.debug_abbrev', header.abbreviationOffset, 'a table of abbreviations');
    this.plan = readAbbreviationPlan(abbreviations, header);
    this.cursor = unit.cursor(header.firstEntry - section.base);
    this.isC = unit.isC;
  }

  run(): void {
    const { cursor, plan } = this;
    const { byCode, tag: tags, hasChildren, size } = plan;
    const { base } = this.unit.section;
    // Entries at this depth are looked at; those below an uninteresting one are passed over.
    let depth = 0;
    let passedOver = 0;
    while (!cursor.atEnd) {
      const start = cursor.position;
      const code = cursor.uleb128();
      if (code === 0) {
        if (passedOver > 0) passedOver--;
        else if (--depth <= 0) return;
        continue;
      }
      const index = byCode[code] ?? -1;
      if (index < 0) throw cursor.error(`abbreviation ${code} is not in the unit's table`, start);
      const tag = tags[index] ?? 0;
      const opens = hasChildren[index] !== 0;
      if (passedOver > 0 || !LOOKED_AT.has(tag)) {
        if (this.passOver(index, opens)) passedOver++;
        else if (!opens && depth === 0) return;
        continue;
      }
      if (depth === 0) {
        this.read(index);
        if (!opens) return;
        depth = 1;
        continue;
      }
      const { found } = this;
      if ((size[index] ?? -1) >= 0 && !opens && !this.hasNameOrOrigin(index)) cursor.skip(size[index] ?? 0);
      else this.read(index);
      this.tell(base + start, tag);
      if (!opens) continue;
      if (this.isDescended(tag)) depth++;
      else if (found.sibling > cursor.position && found.sibling <= cursor.end) cursor.seek(found.sibling);
      else passedOver++;
    }
  }

  private isDescended(tag: number): boolean {
    if (tag === DW_TAG.enumeration_type || tag === DW_TAG.namespace) return true;
    return !this.isC && TYPES_WITH_MEMBERS.has(tag);
  }

  /** Whether the entry's children follow and must be passed over, too. */
  private passOver(index: number, opens: boolean): boolean {
    const { cursor, plan } = this;
    const size = plan.size[index] ?? -1;
    const start = cursor.position;
    const siblingAt = plan.siblingAt[index] ?? -1;
    if (opens && siblingAt >= 0) {
      cursor.skip(siblingAt);
      const sibling = this.unitStart + cursor.u32();
      if (sibling > start && sibling <= cursor.end) {
        cursor.seek(sibling);
        return false;
      }
      cursor.seek(start);
    }
    if (size >= 0) cursor.skip(size);
    else this.read(index);
    if (!opens) return false;
    const { sibling } = this.found;
    if (size >= 0 || !(sibling > cursor.position && sibling <= cursor.end)) return true;
    cursor.seek(sibling);
    return false;
  }

  private get unitStart(): number {
    return this.unit.header.unitOffset - this.unit.section.base;
  }

  private hasNameOrOrigin(index: number): boolean {
    const { firstAttribute, attribute } = this.plan;
    const end = firstAttribute[index + 1] ?? 0;
    for (let at = firstAttribute[index] ?? 0; at < end; at++) {
      const name = attribute[at];
      if (name === DW_AT.name || name === DW_AT.specification || name === DW_AT.abstract_origin) return true;
    }
    Object.assign(this.found, NOTHING);
    return false;
  }

  /** Reads the attributes of the present entry into `found`. */
  private read(index: number): void {
    const { cursor, plan, found, unit } = this;
    const { firstAttribute, attribute, form: forms } = plan;
    found.hash = EMPTY_HASH;
    found.hasName = false;
    found.isDeclaration = false;
    found.size = 0;
    found.origin = -1;
    found.sibling = -1;
    const end = firstAttribute[index + 1] ?? 0;
    for (let at = firstAttribute[index] ?? 0; at < end; at++) {
      const form = forms[at] ?? 0;
      switch (attribute[at]) {
        case DW_AT.name:
          found.hash = this.hashOf(form);
          found.hasName = true;
          break;
        case DW_AT.declaration:
          found.isDeclaration = form === DW_FORM.flag_present || cursor.u8() !== 0;
          break;
        case DW_AT.byte_size:
          if (form === DW_FORM.data1) found.size = cursor.u8();
          else if (form === DW_FORM.data2) found.size = cursor.u16();
          else if (form === DW_FORM.data4) found.size = cursor.u32();
          else skipForm(cursor, form, unit.header);
          break;
        case DW_AT.specification:
        case DW_AT.abstract_origin:
          if (form === DW_FORM.ref4) found.origin = this.unitStart + cursor.u32();
          else skipForm(cursor, form, unit.header);
          break;
        case DW_AT.sibling:
          if (form === DW_FORM.ref4) found.sibling = this.unitStart + cursor.u32();
          else skipForm(cursor, form, unit.header);
          break;
        default:
          skipForm(cursor, form, unit.header);
      }
    }
  }

  private hashOf(form: number): number {
    const { cursor, hashes, unit } = this;
    if (form === DW_FORM.strp && hashes !== undefined && unit.header.offsetSize === 4) return hashes.at(cursor.u32());
    if (form === DW_FORM.string) {
      const start = cursor.position;
      cursor.skipCString();
      return hashName(cursor.bytes, start, cursor.position);
    }
    const bytes = unit.stringBytes(cursor, form);
    return hashName(bytes, 0, bytes.length);
  }

  private tell(offset: number, tag: number): void {
    const { found, declared, isC } = this;
    const isCodeOrData = tag === DW_TAG.subprogram || tag === DW_TAG.variable;
    if (!found.hasName) {
      if (!isCodeOrData || found.origin < 0) return;
      const hash = declared.get(found.origin);
      if (hash !== undefined) this.sink(hash, offset, tag, 0, false);
      return;
    }
    if (isCodeOrData) declared.set(offset - this.unit.section.base, found.hash);
    if (tag === DW_TAG.namespace) return;
    // A method is declared in its class, and defined under no name.
    const isDeclaration = found.isDeclaration && (isC || !isCodeOrData);
    this.sink(found.hash, offset, tag, found.size, isDeclaration);
  }
}

const NOTHING = { hash: EMPTY_HASH, hasName: false, isDeclaration: false, size: 0, origin: -1, sibling: -1 };

const TYPES_WITH_MEMBERS: ReadonlySet<number> = new Set([DW_TAG.structure_type, DW_TAG.class_type, DW_TAG.union_type]);

/** The entries that have names to be found by, or hold such. */
const LOOKED_AT: ReadonlySet<number> = new Set([
  DW_TAG.compile_unit,
  DW_TAG.partial_unit,
  DW_TAG.type_unit,
  DW_TAG.skeleton_unit,
  DW_TAG.namespace,
  DW_TAG.subprogram,
  DW_TAG.variable,
  DW_TAG.constant,
  DW_TAG.typedef,
  DW_TAG.base_type,
  DW_TAG.enumeration_type,
  DW_TAG.enumerator,
  ...TYPES_WITH_MEMBERS,
]);
