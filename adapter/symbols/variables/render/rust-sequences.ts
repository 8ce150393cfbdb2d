import { sizeOf, strip } from '../../types/type.ts';
import { quoteString } from '../format-scalar.ts';
import { Value } from '../value.ts';
import { plainText, type Renderer, type Rendering } from './rendering.ts';

/** Elements and bytes that a text shows. */
const MOST_SHOWN = 16;
const LONGEST_STRING = 200n;
const LARGEST_COUNT = 2n ** 31n;

/** Rust's `&str`: a pointer to bytes in UTF-8 and their number. */
export const stringSlice: Renderer = (value) => text(value.memberNamed('data_ptr'), value.memberNamed('length'));

/** `&[T]`. */
export const slice: Renderer = (value) => sequence(value, value.memberNamed('data_ptr'), value.memberNamed('length'));

/** `alloc::vec::Vec<T>`: the pointer lies in layers that change from version to version. */
export const vector: Renderer = (value) =>
  sequence(value, pointerWithin(value.memberNamed('buf')), value.memberNamed('len'));

/** `alloc::string::String`, a vector of bytes. */
export const string: Renderer = (value) => {
  const bytes = value.memberNamed('vec');
  return text(pointerWithin(bytes?.memberNamed('buf')), bytes?.memberNamed('len'));
};

function text(data: Value | undefined, length: Value | undefined): Rendering | undefined {
  const [address, count] = [numberOf(data), numberOf(length)];
  if (data === undefined || address === undefined || count === undefined) return undefined;
  const shown = Number(count < LONGEST_STRING ? count : LONGEST_STRING);
  const bytes = shown === 0 ? new Uint8Array(0) : data.context.readMemory(address, shown);
  if (bytes === undefined) return undefined;
  return plainText(quoteText(bytes) + (count > LONGEST_STRING ? '...' : ''));
}

/** Text in UTF-8 as Rust writes it; what is none is written as C's bytes. */
function quoteText(bytes: Uint8Array): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  if (text.includes('\ufffd')) return quoteString(bytes);
  const escaped = text.replace(/[\\"]/g, '\\$&').replace(/\p{Cc}/gu, (control) => {
    return CONTROLS.get(control) ?? `\\u{${(control.codePointAt(0) ?? 0).toString(16)}}`;
  });
  return `"${escaped}"`;
}

const CONTROLS: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\0', '\\0'],
]);

function sequence(value: Value, data: Value | undefined, length: Value | undefined): Rendering | undefined {
  const [address, count] = [numberOf(data), numberOf(length)];
  const pointer = data && strip(data.type);
  if (address === undefined || count === undefined || count > LARGEST_COUNT || pointer?.kind !== 'pointer')
    return undefined;
  const element = pointer.target();
  const size = BigInt(sizeOf(element) ?? 0);
  const at = (index: number): Value => {
    const place = { kind: 'memory', address: BigInt.asUintN(64, address + BigInt(index) * size) } as const;
    return new Value(`[${index}]`, element, place, value.context, `${value.expression}[${index}]`);
  };
  const list = (start: number, many: number): Value[] =>
    Array.from({ length: Math.max(0, Math.min(many, Number(count) - start)) }, (_, index) => at(start + index));
  const shown = list(0, MOST_SHOWN).map((one) => one.text);
  const more = count > BigInt(MOST_SHOWN) ? ', ...' : '';
  return { text: `(${count}) [${shown.join(', ')}${more}]`, count: Number(count), list };
}

function numberOf(value: Value | undefined): bigint | undefined {
  const contents = value?.read();
  return contents?.kind === 'bits' ? contents.value : undefined;
}

/** The first pointer in a structure of structures. */
function pointerWithin(value: Value | undefined, depth = 0): Value | undefined {
  if (value === undefined || depth > 8) return undefined;
  const bare = strip(value.type);
  if (bare.kind === 'pointer') return value;
  if (bare.kind !== 'structure') return undefined;
  for (const part of value.children()) {
    const found = pointerWithin(part, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
