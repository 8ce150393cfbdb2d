import { appendName, appendUnsigned, type WasmType } from './encoding.ts';
import type { FunctionBody } from './function-body.ts';

/** A function's signature. */
export interface Signature {
  readonly parameters: readonly WasmType[];
  readonly results: readonly WasmType[];
}

/** Assembles a module that imports one memory and some functions, and defines and exports others. */
export class WasmModule {
  readonly #types: Signature[] = [];
  readonly #imports: { module: string; name: string; type: number }[] = [];
  readonly #functions: { name: string; type: number; body: FunctionBody }[] = [];

  /** All imports come before the first definition. Returns the function's index. */
  importFunction(module: string, name: string, signature: Signature): number {
    if (this.#functions.length > 0) throw new Error('imports must come before definitions');
    this.#imports.push({ module, name, type: this.#typeIndex(signature) });
    return this.#imports.length - 1;
  }

  /** Defines and exports a function. Returns its index. */
  defineFunction(name: string, signature: Signature, body: FunctionBody): number {
    this.#functions.push({ name, type: this.#typeIndex(signature), body });
    return this.#imports.length + this.#functions.length - 1;
  }

  /** The module's bytes. The memory is imported as `env.memory`. */
  encode(): Uint8Array<ArrayBuffer> {
    const out: number[] = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
    section(out, 1, this.#types, (bytes, type) => {
      bytes.push(0x60);
      appendUnsigned(bytes, type.parameters.length);
      bytes.push(...type.parameters);
      appendUnsigned(bytes, type.results.length);
      bytes.push(...type.results);
    });
    const memory = { module: 'env', name: 'memory', type: undefined };
    section(out, 2, [memory, ...this.#imports], (bytes, imported) => {
      appendName(bytes, imported.module);
      appendName(bytes, imported.name);
      if (imported.type === undefined) {
        bytes.push(0x02, 0x00, 0x01);
      } else {
        bytes.push(0x00);
        appendUnsigned(bytes, imported.type);
      }
    });
    section(out, 3, this.#functions, (bytes, definition) => {
      appendUnsigned(bytes, definition.type);
    });
    section(out, 7, this.#functions, (bytes, definition, index) => {
      appendName(bytes, definition.name);
      bytes.push(0x00);
      appendUnsigned(bytes, this.#imports.length + index);
    });
    section(out, 10, this.#functions, (bytes, definition) => {
      const code = definition.body.finish();
      appendUnsigned(bytes, code.length);
      for (const byte of code) bytes.push(byte);
    });
    return Uint8Array.from(out);
  }

  #typeIndex(signature: Signature): number {
    const found = this.#types.findIndex(
      (type) => same(type.parameters, signature.parameters) && same(type.results, signature.results),
    );
    if (found >= 0) return found;
    this.#types.push(signature);
    return this.#types.length - 1;
  }
}

function same(a: readonly WasmType[], b: readonly WasmType[]): boolean {
  return a.length === b.length && a.every((type, index) => type === b[index]);
}

function section<T>(
  out: number[],
  id: number,
  items: readonly T[],
  append: (bytes: number[], item: T, index: number) => void,
): void {
  const bytes: number[] = [];
  appendUnsigned(bytes, items.length);
  items.forEach((item, index) => {
    append(bytes, item, index);
  });
  out.push(id);
  appendUnsigned(out, bytes.length);
  for (const byte of bytes) out.push(byte);
}
