import type { Arguments } from '../arguments.ts';
import { RequestFailure } from '../failure.ts';
import {
  ignoredAttributes,
  isCounter,
  parseMemoryBudget,
  parseSymbolConfiguration,
  SYMBOL_ATTRIBUTES,
  type SymbolConfiguration,
} from './shared.ts';

/** A moment as the person names it. */
export type NamedMoment = 'start' | 'end' | number;

export interface AttachConfiguration {
  /** Attributes that mean nothing here. */
  readonly ignored: readonly string[];
  readonly recording: string;
  readonly at: NamedMoment;
  /** Bytes for what checkpoints hold; undefined for the host's choice. */
  readonly memoryBudget: number | undefined;
  readonly symbols: SymbolConfiguration;
}

/** Reads the arguments of `attach`. Throws a RequestFailure that names the attribute. */
export function parseAttach(args: Arguments): AttachConfiguration {
  const ignored = ignoredAttributes(args, ['recording', 'at', 'memoryBudget', ...SYMBOL_ATTRIBUTES]);
  const recording = args.string('recording');
  if (recording === '') {
    throw new RequestFailure('attach: "recording" is empty; it is the path of the recording to open.');
  }
  return {
    recording,
    at: parseMoment(args, 'at') ?? 'end',
    memoryBudget: parseMemoryBudget(args),
    symbols: parseSymbolConfiguration(args),
    ignored,
  };
}

/** A moment in an attribute: a counter, as a number or in digits, "start" or "end". Undefined when it is absent. */
export function parseMoment(args: Arguments, name: string): NamedMoment | undefined {
  const value = args.raw(name);
  if (value === undefined || value === 'start' || value === 'end') return value;
  const counter = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return isCounter(counter) ? counter : args.wrong(name, '"start", "end" or a counter');
}
