import type { ByteCursor } from '../byte-cursor.ts';
import { DW_AT, DW_FORM } from '../dwarf/constants.ts';
import { fixedSize, type Encoding } from '../dwarf/form.ts';

/**
 * A table of abbreviations, made for walking entries fast: columns of numbers, no objects. Two thousand units have half a
 * million abbreviations, most of which are passed over.
 */
export interface AbbreviationPlan {
  /** By code: where the abbreviation stands in the columns below, or -1 (or nothing) where there is none. */
  readonly byCode: readonly number[];
  /** DW_TAG. */
  readonly tag: Int32Array;
  readonly hasChildren: Uint8Array;
  /** Bytes of all attributes, or -1 where that depends on their values. */
  readonly size: Int32Array;
  /** Where the bytes of DW_AT_sibling stand among those of the attributes, or -1 where it is none or that is not fixed. */
  readonly siblingAt: Int32Array;
  /** The attributes of an abbreviation are [firstAttribute[i], firstAttribute[i + 1]) of these. */
  readonly firstAttribute: Int32Array;
  readonly attribute: Int32Array;
  readonly form: Int32Array;
}

/** Codes beyond this are not meant: compilers count from 1. */
const GREATEST_CODE = 2 ** 20;

/** Reads the table at the cursor. Throws SymbolError when it is damaged. */
export function readAbbreviationPlan(cursor: ByteCursor, encoding: Encoding): AbbreviationPlan {
  const byCode: number[] = [-1];
  const [tag, hasChildren, size, siblingAt]: [number[], number[], number[], number[]] = [[], [], [], []];
  const [firstAttribute, attribute, form]: [number[], number[], number[]] = [[], [], []];
  for (;;) {
    const start = cursor.position;
    const code = cursor.uleb128();
    if (code === 0) break;
    if (code > GREATEST_CODE) throw cursor.error(`an abbreviation's code of ${code}`, start);
    byCode[code] = tag.length;
    tag.push(cursor.uleb128());
    hasChildren.push(cursor.u8());
    firstAttribute.push(attribute.length);
    let bytes = 0;
    let sibling = -1;
    for (;;) {
      const name = cursor.uleb128();
      const shape = cursor.uleb128();
      if (name === 0 && shape === 0) break;
      if (shape === DW_FORM.implicit_const) cursor.skipLeb128();
      attribute.push(name);
      form.push(shape);
      if (name === DW_AT.sibling && shape === DW_FORM.ref4) sibling = bytes;
      const fixed = fixedSize(shape, encoding);
      bytes = fixed === undefined || bytes < 0 ? -1 : bytes + fixed;
    }
    size.push(bytes);
    siblingAt.push(sibling);
  }
  firstAttribute.push(attribute.length);
  return {
    byCode,
    tag: Int32Array.from(tag),
    hasChildren: Uint8Array.from(hasChildren),
    size: Int32Array.from(size),
    siblingAt: Int32Array.from(siblingAt),
    firstAttribute: Int32Array.from(firstAttribute),
    attribute: Int32Array.from(attribute),
    form: Int32Array.from(form),
  };
}
