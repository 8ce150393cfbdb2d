import type { Address } from '../address.ts';
import type { ByteCursor } from '../byte-cursor.ts';

const DW_EH_PE_omit = 0xff;
const DW_EH_PE_absptr = 0x00;
const DW_EH_PE_pcrel = 0x10;

/**
 * Reads a pointer of .eh_frame in the encoding that its CIE chose (Linux Standard Base, "DWARF Extensions").
 * `sectionAddress` is where the section is loaded, for pointers relative to themselves. Undefined when omitted.
 */
export function readEncodedPointer(
  cursor: ByteCursor,
  encoding: number,
  addressSize: number,
  sectionAddress: Address,
): Address | undefined {
  if (encoding === DW_EH_PE_omit) return undefined;
  const from = sectionAddress + cursor.position;
  const value = readValue(cursor, encoding & 0x0f, addressSize);
  switch (encoding & 0x70) {
    case DW_EH_PE_absptr:
      return value;
    case DW_EH_PE_pcrel:
      return from + value;
    default:
      throw cursor.error(`pointer encoding 0x${encoding.toString(16)} is not used on RISC-V`);
  }
}

function readValue(cursor: ByteCursor, format: number, addressSize: number): number {
  switch (format) {
    case 0x00:
      return cursor.address(addressSize);
    case 0x01:
      return cursor.uleb128();
    case 0x02:
      return cursor.u16();
    case 0x03:
      return cursor.u32();
    case 0x04:
    case 0x0c:
      return cursor.address(8);
    case 0x09:
      return cursor.sleb128();
    case 0x0a:
      return cursor.i16();
    case 0x0b:
      return cursor.i32();
    default:
      throw cursor.error(`pointer format 0x${format.toString(16)} is not known`);
  }
}
