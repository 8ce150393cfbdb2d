import { Arguments } from '../arguments.ts';
import { RequestFailure } from '../failure.ts';
import type { RecordRequest } from '../host.ts';
import {
  ignoredAttributes,
  isCounter,
  nonEmpty,
  parseMemoryBudget,
  parseSymbolConfiguration,
  sizeOf,
  SYMBOL_ATTRIBUTES,
  type SymbolConfiguration,
} from './shared.ts';

/** Where a launched guest stops first. */
export type FirstStop =
  | { readonly kind: 'counter'; readonly counter: number }
  | { readonly kind: 'address'; readonly address: bigint }
  | { readonly kind: 'function'; readonly name: string };

export interface LaunchConfiguration {
  readonly machine: RecordRequest;
  readonly symbols: SymbolConfiguration;
  readonly stopOnEntry: boolean;
  readonly stopAt: FirstStop | undefined;
  /** Record to the end without stopping. */
  readonly noDebug: boolean;
  /** Attributes that mean nothing here. */
  readonly ignored: readonly string[];
}

const MACHINE_ATTRIBUTES = [
  'kernel',
  'initrd',
  'append',
  'firmware',
  'memory',
  'drives',
  'virtio',
  'dtb',
  'rtc',
  'seed',
  'recording',
  'keepRecordings',
  'memoryBudget',
  'inputScript',
] as const;

const PAGE = 4096;

/** Reads the arguments of `launch`. Throws a RequestFailure that names the attribute. */
export function parseLaunch(args: Arguments): LaunchConfiguration {
  const ignored = ignoredAttributes(args, [...MACHINE_ATTRIBUTES, ...SYMBOL_ATTRIBUTES, 'stopOnEntry', 'stopAt']);
  return {
    ignored,
    machine: parseMachine(args),
    symbols: parseSymbolConfiguration(args),
    stopOnEntry: args.optionalBoolean('stopOnEntry') ?? false,
    stopAt: parseStopAt(args),
    noDebug: args.optionalBoolean('noDebug') ?? false,
  };
}

function parseMachine(args: Arguments): RecordRequest {
  const kernel = nonEmpty(args, 'kernel');
  const firmware = parseFirmware(args);
  if (kernel === undefined && firmware?.kind !== 'image') {
    throw new RequestFailure('launch: the attribute "kernel" is missing; it is the path of the kernel to run.');
  }
  return {
    kernel,
    initrd: nonEmpty(args, 'initrd'),
    append: args.optionalString('append') ?? '',
    firmware,
    memory: parseMemory(args),
    drives: parseDrives(args),
    virtio: args.optionalOneOf('virtio', ['legacy', 'modern']),
    dtb: nonEmpty(args, 'dtb'),
    rtc: parseRtc(args),
    seed: parseSeed(args),
    recording: nonEmpty(args, 'recording'),
    keepRecordings: parseKeepRecordings(args),
    memoryBudget: parseMemoryBudget(args),
    inputScript: nonEmpty(args, 'inputScript'),
  };
}

function parseFirmware(args: Arguments): RecordRequest['firmware'] {
  const firmware = nonEmpty(args, 'firmware');
  if (firmware === undefined) return undefined;
  if (firmware === 'builtin' || firmware === 'none') return { kind: firmware };
  return { kind: 'image', path: firmware };
}

function parseMemory(args: Arguments): number | undefined {
  const bytes = sizeOf(args, 'memory');
  if (bytes === undefined || (Number.isSafeInteger(bytes) && bytes > 0 && bytes % PAGE === 0)) return bytes;
  return args.wrong('memory', 'a number of bytes or such as "128M", a multiple of 4096');
}

function parseDrives(args: Arguments): RecordRequest['drives'] {
  return args.list('drives').map((drive, index) => {
    if (typeof drive === 'string' && drive !== '') return { path: drive, readOnly: false };
    if (typeof drive !== 'object' || drive === null) {
      return args.wrong('drives', 'a list of paths or of objects with "path" and "readOnly"');
    }
    const parts = new Arguments(`${args.owner}: drives[${index}]`, drive);
    parts.refuseUnknown(['path', 'readOnly']);
    return { path: parts.string('path'), readOnly: parts.optionalBoolean('readOnly') ?? false };
  });
}

function parseRtc(args: Arguments): number | undefined {
  const text = args.optionalString('rtc') ?? 'now';
  if (text === 'now') return undefined;
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds) || milliseconds < 0) {
    return args.wrong('rtc', '"now" or a date after 1970 such as "2026-01-01T00:00:00Z"');
  }
  return milliseconds;
}

function parseSeed(args: Arguments): string | undefined {
  const seed = args.optionalString('seed');
  if (seed === undefined || /^[0-9a-f]{64}$/i.test(seed)) return seed?.toLowerCase();
  return args.wrong('seed', '64 hexadecimal digits');
}

function parseKeepRecordings(args: Arguments): number | undefined {
  const keep = args.optionalInteger('keepRecordings');
  return keep === undefined || keep >= 0 ? keep : args.wrong('keepRecordings', 'a number of recordings, 0 or more');
}

function parseStopAt(args: Arguments): FirstStop | undefined {
  const value = args.raw('stopAt');
  if (value === undefined) return undefined;
  if (isCounter(value)) return { kind: 'counter', counter: value };
  if (typeof value !== 'string' || value === '') {
    return args.wrong('stopAt', 'a counter, an address such as "0x80200000", or the name of a function');
  }
  if (/^0x[0-9a-f]{1,16}$/i.test(value)) return { kind: 'address', address: BigInt(value) };
  if (/^\d+$/.test(value)) {
    const counter = Number(value);
    return isCounter(counter) ? { kind: 'counter', counter } : args.wrong('stopAt', 'a counter below 2^53');
  }
  return { kind: 'function', name: value };
}
