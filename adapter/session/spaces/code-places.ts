import type { SearchPredicate } from '../../../emulator/machine/predicate.ts';
import { littleEndian, type ReadMemory } from '../../guests/memory/memory.ts';
import type { Program as Symbols } from '../../symbols/program.ts';

/** Bytes of code that tell where a program is: nothing else has them. */
const SAMPLE = 32;
/** Programs are loaded at the beginning of a page. */
const PAGE = 4096n;

/** Code of a program that is executed once or never, so that it is in memory as the file has it. */
export interface CodeSample {
  /** Where the file is linked to have it. */
  readonly address: bigint;
  readonly bytes: Uint8Array;
}

/** The code at the program's entry, or at its beginning when the entry is elsewhere; undefined when the file has none. */
export function codeSample(symbols: Symbols): CodeSample | undefined {
  for (const address of [symbols.entry, symbols.codeStart]) {
    const bytes = address === undefined ? undefined : symbols.fileBytes(address, SAMPLE);
    if (address !== undefined && bytes?.length === SAMPLE && bytes.some((byte) => byte !== 0))
      return { address, bytes };
  }
  return undefined;
}

/** Whether memory has the sample, moved by `bias`; undefined where it cannot be read. */
export function hasSample({ address, bytes }: CodeSample, bias: bigint, read: ReadMemory): boolean | undefined {
  const memory = read(BigInt.asUintN(64, address + bias), bytes.length);
  return memory?.every((byte, index) => byte === bytes[index]);
}

/**
 * How far a program is from where it was linked, by the code in memory at an address: undefined when the file has no such
 * code, or has it more than once.
 */
export function biasByCode(symbols: Symbols, address: bigint, read: ReadMemory): bigint | undefined {
  const bytes = read(address, SAMPLE);
  if (bytes === undefined) return undefined;
  const [found, another] = symbols.codeWith(bytes, 2);
  if (found === undefined || another !== undefined) return undefined;
  const bias = BigInt.asIntN(64, address - found);
  return bias % PAGE === 0n ? bias : undefined;
}

const WORD = 8;

/** Holds where memory has these bytes at an address: whole words of them. */
export function holdsBytes(address: bigint, bytes: Uint8Array): SearchPredicate {
  const of: SearchPredicate[] = [];
  for (let offset = 0; offset + WORD <= bytes.length; offset += WORD) {
    of.push({
      kind: 'compare',
      operand: { kind: 'memory', address: address + BigInt(offset) },
      comparison: '==',
      value: littleEndian(bytes.subarray(offset, offset + WORD)),
    });
  }
  return { kind: 'all', of };
}
