import { RequestFailure } from './failure.ts';

/**
 * The arguments of a request, or an object within them, as they came from the client: read attribute by attribute, each
 * checked as it is read. A wrong one throws a RequestFailure that names it.
 */
export class Arguments {
  readonly #values: Readonly<Record<string, unknown>>;

  /** `owner` is how messages call the object: `launch`, `setBreakpoints: breakpoints[2]`. */
  constructor(
    readonly owner: string,
    values: unknown,
  ) {
    if (values !== undefined && values !== null && !isObject(values)) {
      throw new RequestFailure(`${owner}: expected an object, not ${describe(values)}.`);
    }
    this.#values = values ?? {};
  }

  has(name: string): boolean {
    return this.#values[name] !== undefined && this.#values[name] !== null;
  }

  get names(): readonly string[] {
    return Object.keys(this.#values);
  }

  /** The value as it came, for attributes of several types. */
  raw(name: string): unknown {
    return this.#values[name] ?? undefined;
  }

  string(name: string): string {
    const value = this.optionalString(name);
    return value ?? this.#missing(name, 'a string');
  }

  optionalString(name: string): string | undefined {
    const value = this.raw(name);
    if (value === undefined || typeof value === 'string') return value;
    return this.wrong(name, 'a string');
  }

  /** An integer that a double holds exactly. */
  integer(name: string): number {
    return this.optionalInteger(name) ?? this.#missing(name, 'an integer');
  }

  optionalInteger(name: string): number | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
    return this.wrong(name, 'an integer');
  }

  optionalBoolean(name: string): boolean | undefined {
    const value = this.raw(name);
    if (value === undefined || typeof value === 'boolean') return value;
    return this.wrong(name, 'true or false');
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]): T {
    return this.optionalOneOf(name, allowed) ?? this.#missing(name, allowed.map((one) => `"${one}"`).join(' or '));
  }

  optionalOneOf<T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    const found = allowed.find((one) => one === value);
    return found ?? this.wrong(name, `one of ${allowed.map((one) => `"${one}"`).join(', ')}`);
  }

  object(name: string): Arguments {
    if (!this.has(name)) return this.#missing(name, 'an object');
    return new Arguments(`${this.owner}: ${name}`, this.raw(name));
  }

  /** A list of objects; empty when absent. */
  objects(name: string): readonly Arguments[] {
    return this.list(name).map((value, index) => new Arguments(`${this.owner}: ${name}[${index}]`, value));
  }

  /** A list of strings; empty when absent. */
  strings(name: string): readonly string[] {
    return this.list(name).map((value) => {
      if (typeof value !== 'string') return this.wrong(name, 'a list of strings');
      return value;
    });
  }

  list(name: string): readonly unknown[] {
    const value = this.raw(name);
    if (value === undefined) return [];
    if (Array.isArray(value)) return value as readonly unknown[];
    return this.wrong(name, 'a list');
  }

  /** Refuses attributes that are not in `known`. */
  refuseUnknown(known: readonly string[]): void {
    const unknown = this.namesBeside(known)[0];
    if (unknown !== undefined) throw new RequestFailure(`${this.owner}: there is no attribute "${unknown}".`);
  }

  /** Attributes that are not in `known`. Refuses one that looks like a misspelling of those. */
  namesBeside(known: readonly string[]): readonly string[] {
    const unknown = this.names.filter((name) => !known.includes(name));
    for (const name of unknown) {
      const near = nearest(name, known);
      if (near === undefined) continue;
      throw new RequestFailure(`${this.owner}: there is no attribute "${name}". Did you mean "${near}"?`);
    }
    return unknown;
  }

  /** Fails because of the value of an attribute. */
  wrong(name: string, expected: string): never {
    if (!this.has(name)) this.#missing(name, expected);
    throw new RequestFailure(`${this.owner}: "${name}" must be ${expected}, not ${describe(this.raw(name))}.`);
  }

  #missing(name: string, expected: string): never {
    throw new RequestFailure(`${this.owner}: the attribute "${name}" is missing; it is ${expected}.`);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value as messages show it: short, whatever came. */
function describe(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) return typeof value;
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** The candidate that differs from `name` by at most two edits, or undefined. */
function nearest(name: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = 3;
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      bestDistance = distance;
      best = candidate;
    }
  }
  return best;
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(substituted, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
