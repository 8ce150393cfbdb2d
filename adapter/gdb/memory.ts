import type { MemoryRead } from '../../emulator/machine/machine.ts';
import { bytesToHex, parseAddress, parseNumber } from './hex.ts';
import { MAXIMUM_PAYLOAD } from './packet.ts';
import { BAD_ADDRESS, MALFORMED } from './reply.ts';
import type { GdbSession } from './session.ts';

/** Packets about memory. Reading has no effect on the guest (law 6). */

/** `addr,length`, both hexadecimal. */
export function parseRange(text: string): { address: bigint; length: number } | undefined {
  const [addressText = '', lengthText = '', ...rest] = text.split(',');
  const address = parseAddress(addressText);
  const length = parseNumber(lengthText);
  return address === undefined || length === undefined || rest.length > 0 ? undefined : { address, length };
}

function read(session: GdbSession, address: bigint, length: number): MemoryRead {
  return session.physicalMemory
    ? session.timeline.readPhysical(address, length)
    : session.timeline.readVirtual(session.hartIndex, address, length);
}

/** `m addr,length`: as many bytes as can be read from the address on, which may be fewer than asked. */
export function readMemory(session: GdbSession, argument: string): string {
  const range = parseRange(argument);
  if (range === undefined) return MALFORMED;
  const length = Math.min(range.length, MAXIMUM_PAYLOAD / 2);
  if (length === 0) return '';
  const { bytes, unreadable } = read(session, range.address, length);
  const readable = bytes.subarray(0, length - unreadable);
  return readable.length === 0 ? BAD_ADDRESS : bytesToHex(readable);
}
