import type { DebugProtocol } from '@vscode/debugprotocol';
import { formatAddress } from '../address.ts';
import type { Arguments } from '../arguments.ts';
import { stoppedDebuggee, type SessionContext } from '../context.ts';
import type { Debuggee } from '../debuggee.ts';
import { RequestFailure } from '../failure.ts';
import type { Handlers, Reply } from '../handlers.ts';
import { parseMemoryReference, readPlace, type MemoryPlace } from '../memory.ts';
import { sameUnit, type SourcePosition } from '../program.ts';
import { listInstructions, type ListedInstruction, type ListingSource } from './listing.ts';

/** The most instructions that one request lists, and the farthest from its reference. */
const LONGEST_LISTING = 10_000;

/** `disassemble`. */
export function disassemblyHandlers(context: SessionContext): Handlers {
  return { disassemble: (args) => disassembleRequest(context, args) };
}

async function disassembleRequest(context: SessionContext, args: Arguments): Promise<Reply> {
  const debuggee = stoppedDebuggee(context);
  const place = parseMemoryReference(args.string('memoryReference'));
  const origin = BigInt.asUintN(64, place.address + BigInt(args.optionalInteger('offset') ?? 0)) & ~1n;
  const first = args.optionalInteger('instructionOffset') ?? 0;
  const count = args.integer('instructionCount');
  if (count < 0 || count > LONGEST_LISTING || Math.abs(first) > LONGEST_LISTING) {
    throw new RequestFailure(`disassemble: at most ${LONGEST_LISTING} instructions at a time.`);
  }
  const listed = listInstructions(sourceOf(debuggee, place.space), origin, first, count);
  return { body: { instructions: await describe(context, debuggee, listed) } };
}

function sourceOf(debuggee: Debuggee, space: MemoryPlace['space']): ListingSource {
  const { program } = debuggee;
  return {
    read: (address, length) => readPlace(debuggee, { space, address }, length),
    symbolStart: (address) => program.symbolAt(address)?.address,
    symbolize: (address) => symbolText(debuggee, address),
  };
}

function symbolText({ program }: Debuggee, address: bigint): string | undefined {
  const symbol = program.symbolAt(address);
  if (symbol === undefined) return undefined;
  return symbol.address === address ? symbol.name : `${symbol.name}+0x${(address - symbol.address).toString(16)}`;
}

/** Adds symbols where one begins, and the source line where it changes. */
async function describe(
  { client }: SessionContext,
  debuggee: Debuggee,
  listed: readonly ListedInstruction[],
): Promise<DebugProtocol.DisassembledInstruction[]> {
  const { program, sources } = debuggee;
  const described: DebugProtocol.DisassembledInstruction[] = [];
  let previous: SourcePosition | undefined;
  for (const { address, bytes, text, invalid } of listed) {
    const symbol = program.symbolAt(address);
    const position = invalid ? undefined : program.positionAt(address);
    const begins = position !== undefined && (previous === undefined || !sameUnit(previous, position, 'line'));
    previous = position;
    described.push({
      address: formatAddress(address),
      instructionBytes: [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
      instruction: text.replace(' ', '\t'),
      ...(symbol?.address === address ? { symbol: symbol.name } : {}),
      ...(begins ? { location: await sources.toClient(position.file), line: client.lineToClient(position.line) } : {}),
      ...(invalid ? { presentationHint: 'invalid' } : {}),
    });
  }
  return described;
}
