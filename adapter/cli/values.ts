import { UsageError } from '../host/arguments.ts';

/** How the values of options are written. Each throws a UsageError that names the option. */

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };
const PAGE = 4096;
const LEAST_MEMORY_BUDGET = 2 ** 20;

/** Bytes: a number with K, M or G (powers of 1024), or without; NaN for what is no size. */
function parseSize(text: string): number {
  const match = /^(\d+)([KMG]?)$/i.exec(text);
  return match === null ? NaN : Number(match[1]) * (UNITS[(match[2] ?? '').toUpperCase()] ?? NaN);
}

/** Bytes for what checkpoints hold in memory. */
export function parseMemoryBudget(text: string): number {
  const size = parseSize(text);
  if (Number.isSafeInteger(size) && size >= LEAST_MEMORY_BUDGET) return size;
  throw new UsageError(`--memory-budget ${text} is no size. Write one as 512M or 2G, at least 1M.`);
}

/** Bytes of RAM: a multiple of a page. */
export function parseMemory(text: string): number {
  const size = parseSize(text);
  if (!Number.isSafeInteger(size) || size === 0 || size % PAGE !== 0) {
    throw new UsageError(`--memory ${text} is no size. Write one as 128M or 1G, a multiple of 4K.`);
  }
  return size;
}

/** A non-negative integer below 2^53; underscores between digits are allowed, and e notation is not. */
export function parseCounter(option: string, text: string): number {
  const value = /^\d[\d_]*$/.test(text) ? Number(text.replaceAll('_', '')) : NaN;
  if (!Number.isSafeInteger(value)) throw new UsageError(`${option} ${text} is no counter. Write a number of steps.`);
  return value;
}

/** Seconds, as milliseconds. */
export function parseSeconds(option: string, text: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  // What a timer of the host can count.
  if (!(seconds > 0 && seconds < 2_000_000))
    throw new UsageError(`${option} ${text} is no time. Write seconds, as 30 or 0.5.`);
  return seconds * 1000;
}

/** A moment as nanoseconds since 1970: `now` (undefined) or a date as ISO 8601 has it, in UTC unless it says otherwise. */
export function parseRtc(text: string): bigint | undefined {
  if (text === 'now') return undefined;
  const zoned = /T.*(Z|[+-]\d\d:?\d\d)$/.test(text) || !text.includes('T') ? text : `${text}Z`;
  const milliseconds = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(zoned) : NaN;
  if (Number.isNaN(milliseconds) || milliseconds < 0) {
    throw new UsageError(`--rtc ${text} is no date. Write 'now' or one from 1970 on, as 2026-01-31T12:00:00.`);
  }
  return BigInt(milliseconds) * 1_000_000n;
}

const SEED_DIGITS = 64;

/** Up to 64 hexadecimal digits; shorter ones are filled up with zeros in front. */
export function parseSeed(text: string): string {
  if (!/^(0x)?[0-9a-f]{1,64}$/i.test(text))
    throw new UsageError(`--seed ${text} is no seed. Write up to 64 hexadecimal digits.`);
  return text.replace(/^0x/i, '').toLowerCase().padStart(SEED_DIGITS, '0');
}

export function parseVirtio(text: string): 'legacy' | 'modern' {
  if (text === 'legacy' || text === 'modern') return text;
  throw new UsageError(`--virtio ${text} is no register interface. Write legacy or modern.`);
}

export function parseDrive(text: string): { readonly path: string; readonly readOnly: boolean } {
  const readOnly = text.endsWith(',readonly');
  return { path: readOnly ? text.slice(0, -',readonly'.length) : text, readOnly };
}

/** `HOST:PORT`, `:PORT` or `PORT`. */
export function parseAddress(option: string, text: string): { readonly host: string; readonly port: number } {
  const match = /^(?:(\[[0-9a-f:]+\]|[^:]*):)?(\d{1,5})$/i.exec(text);
  const port = Number(match?.[2] ?? NaN);
  if (match === null || !(port <= 65_535)) {
    throw new UsageError(`${option} ${text} is no address. Write HOST:PORT, as 127.0.0.1:1234.`);
  }
  const host = (match[1] ?? '').replace(/^\[|\]$/g, '');
  return { host: host === '' ? '127.0.0.1' : host, port };
}
