import type { Arguments } from '../arguments.ts';
import { dataNamed } from '../breakpoints/data-info.ts';
import { LONGEST_WATCH, type WatchedData } from '../breakpoints/watched-data.ts';
import { stoppedDebuggee, type SessionContext } from '../context.ts';
import { RequestFailure } from '../failure.ts';

/** Memory that a question is about, by its physical address: whatever was mapped there, and wherever. */
export interface Subject {
  readonly name: string;
  readonly data: WatchedData & { readonly space: 'physical' };
}

const PAGE = 4096n;

/** The memory that the arguments of a question name, as those of `dataBreakpointInfo` do. Throws when there is none. */
export function subjectOf(context: SessionContext, args: Arguments): Subject {
  const { timeline } = stoppedDebuggee(context);
  const name = args.string('name');
  const data = dataNamed(context, args);
  if (data === undefined) throw new RequestFailure(`${name} is not in memory, so nothing wrote it there.`);
  const { space, address, length } = data;
  if (length < 1 || length > LONGEST_WATCH) {
    throw new RequestFailure(`${name} has ${length} bytes; a question may be about 1 to ${LONGEST_WATCH}.`);
  }
  if (space === 'physical') return { name, data: { space, address, length } };
  const first = timeline.translate(0, address);
  const last = timeline.translate(0, BigInt.asUintN(64, address + BigInt(length - 1)));
  if (first.kind === 'unmapped' || last.kind === 'unmapped') {
    throw new RequestFailure(`${name} is at 0x${address.toString(16)}, where nothing is mapped at this moment.`);
  }
  // Two pages that follow each other in virtual memory need not do so in physical memory.
  if (last.physical - first.physical !== BigInt(length - 1)) {
    const beyond = Number(PAGE - (address % PAGE));
    throw new RequestFailure(
      `${name} lies in two pages that do not follow each other in physical memory: ask about its first ${beyond} bytes, ` +
        'or the others.',
    );
  }
  return { name, data: { space: 'physical', address: first.physical, length } };
}

/** The bytes as a number in hexadecimal when they are one, else as they stand in memory. */
export function bytesText(bytes: Uint8Array): string {
  const digits = (byte: number): string => byte.toString(16).padStart(2, '0');
  if ([1, 2, 4, 8].includes(bytes.length)) return `0x${[...bytes].reverse().map(digits).join('')}`;
  return [...bytes].map(digits).join(' ');
}
