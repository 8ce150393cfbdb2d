import type { CodePlace, Program } from '../program.ts';
import { fixedPlace } from '../program.ts';
import type { Sources } from '../sources.ts';

/**
 * Where a function breakpoint of a name goes. Besides names of functions, which may leave out the beginning of their path, it may be
 * what debuggers call a location: `FILE:LINE`, `FILE:FUNCTION` for one of several static functions, `*ADDRESS`, `*SYMBOL+OFFSET`.
 */
export function placesOf(name: string, program: Program, sources: Sources): readonly CodePlace[] {
  const text = name.trim();
  if (text.startsWith('*')) return atAddress(text.slice(1).trim(), program);
  const [, file, rest] = /^(.*[^:]):([^:]+)$/.exec(text) ?? [];
  if (file === undefined || rest === undefined) return program.placesNamed(text);
  const found = sources.fileFor(file);
  if (found === undefined) return [];
  if (/^\d+$/.test(rest)) return program.breakpointLine(found, Number(rest))?.places ?? [];
  return program.placesNamed(rest).filter(({ address }) => program.positionAt(address)?.file.path === found.path);
}

function atAddress(text: string, program: Program): readonly CodePlace[] {
  if (/^(0x[0-9a-f]{1,16}|\d{1,20})$/i.test(text)) return [fixedPlace(BigInt.asUintN(64, BigInt(text)))];
  const [, symbol, sign, offset = '0'] = /^([\w.$]+)\s*(?:([+-])\s*(0x[0-9a-f]{1,16}|\d{1,20}))?$/i.exec(text) ?? [];
  const found = symbol === undefined ? undefined : program.symbolNamed(symbol);
  if (found === undefined) return [];
  const distance = BigInt(offset) * (sign === '-' ? -1n : 1n);
  return [fixedPlace(BigInt.asUintN(64, found.address + distance))];
}
