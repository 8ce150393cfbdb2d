import { Arguments } from '../arguments.ts';
import { RequestFailure } from '../failure.ts';
import type { GuestDescription } from '../../guests/declared/description.ts';
import { parseGuest } from './guest.ts';

/** Where symbols and sources are found: the attributes that launch and attach have in common. */
export interface SymbolConfiguration {
  /** An ELF file with debug information, in place of the kernel file. */
  readonly symbols: string | undefined;
  /** Pairs of path prefixes: as the debug information has it, and where it is on this computer. */
  readonly sourceMap: readonly { readonly from: string; readonly to: string }[];
  /** Folders in which sources are looked for by the end of their path. */
  readonly sourceRoots: readonly string[];
  /** What the person says of a kernel that is not known. */
  readonly guest: GuestDescription | undefined;
}

export const SYMBOL_ATTRIBUTES = ['symbols', 'sourceMap', 'sourceRoots', 'guest'] as const;

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
    symbols: nonEmpty(args, 'symbols'),
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
