import type { ParseArgsConfig } from 'node:util';
import { parseArgs } from 'node:util';

/** The command was not called as its help says; the message is a sentence. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What an option takes: nothing, a text, or several texts by being repeated. */
export interface OptionSpec {
  readonly type: 'boolean' | 'string';
  readonly multiple?: boolean;
  readonly short?: string;
}

/** Parsed arguments; every question is about an option that was specified. */
export class Arguments {
  readonly #values: ReadonlyMap<string, unknown>;
  readonly positionals: readonly string[];

  constructor(values: ReadonlyMap<string, unknown>, positionals: readonly string[]) {
    this.#values = values;
    this.positionals = positionals;
  }

  flag(name: string): boolean {
    return this.#values.get(name) === true;
  }

  text(name: string): string | undefined {
    const value = this.#values.get(name);
    return typeof value === 'string' ? value : undefined;
  }

  texts(name: string): readonly string[] {
    const value: unknown = this.#values.get(name);
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  }
}

/** Throws a UsageError for an option that is not specified, or that lacks its value. */
export function parseArguments(args: readonly string[], options: Readonly<Record<string, OptionSpec>>): Arguments {
  const config: ParseArgsConfig = { args: [...args], options: { ...options }, allowPositionals: true, strict: true };
  try {
    const { values, positionals } = parseArgs(config);
    return new Arguments(new Map(Object.entries(values)), positionals);
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(`${error.message.replace(/\. To specify.*$/s, '')}.`);
    throw error;
  }
}
