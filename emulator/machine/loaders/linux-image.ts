/** The header of a RISC-V Linux `Image` (Linux Documentation/riscv/boot-image-header.rst). */
export interface LinuxImageHeader {
  /** Where the image wants to be, relative to the start of RAM. */
  readonly textOffset: bigint;
  /** Bytes that the kernel occupies in memory, its BSS included. */
  readonly imageSize: bigint;
}

const HEADER_SIZE = 64;
/** "RSC\x05", little-endian, at byte 56. */
const MAGIC2 = 0x05435352;

/** The header, or undefined when the bytes are not a Linux `Image` for RISC-V. */
export function parseLinuxImage(bytes: Uint8Array): LinuxImageHeader | undefined {
  if (bytes.length < HEADER_SIZE) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(56, true) !== MAGIC2) return undefined;
  return { textOffset: view.getBigUint64(8, true), imageSize: view.getBigUint64(16, true) };
}
