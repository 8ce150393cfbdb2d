/** Bytes and numbers as the protocol writes them. Parsers return undefined for what is not well-formed. */

export function bytesToHex(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0');
  return hex;
}

export function hexToBytes(hex: string): Uint8Array | undefined {
  if (hex.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(hex)) return undefined;
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** A text, as its UTF-8 bytes. */
export function textToHex(text: string): string {
  return bytesToHex(new TextEncoder().encode(text));
}

export function hexToText(hex: string): string | undefined {
  const bytes = hexToBytes(hex);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}

/** A 64-bit register, in the guest's byte order. */
export function registerToHex(value: bigint): string {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, value), true);
  return bytesToHex(bytes);
}

/** A 64-bit address, written most significant digit first. */
export function parseAddress(hex: string): bigint | undefined {
  return /^[0-9a-fA-F]{1,16}$/.test(hex) ? BigInt(`0x${hex}`) : undefined;
}

/** A length or an index, below 2^32. */
export function parseNumber(hex: string): number | undefined {
  return /^[0-9a-fA-F]{1,8}$/.test(hex) ? parseInt(hex, 16) : undefined;
}
