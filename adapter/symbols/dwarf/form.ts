import type { ByteCursor } from '../byte-cursor.ts';
import type { AttributeValue } from './attribute-value.ts';
import { DW_FORM } from './constants.ts';
import { SPACE_SIZE, type ReferenceTargets } from './entry-space.ts';

/** What the size of a form depends on. */
export interface Encoding {
  readonly version: number;
  /** Bytes of a section offset: 4, or 8 in the 64-bit format. */
  readonly offsetSize: 4 | 8;
  readonly addressSize: number;
  /** Of the unit's header, in the numbering of entry-space.ts; short references count from it. */
  readonly unitOffset: number;
  readonly targets: ReferenceTargets;
}

/** Reads a section offset, length or other value whose size is that of the format. */
export function readOffset(cursor: ByteCursor, offsetSize: 4 | 8): number {
  return offsetSize === 4 ? cursor.u32() : cursor.size64();
}

/** Bytes of an initial length, in the 64-bit format. */
export const LONGEST_INITIAL_LENGTH = 12;

/** Reads a unit's initial length (DWARF 5, section 7.4). `end` is checked to lie within the cursor. */
export function readInitialLength(cursor: ByteCursor): { readonly offsetSize: 4 | 8; readonly end: number } {
  const start = cursor.position;
  const short = cursor.u32();
  if (short >= 0xffff_fff0 && short !== 0xffff_ffff) throw cursor.error('a reserved unit length', start);
  const offsetSize = short === 0xffff_ffff ? 8 : 4;
  const length = offsetSize === 8 ? cursor.size64() : short;
  const end = cursor.position + length;
  if (end > cursor.end) throw cursor.error(`a unit of ${length} bytes does not fit its section`, start);
  return { offsetSize, end };
}

/** Reads a value of any form of DWARF 2 to 5 (DWARF 5, section 7.5.6). `implicit` is that of DW_FORM_implicit_const. */
export function readForm(cursor: ByteCursor, form: number, encoding: Encoding, implicit: bigint): AttributeValue {
  switch (form) {
    case DW_FORM.addr:
      return { kind: 'address', address: cursor.address(encoding.addressSize) };
    case DW_FORM.addrx:
    case DW_FORM.GNU_addr_index:
      return { kind: 'address-index', index: cursor.uleb128() };
    case DW_FORM.addrx1:
      return { kind: 'address-index', index: cursor.u8() };
    case DW_FORM.addrx2:
      return { kind: 'address-index', index: cursor.u16() };
    case DW_FORM.addrx3:
      return { kind: 'address-index', index: cursor.u24() };
    case DW_FORM.addrx4:
      return { kind: 'address-index', index: cursor.u32() };

    case DW_FORM.data1:
      return { kind: 'constant', value: BigInt(cursor.u8()), size: 1 };
    case DW_FORM.data2:
      return { kind: 'constant', value: BigInt(cursor.u16()), size: 2 };
    case DW_FORM.data4:
      return { kind: 'constant', value: BigInt(cursor.u32()), size: 4 };
    case DW_FORM.data8:
      return { kind: 'constant', value: cursor.u64(), size: 8 };
    case DW_FORM.sdata:
      return { kind: 'constant', value: cursor.sleb128Wide(), size: 0 };
    case DW_FORM.udata:
      return { kind: 'constant', value: cursor.uleb128Wide(), size: 0 };
    case DW_FORM.implicit_const:
      return { kind: 'constant', value: implicit, size: 0 };

    case DW_FORM.data16:
      return { kind: 'block', bytes: cursor.take8(16) };
    case DW_FORM.block1:
      return { kind: 'block', bytes: cursor.take8(cursor.u8()) };
    case DW_FORM.block2:
      return { kind: 'block', bytes: cursor.take8(cursor.u16()) };
    case DW_FORM.block4:
      return { kind: 'block', bytes: cursor.take8(cursor.u32()) };
    case DW_FORM.block:
    case DW_FORM.exprloc:
      return { kind: 'block', bytes: cursor.take8(cursor.uleb128()) };

    case DW_FORM.string:
      return { kind: 'inline-string', bytes: cursor.cStringBytes() };
    case DW_FORM.strp:
      return { kind: 'string', section: '.debug_str', offset: readOffset(cursor, encoding.offsetSize) };
    case DW_FORM.line_strp:
      return { kind: 'string', section: '.debug_line_str', offset: readOffset(cursor, encoding.offsetSize) };
    case DW_FORM.strx:
    case DW_FORM.GNU_str_index:
      return { kind: 'string-index', index: cursor.uleb128() };
    case DW_FORM.strx1:
      return { kind: 'string-index', index: cursor.u8() };
    case DW_FORM.strx2:
      return { kind: 'string-index', index: cursor.u16() };
    case DW_FORM.strx3:
      return { kind: 'string-index', index: cursor.u24() };
    case DW_FORM.strx4:
      return { kind: 'string-index', index: cursor.u32() };

    case DW_FORM.flag:
      return { kind: 'flag', value: cursor.u8() !== 0 };
    case DW_FORM.flag_present:
      return { kind: 'flag', value: true };

    case DW_FORM.ref1:
      return reference(cursor, encoding, encoding.unitOffset + cursor.u8());
    case DW_FORM.ref2:
      return reference(cursor, encoding, encoding.unitOffset + cursor.u16());
    case DW_FORM.ref4:
      return reference(cursor, encoding, encoding.unitOffset + cursor.u32());
    case DW_FORM.ref8:
      return reference(cursor, encoding, encoding.unitOffset + cursor.size64());
    case DW_FORM.ref_udata:
      return reference(cursor, encoding, encoding.unitOffset + cursor.uleb128());
    case DW_FORM.ref_addr:
      return reference(cursor, encoding, encoding.targets.base + readReferenceAcrossUnits(cursor, encoding));
    case DW_FORM.ref_sig8: {
      const signature = cursor.u64();
      const offset = encoding.targets.typeOfSignature(signature);
      return offset === undefined ? { kind: 'signature', signature } : { kind: 'reference', offset };
    }

    case DW_FORM.ref_sup4:
      return supplementaryReference(encoding, cursor.u32());
    case DW_FORM.ref_sup8:
      return supplementaryReference(encoding, cursor.size64());
    case DW_FORM.GNU_ref_alt:
      return supplementaryReference(encoding, readOffset(cursor, encoding.offsetSize));
    case DW_FORM.strp_sup:
    case DW_FORM.GNU_strp_alt:
      return { kind: 'supplementary-string', offset: readOffset(cursor, encoding.offsetSize) };

    case DW_FORM.sec_offset:
      return { kind: 'section-offset', offset: readOffset(cursor, encoding.offsetSize) };
    case DW_FORM.loclistx:
    case DW_FORM.rnglistx:
      return { kind: 'list-index', index: cursor.uleb128() };

    case DW_FORM.indirect:
      return readForm(cursor, readIndirectForm(cursor), encoding, 0n);
    default:
      throw cursor.error(`form 0x${form.toString(16)} is not known`);
  }
}

/** Moves past a value without making it; reads what readForm would. */
export function skipForm(cursor: ByteCursor, form: number, encoding: Encoding): void {
  const size = fixedSize(form, encoding);
  if (size !== undefined) {
    cursor.skip(size);
    return;
  }
  switch (form) {
    case DW_FORM.block1:
      cursor.skip(cursor.u8());
      return;
    case DW_FORM.block2:
      cursor.skip(cursor.u16());
      return;
    case DW_FORM.block4:
      cursor.skip(cursor.u32());
      return;
    case DW_FORM.block:
    case DW_FORM.exprloc:
      cursor.skip(cursor.uleb128());
      return;
    case DW_FORM.string:
      cursor.skipCString();
      return;
    case DW_FORM.indirect:
      skipForm(cursor, readIndirectForm(cursor), encoding);
      return;
    case DW_FORM.sdata:
    case DW_FORM.udata:
    case DW_FORM.ref_udata:
    case DW_FORM.strx:
    case DW_FORM.addrx:
    case DW_FORM.loclistx:
    case DW_FORM.rnglistx:
    case DW_FORM.GNU_addr_index:
    case DW_FORM.GNU_str_index:
      cursor.skipLeb128();
      return;
    default:
      throw cursor.error(`form 0x${form.toString(16)} is not known`);
  }
}

/** Bytes of a form whose size does not depend on its value. */
export function fixedSize(form: number, encoding: Encoding): number | undefined {
  switch (form) {
    case DW_FORM.flag_present:
    case DW_FORM.implicit_const:
      return 0;
    case DW_FORM.data1:
    case DW_FORM.flag:
    case DW_FORM.ref1:
    case DW_FORM.strx1:
    case DW_FORM.addrx1:
      return 1;
    case DW_FORM.data2:
    case DW_FORM.ref2:
    case DW_FORM.strx2:
    case DW_FORM.addrx2:
      return 2;
    case DW_FORM.strx3:
    case DW_FORM.addrx3:
      return 3;
    case DW_FORM.data4:
    case DW_FORM.ref4:
    case DW_FORM.ref_sup4:
    case DW_FORM.strx4:
    case DW_FORM.addrx4:
      return 4;
    case DW_FORM.data8:
    case DW_FORM.ref8:
    case DW_FORM.ref_sig8:
    case DW_FORM.ref_sup8:
      return 8;
    case DW_FORM.data16:
      return 16;
    case DW_FORM.addr:
      return encoding.addressSize;
    case DW_FORM.ref_addr:
      return encoding.version <= 2 ? encoding.addressSize : encoding.offsetSize;
    case DW_FORM.strp:
    case DW_FORM.line_strp:
    case DW_FORM.sec_offset:
    case DW_FORM.strp_sup:
    case DW_FORM.GNU_ref_alt:
    case DW_FORM.GNU_strp_alt:
      return encoding.offsetSize;
    default:
      return undefined;
  }
}

/** DWARF 2 gave references across units the size of an address. */
function readReferenceAcrossUnits(cursor: ByteCursor, { version, addressSize, offsetSize }: Encoding): number {
  return readOffset(cursor, version <= 2 && addressSize === 8 ? 8 : offsetSize);
}

/** The form that a value of DW_FORM_indirect names. Not again an indirect one, which would nest without end. */
function readIndirectForm(cursor: ByteCursor): number {
  const form = cursor.uleb128();
  if (form === DW_FORM.indirect || form === DW_FORM.implicit_const) {
    throw cursor.error(`an indirect form names form 0x${form.toString(16)}`);
  }
  return form;
}

function reference(cursor: ByteCursor, { targets }: Encoding, offset: number): AttributeValue {
  if (!(offset < targets.base + SPACE_SIZE)) throw cursor.error('a reference leads beyond the section');
  return { kind: 'reference', offset };
}

function supplementaryReference({ targets }: Encoding, offset: number): AttributeValue {
  const base = targets.supplementaryBase;
  if (base === undefined || offset >= SPACE_SIZE) return { kind: 'supplementary', offset };
  return { kind: 'reference', offset: base + offset };
}
