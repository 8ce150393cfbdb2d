import type { PhysicalMemory } from '../device.ts';
import type { SbiCall, SbiExtension } from './call.ts';
import { failure, SbiError, success } from './call.ts';
import type { SbiConsole } from './console.ts';

/** A call moves at most this many bytes: it may do less than asked, and a caller goes on from there. */
const MOST_BYTES = 65_536n;

/** Debug console extension (SBI 2.0, chapter 12). Addresses are physical. */
export function debugConsoleExtension(console: SbiConsole, memory: PhysicalMemory): SbiExtension {
  return {
    id: 0x4442_434en,
    call: (call) => {
      switch (call.functionId) {
        case 0n: {
          const range = memoryRange(call, memory);
          if (!range) return failure(SbiError.invalidParameter);
          if (range.length > 0) console.transmit(memory.read(range.address, range.length));
          return success(BigInt(range.length));
        }
        case 1n: {
          const range = memoryRange(call, memory);
          if (!range) return failure(SbiError.invalidParameter);
          const bytes = console.takeReceived(range.length);
          if (bytes.length > 0) memory.write(range.address, bytes);
          return success(BigInt(bytes.length));
        }
        case 2n:
          console.transmit(Uint8Array.of(Number(call.argument(0) & 0xffn)));
          return success();
        default:
          return failure(SbiError.notSupported);
      }
    },
  };
}

interface MemoryRange {
  readonly address: number;
  readonly length: number;
}

/** The buffer in a0 (length), a1 and a2 (address); undefined unless all of it is RAM. */
function memoryRange({ argument }: SbiCall, memory: PhysicalMemory): MemoryRange | undefined {
  const asked = argument(0);
  const address = argument(1);
  if (argument(2) !== 0n || address + asked > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  if (asked > 0n && !memory.contains(Number(address), Number(asked))) return undefined;
  return { address: Number(address), length: Number(asked < MOST_BYTES ? asked : MOST_BYTES) };
}
