import { formatAddress, parseAddress } from './address.ts';
import type { Arguments } from './arguments.ts';
import { encodeBase64 } from './base64.ts';
import { stoppedDebuggee, type SessionContext } from './context.ts';
import type { Debuggee } from './debuggee.ts';
import { RequestFailure } from './failure.ts';
import type { Handlers, Reply } from './handlers.ts';

/** A place in memory as memory references name it. */
export interface MemoryPlace {
  readonly space: 'virtual' | 'physical';
  readonly address: bigint;
}

/** The most bytes that one request reads. */
const LONGEST_READ = 16 * 1024 * 1024;

/** `readMemory`. */
export function memoryHandlers(context: SessionContext): Handlers {
  return { readMemory: (args) => readMemory(context, args) };
}

/** Parses `0x80201000` or `p:0x80201000`. Throws a RequestFailure for anything else. */
export function parseMemoryReference(reference: string): MemoryPlace {
  const physical = reference.startsWith('p:');
  const address = parseAddress(physical ? reference.slice(2) : reference);
  if (address === undefined) throw new RequestFailure(`"${reference}" is no memory reference.`);
  return { space: physical ? 'physical' : 'virtual', address };
}

/** Bytes from a place, as far as they can be read. Reads through the translation of the first hart. */
export function readPlace({ timeline }: Debuggee, place: MemoryPlace, length: number): Uint8Array {
  const read =
    place.space === 'physical'
      ? timeline.readPhysical(place.address, length)
      : timeline.readVirtual(0, place.address, length);
  return read.bytes;
}

function readMemory(context: SessionContext, args: Arguments): Reply {
  const debuggee = stoppedDebuggee(context);
  const { space, address } = parseMemoryReference(args.string('memoryReference'));
  const offset = args.optionalInteger('offset') ?? 0;
  const count = args.integer('count');
  if (count < 0 || count > LONGEST_READ) {
    throw new RequestFailure(`readMemory: "count" must be from 0 to ${LONGEST_READ}, not ${count}.`);
  }
  const place = { space, address: BigInt.asUintN(64, address + BigInt(offset)) };
  // Memory does not go round from the last address to the first.
  const toEnd = (1n << 64n) - place.address;
  const wanted = toEnd < BigInt(count) ? Number(toEnd) : count;
  const bytes = readPlace(debuggee, place, wanted);
  return {
    body: {
      address: formatAddress(place.address),
      unreadableBytes: count - bytes.length,
      ...(bytes.length === 0 ? {} : { data: encodeBase64(bytes) }),
    },
  };
}
