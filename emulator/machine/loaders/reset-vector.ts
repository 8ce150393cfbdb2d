import { MASK_ROM } from '../memory-map.ts';

/** Where a hart without built-in firmware begins. */
export const RESET_VECTOR = MASK_ROM.base;

/** "OSBI": the magic number of OpenSBI's fw_dynamic_info. */
const DYNAMIC_INFO_MAGIC = 0x4942534fn;
const DYNAMIC_INFO_VERSION = 2n;
const NEXT_MODE_SUPERVISOR = 1n;

/**
 * The boot ROM's code: what QEMU's board executes at power-on. It leaves the hart id in a0, the device tree in a1 and
 * fw_dynamic_info in a2, and jumps to the start address.
 */
const CODE = [
  0x0000_0297, // auipc t0, 0
  0x0282_8613, // addi  a2, t0, 0x28   (fw_dynamic_info)
  0xf140_2573, // csrr  a0, mhartid
  0x0202_b583, // ld    a1, 0x20(t0)   (device tree)
  0x0182_b283, // ld    t0, 0x18(t0)   (start address)
  0x0002_8067, // jr    t0
] as const;

export interface ResetVector {
  /** The first address after the ROM: firmware, or the kernel when there is none. */
  readonly start: number;
  readonly deviceTree: number;
  /** The kernel's entry, which firmware is told by fw_dynamic_info (OpenSBI docs/firmware/fw_dynamic.md); 0 for none. */
  readonly next: number;
}

/** The contents of the boot ROM. */
export function resetVector({ start, deviceTree, next }: ResetVector): Uint8Array {
  const data = [
    BigInt(start),
    BigInt(deviceTree),
    DYNAMIC_INFO_MAGIC,
    DYNAMIC_INFO_VERSION,
    BigInt(next),
    NEXT_MODE_SUPERVISOR,
    0n, // Options for the firmware.
    0n, // Preferred boot hart.
  ];
  const bytes = new Uint8Array(CODE.length * 4 + data.length * 8);
  const view = new DataView(bytes.buffer);
  for (const [index, word] of CODE.entries()) view.setUint32(index * 4, word, true);
  for (const [index, value] of data.entries()) view.setBigUint64(CODE.length * 4 + index * 8, value, true);
  return bytes;
}
