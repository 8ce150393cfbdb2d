import { Arguments } from '../arguments.ts';
import { RequestFailure } from '../failure.ts';
import type { GuestDescription } from '../../guests/declared/description.ts';
import { parseSymbolFiles, type SymbolFile } from './symbol-files.ts';
import { parseGuest } from './guest.ts';

/** Where symbols and sources are found: the attributes that launch and attach have in common. */
export interface SymbolConfiguration {
  /** ELF files with debug information; the kernel's own file where none of them is the kernel's. */
  readonly symbols: readonly SymbolFile[];
  /** Folders in which debug information that was separated from its program is looked for, by build-id and by name. */
  readonly debugDirectories: readonly string[];
  /** Pairs of path prefixes: as the debug information has it, and where it is on this computer. */
  readonly sourceMap: readonly { readonly from: string; readonly to: string }[];
  /** Folders in which sources are looked for by the end of their path. */
  readonly sourceRoots: readonly string[];
  /** What the person says of a kernel that is not known. */
  readonly guest: GuestDescription | undefined;
}

export const SYMBOL_ATTRIBUTES = ['symbols', 'debugDirectories', 'sourceMap', 'sourceRoots', 'guest'] as const;

/** A checkpoint has to fit, if only a small one. */
const LEAST_MEMORY_BUDGET = 2 ** 20;

/** Attributes that clients add to every configuration for themselves. */
const CLIENT_ATTRIBUTES = [
  'name',
  'type',
  'request',
  'preLaunchTask',
  'postDebugTask',
  'internalConsoleOptions',
  'debugServer',
  'presentation',
  'serverReadyAction',
  'suppressMultipleSessionWarning',
  'debugAdapterHostName',
  'debugAdapterPort',
  'restart',
  'noDebug',
  'cwd',
  'dap-server-path',
] as const;

export function parseSymbolConfiguration(args: Arguments): SymbolConfiguration {
  return {
    symbols: parseSymbolFiles(args),
    debugDirectories: args.strings('debugDirectories'),
    sourceMap: parseSourceMap(args),
    sourceRoots: args.strings('sourceRoots'),
    guest: parseGuest(args),
  };
}

function parseSourceMap(args: Arguments): SymbolConfiguration['sourceMap'] {
  if (!args.has('sourceMap')) return [];
  const map = args.object('sourceMap');
  return map.names.map((from) => ({ from, to: map.string(from) }));
}

/**
 * Attributes that mean nothing to Retrograde: another client's own, or mistakes. What looks like a misspelling is refused.
 * Names that begin with `__` are the client's own (VS Code adds `__sessionId` and others), and so are a few that every
 * debugger's configuration may carry.
 */
export function ignoredAttributes(args: Arguments, known: readonly string[]): readonly string[] {
  const private_ = args.names.filter((name) => name.startsWith('__'));
  return args.namesBeside([...known, ...CLIENT_ATTRIBUTES, ...private_]);
}

const SUFFIXES: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

/** Bytes in an attribute: a number, or text such as `64M`, `65536K`, `1G`. Undefined when it is absent, NaN when it is no size. */
export function sizeOf(args: Arguments, name: string): number | undefined {
  const value = args.raw(name);
  if (value === undefined || typeof value === 'number') return value;
  const match = typeof value === 'string' ? /^(\d+)([KMG]?)(?:i?B)?$/i.exec(value.trim()) : null;
  return match === null ? NaN : Number(match[1]) * (SUFFIXES[match[2]?.toUpperCase() ?? ''] ?? NaN);
}

/** Bytes for what checkpoints hold in memory. */
export function parseMemoryBudget(args: Arguments): number | undefined {
  const bytes = sizeOf(args, 'memoryBudget');
  if (bytes === undefined || (Number.isSafeInteger(bytes) && bytes >= LEAST_MEMORY_BUDGET)) return bytes;
  return args.wrong('memoryBudget', 'a number of bytes or such as "512M", at least 1M');
}

/** A string that may be absent but not empty. */
export function nonEmpty(args: Arguments, name: string): string | undefined {
  const value = args.optionalString(name);
  if (value === '') throw new RequestFailure(`${args.owner}: "${name}" is empty; leave it out or name a file.`);
  return value;
}

/** A counter: a non-negative safe integer. */
export function isCounter(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
