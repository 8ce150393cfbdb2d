import type { Address } from '../address.ts';
import { ByteCursor } from '../byte-cursor.ts';
import { SymbolError } from '../symbol-error.ts';

/** Relocation types (RISC-V ELF psABI, "Relocations") that are found in debug information and `.eh_frame`. */
const R_RISCV = {
  NONE: 0,
  32: 1,
  64: 2,
  ADD8: 33,
  ADD16: 34,
  ADD32: 35,
  ADD64: 36,
  SUB8: 37,
  SUB16: 38,
  SUB32: 39,
  SUB64: 40,
  ALIGN: 43,
  RELAX: 51,
  SUB6: 52,
  SET6: 53,
  SET8: 54,
  SET16: 55,
  SET32: 56,
  '32_PCREL': 57,
  SET_ULEB128: 60,
  SUB_ULEB128: 61,
} as const;

/** Bytes of an Elf64_Rela. */
const RELA_SIZE = 24;

/** The section that is being relocated. */
export interface RelocatedSection {
  readonly name: string;
  /** Altered in place. */
  readonly contents: Uint8Array;
  readonly address: Address;
}

/**
 * Applies a section of relocations with addends to debug information, as a linker would at the addresses that
 * `symbolValue` tells. Pairs of additions and subtractions, by which assemblers write lengths that linking may change,
 * are carried out one after the other. Throws SymbolError at one that is damaged or not known, after those before it.
 */
export function applyRelocations(
  { name, contents, address }: RelocatedSection,
  relocations: { readonly name: string; readonly contents: Uint8Array },
  symbolValue: (index: number) => Address,
): void {
  const view = new DataView(contents.buffer, contents.byteOffset, contents.byteLength);
  const cursor = new ByteCursor(relocations.contents, relocations.name);
  while (cursor.remaining >= RELA_SIZE) {
    const start = cursor.position;
    const offset = cursor.size64();
    const type = cursor.u32();
    const symbol = cursor.u32();
    const addend = cursor.address(8);
    const value = symbolValue(symbol) + addend;
    const width = WIDTHS.get(type) ?? 0;
    if (offset + width > contents.length) {
      throw new SymbolError(`a relocation at 0x${offset.toString(16)} lies beyond ${name}`, relocations.name, start);
    }
    // What is at an address that cannot be stays as it is.
    if (Number.isNaN(value)) continue;
    switch (type) {
      case R_RISCV.NONE:
      case R_RISCV.ALIGN:
      case R_RISCV.RELAX:
        break;
      case R_RISCV[32]:
      case R_RISCV.SET32:
        view.setInt32(offset, value, true);
        break;
      case R_RISCV['32_PCREL']:
        view.setInt32(offset, value - (address + offset), true);
        break;
      case R_RISCV[64]:
        view.setBigInt64(offset, BigInt(value), true);
        break;
      case R_RISCV.ADD64:
        view.setBigInt64(offset, view.getBigInt64(offset, true) + BigInt(value), true);
        break;
      case R_RISCV.SUB64:
        view.setBigInt64(offset, view.getBigInt64(offset, true) - BigInt(value), true);
        break;
      case R_RISCV.ADD32:
        view.setInt32(offset, view.getInt32(offset, true) + value, true);
        break;
      case R_RISCV.SUB32:
        view.setInt32(offset, view.getInt32(offset, true) - value, true);
        break;
      case R_RISCV.ADD16:
        view.setInt16(offset, view.getInt16(offset, true) + value, true);
        break;
      case R_RISCV.SUB16:
        view.setInt16(offset, view.getInt16(offset, true) - value, true);
        break;
      case R_RISCV.SET16:
        view.setInt16(offset, value, true);
        break;
      case R_RISCV.ADD8:
        view.setInt8(offset, view.getInt8(offset) + value);
        break;
      case R_RISCV.SUB8:
        view.setInt8(offset, view.getInt8(offset) - value);
        break;
      case R_RISCV.SET8:
        view.setInt8(offset, value);
        break;
      case R_RISCV.SET6:
        setLowBits(view, offset, value);
        break;
      case R_RISCV.SUB6:
        setLowBits(view, offset, view.getUint8(offset) - value);
        break;
      case R_RISCV.SET_ULEB128:
        writeUleb128(contents, offset, value, name);
        break;
      case R_RISCV.SUB_ULEB128:
        writeUleb128(contents, offset, new ByteCursor(contents, name, offset).uleb128() - value, name);
        break;
      default:
        throw new SymbolError(`relocation type ${type} is not known in debug information`, relocations.name, start);
    }
  }
}

/** Bytes that a relocation writes; one for those that are as long as what is there. */
const WIDTHS: ReadonlyMap<number, number> = new Map<number, number>([
  [R_RISCV[64], 8],
  [R_RISCV.ADD64, 8],
  [R_RISCV.SUB64, 8],
  [R_RISCV[32], 4],
  [R_RISCV.SET32, 4],
  [R_RISCV['32_PCREL'], 4],
  [R_RISCV.ADD32, 4],
  [R_RISCV.SUB32, 4],
  [R_RISCV.SET16, 2],
  [R_RISCV.ADD16, 2],
  [R_RISCV.SUB16, 2],
  [R_RISCV.SET8, 1],
  [R_RISCV.ADD8, 1],
  [R_RISCV.SUB8, 1],
  [R_RISCV.SET6, 1],
  [R_RISCV.SUB6, 1],
  [R_RISCV.SET_ULEB128, 1],
  [R_RISCV.SUB_ULEB128, 1],
]);

/** The advance of a DW_CFA_advance_loc. */
function setLowBits(view: DataView, offset: number, value: number): void {
  view.setUint8(offset, (view.getUint8(offset) & 0xc0) | (value & 0x3f));
}

/** Writes over an unsigned LEB128, in as many bytes as it has: the assembler left room. The low bits of the value. */
function writeUleb128(contents: Uint8Array, start: number, value: number, section: string): void {
  // What SET has written before SUB is an address, and may be negative: the low bits are right, and the sum will be.
  let rest = BigInt(value);
  for (let at = start; ; at++) {
    const byte = contents[at];
    if (byte === undefined) throw new SymbolError('a LEB128 has no end', section, start);
    const goesOn = (byte & 0x80) !== 0;
    contents[at] = Number(rest & 0x7fn) | (goesOn ? 0x80 : 0);
    rest >>= 7n;
    if (!goesOn) return;
  }
}
