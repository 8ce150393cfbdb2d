/** Strict reading of JSON that came from a file: exactly the members expected, each of the type expected. */

type JsonObject = Readonly<Record<string, unknown>>;

/** Thrown for JSON that is not what it should be; the message completes "the ... is damaged: ". */
export class JsonShapeError extends Error {
  override readonly name = 'JsonShapeError';
}

export class JsonReader {
  readonly #object: JsonObject;
  readonly #path: string;
  readonly #unread: Set<string>;

  constructor(value: unknown, path: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new JsonShapeError(`${path} is not an object`);
    }
    this.#object = Object.fromEntries(Object.entries(value));
    this.#path = path;
    this.#unread = new Set(Object.keys(this.#object));
  }

  static parse(text: string, path: string): JsonReader {
    try {
      return new JsonReader(JSON.parse(text), path);
    } catch (error) {
      if (error instanceof SyntaxError) throw new JsonShapeError(`${path} is not JSON`);
      throw error;
    }
  }

  integer(name: string, least: number, most: number): number {
    const value = this.#take(name);
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least || value > most) {
      throw new JsonShapeError(`${this.#path}.${name} is not an integer from ${least} to ${most}`);
    }
    return value;
  }

  boolean(name: string): boolean {
    const value = this.#take(name);
    if (typeof value !== 'boolean') throw new JsonShapeError(`${this.#path}.${name} is neither true nor false`);
    return value;
  }

  text(name: string, pattern = /^[^]*$/): string {
    const value = this.#take(name);
    if (typeof value !== 'string' || !pattern.test(value)) {
      throw new JsonShapeError(`${this.#path}.${name} is not a text of the form expected`);
    }
    return value;
  }

  object(name: string): JsonReader {
    return new JsonReader(this.#take(name), `${this.#path}.${name}`);
  }

  objects(name: string, most: number): readonly JsonReader[] {
    const value: unknown = this.#take(name);
    if (!Array.isArray(value) || value.length > most) {
      throw new JsonShapeError(`${this.#path}.${name} is not an array of at most ${most}`);
    }
    return value.map((item: unknown, index) => new JsonReader(item, `${this.#path}.${name}[${index}]`));
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#object, name);
  }

  /** Refuses members that were not asked for. */
  end(): void {
    for (const name of this.#unread) throw new JsonShapeError(`${this.#path}.${name} is not known`);
  }

  #take(name: string): unknown {
    if (!this.has(name)) throw new JsonShapeError(`${this.#path}.${name} is missing`);
    this.#unread.delete(name);
    return this.#object[name];
  }
}
