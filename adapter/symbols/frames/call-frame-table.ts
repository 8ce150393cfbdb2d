import type { Address } from '../address.ts';
import { ByteCursor } from '../byte-cursor.ts';
import { readInitialLength, readOffset } from '../dwarf/form.ts';
import { RangeIndex } from '../range-index.ts';
import { recover, type SymbolError } from '../symbol-error.ts';
import { readEncodedPointer } from './pointer-encoding.ts';

/** What the frame descriptions of many functions have in common (CIE; DWARF 5, section 6.4.1). */
export interface CommonInformation {
  readonly codeAlignment: number;
  readonly dataAlignment: number;
  /** The column that holds the return address: a DWARF register number. */
  readonly returnColumn: number;
  /** The frame was made by a trap: its caller stands at the return address, not behind a call. */
  readonly isTrapFrame: boolean;
  readonly addressSize: number;
  /** In the section: the instructions that each function's rows begin with. */
  readonly instructions: { readonly start: number; readonly end: number };
  readonly pointerEncoding: number;
  /** There are augmentation data in each FDE, with their length. */
  readonly hasAugmentationData: boolean;
}

/** How the frame of one function is laid out, instruction by instruction (FDE). */
export interface FrameDescription {
  readonly common: CommonInformation;
  readonly start: Address;
  readonly end: Address;
  readonly instructions: { readonly start: number; readonly end: number };
}

/** Where the descriptions lie: `.debug_frame`, or `.eh_frame`, which differs in a few fields. */
export interface CallFrameSection {
  readonly name: '.debug_frame' | '.eh_frame';
  readonly contents: Uint8Array;
  /** Where it is loaded. */
  readonly address: Address;
}

/** All frame descriptions of a section, found by address. A damaged one is left out. */
export class CallFrameTable {
  private readonly commons = new Map<number, CommonInformation>();
  private lazyIndex: RangeIndex | undefined;

  constructor(
    readonly section: CallFrameSection,
    private readonly onError: (error: SymbolError) => void,
    /** Gives the index that was kept of the section, or else the one that `make` makes. */
    private readonly indexOf: (section: CallFrameSection, make: () => RangeIndex) => RangeIndex = (_, make) => make(),
  ) {}

  /** The offsets of the descriptions by the addresses that they are of. */
  private get index(): RangeIndex {
    return (this.lazyIndex ??= this.indexOf(this.section, () => this.makeIndex()));
  }

  private makeIndex(): RangeIndex {
    const builder = RangeIndex.builder();
    const cursor = this.cursor(0);
    const readNext = (): boolean => {
      if (cursor.remaining < 4) return false;
      const start = cursor.position;
      const { end } = readInitialLength(cursor);
      recover(
        () => {
          const description = this.readDescription(start);
          if (description !== undefined) builder.add(description.start, description.end, start);
        },
        undefined,
        this.onError,
      );
      cursor.seek(end);
      return true;
    };
    while (recover(readNext, false, this.onError));
    return builder.build();
  }

  get size(): number {
    return this.index.size;
  }

  /** The description of the function that holds an address. */
  find(address: Address): FrameDescription | undefined {
    const offset = this.index.find(address);
    return offset === undefined ? undefined : recover(() => this.readDescription(offset), undefined, this.onError);
  }

  /** A cursor over a part of the section. */
  cursor(start: number, end = this.section.contents.length): ByteCursor {
    return new ByteCursor(this.section.contents, this.section.name, start, end);
  }

  /** The FDE at an offset; undefined when a CIE or the terminator of .eh_frame stands there. */
  private readDescription(offset: number): FrameDescription | undefined {
    const header = this.cursor(offset);
    const { offsetSize, end } = readInitialLength(header);
    if (end === header.position) return undefined;
    const cursor = this.cursor(header.position, end);
    const commonOffset = this.readCommonOffset(cursor, offsetSize);
    if (commonOffset === undefined) return undefined;
    const common = this.common(commonOffset);
    const start = readEncodedPointer(cursor, common.pointerEncoding, common.addressSize, this.section.address);
    // The length has the format of the address, but counts from nothing.
    const length = readEncodedPointer(cursor, common.pointerEncoding & 0x0f, common.addressSize, 0);
    if (start === undefined || length === undefined) return undefined;
    if (common.hasAugmentationData) cursor.skip(cursor.uleb128());
    return { common, start, end: start + length, instructions: { start: cursor.position, end } };
  }

  /** Undefined for a CIE. In .eh_frame the pointer counts back from itself. */
  private readCommonOffset(cursor: ByteCursor, offsetSize: 4 | 8): number | undefined {
    const at = cursor.position;
    if (this.section.name === '.eh_frame') {
      const distance = cursor.u32();
      return distance === 0 ? undefined : at - distance;
    }
    if (offsetSize === 8) {
      const isCommon = cursor.u64() === 0xffff_ffff_ffff_ffffn;
      cursor.seek(at);
      return isCommon ? undefined : cursor.size64();
    }
    const pointer = cursor.u32();
    return pointer === 0xffff_ffff ? undefined : pointer;
  }

  private common(offset: number): CommonInformation {
    let common = this.commons.get(offset);
    if (common === undefined) {
      common = this.readCommon(offset);
      this.commons.set(offset, common);
    }
    return common;
  }

  private readCommon(offset: number): CommonInformation {
    const isEh = this.section.name === '.eh_frame';
    if (!(offset >= 0 && offset < this.section.contents.length)) {
      throw this.cursor(0).error(`a frame description names a CIE at ${offset}, outside`);
    }
    const header = this.cursor(offset);
    const { offsetSize, end } = readInitialLength(header);
    const cursor = this.cursor(header.position, end);
    const isCommon = isEh ? readOffset(cursor, 4) === 0 : this.readCommonOffset(cursor, offsetSize) === undefined;
    if (!isCommon) throw cursor.error('a frame description names another as its CIE', offset);
    if (!isEh && offsetSize === 8) cursor.seek(header.position + 8);
    const version = cursor.u8();
    if (version !== 1 && version !== 3 && version !== 4) throw cursor.error(`CIE version ${version} is not known`);
    const augmentation = cursor.cString();
    let addressSize = 8;
    if (version >= 4) {
      addressSize = cursor.u8();
      cursor.skip(1);
    }
    const codeAlignment = cursor.uleb128();
    const dataAlignment = cursor.sleb128();
    const returnColumn = version === 1 ? cursor.u8() : cursor.uleb128();
    const data = this.readAugmentation(cursor, augmentation, addressSize);
    return {
      codeAlignment,
      dataAlignment,
      returnColumn,
      addressSize,
      instructions: { start: cursor.position, end },
      ...data,
    };
  }

  private readAugmentation(
    cursor: ByteCursor,
    augmentation: string,
    addressSize: number,
  ): Pick<CommonInformation, 'isTrapFrame' | 'pointerEncoding' | 'hasAugmentationData'> {
    let pointerEncoding = 0;
    if (augmentation === '') return { isTrapFrame: false, pointerEncoding, hasAugmentationData: false };
    // In .debug_frame GNU as writes .cfi_signal_frame alone, with no data to skip.
    if (augmentation === 'S') return { isTrapFrame: true, pointerEncoding, hasAugmentationData: false };
    if (!augmentation.startsWith('z')) throw cursor.error(`augmentation "${augmentation}" is not known`);
    const end = cursor.uleb128() + cursor.position;
    let isTrapFrame = false;
    for (const letter of augmentation.slice(1)) {
      if (letter === 'R') pointerEncoding = cursor.u8();
      else if (letter === 'S') isTrapFrame = true;
      else if (letter === 'L') cursor.skip(1);
      else if (letter === 'P') readEncodedPointer(cursor, cursor.u8() & 0x7f, addressSize, this.section.address);
      else break;
    }
    cursor.seek(end);
    return { isTrapFrame, pointerEncoding, hasAugmentationData: true };
  }
}
