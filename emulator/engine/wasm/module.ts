import { ByteWriter } from './byte-writer.ts';
import type { WasmType } from './types.ts';
import type { FunctionBody } from './function-body.ts';

/** A function's signature. */
export interface Signature {
  readonly parameters: readonly WasmType[];
  readonly results: readonly WasmType[];
}

/** The type funcref. */
const FUNCTION_REFERENCE = 0x70;

/** Assembles a module that imports one memory and some functions, and defines and exports others. */
export class WasmModule {
  readonly #types: Signature[] = [];
  readonly #imports: { module: string; name: string; type: number }[] = [];
  readonly #functions: { name: string; type: number; body: FunctionBody }[] = [];
  #table: { module: string; name: string; size: number } | undefined;

  /** All imports come before the first definition. Returns the function's index. */
  importFunction(module: string, name: string, signature: Signature): number {
    if (this.#functions.length > 0) throw new Error('imports must come before definitions');
    this.#imports.push({ module, name, type: this.typeIndex(signature) });
    return this.#imports.length - 1;
  }

  /** Defines and exports a function. Returns its index. */
  defineFunction(name: string, signature: Signature, body: FunctionBody): number {
    this.#functions.push({ name, type: this.typeIndex(signature), body });
    return this.#imports.length + this.#functions.length - 1;
  }

  /** Imports a table of functions of at least `size` elements; a module has at most one. */
  importTable(module: string, name: string, size: number): void {
    this.#table = { module, name, size };
  }

  /** Index of a function type, for indirect calls. */
  typeIndex(signature: Signature): number {
    const found = this.#types.findIndex(
      (type) => same(type.parameters, signature.parameters) && same(type.results, signature.results),
    );
    if (found >= 0) return found;
    this.#types.push(signature);
    return this.#types.length - 1;
  }

  /** The module's bytes. The memory is imported as `env.memory`. */
  encode(): Uint8Array<ArrayBuffer> {
    const out = new ByteWriter();
    for (const byte of [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]) out.byte(byte);
    section(out, 1, this.#types, (bytes, type) => {
      bytes.byte(0x60);
      for (const types of [type.parameters, type.results]) {
        bytes.unsigned(types.length);
        for (const each of types) bytes.byte(each);
      }
    });
    const imports: ((bytes: ByteWriter) => void)[] = [
      (bytes) => {
        bytes.name('env');
        bytes.name('memory');
        bytes.byte(0x02);
        bytes.byte(0x00);
        bytes.unsigned(1);
      },
      ...this.#imports.map((imported) => (bytes: ByteWriter) => {
        bytes.name(imported.module);
        bytes.name(imported.name);
        bytes.byte(0x00);
        bytes.unsigned(imported.type);
      }),
    ];
    const table = this.#table;
    if (table) {
      imports.push((bytes) => {
        bytes.name(table.module);
        bytes.name(table.name);
        bytes.byte(0x01);
        bytes.byte(FUNCTION_REFERENCE);
        bytes.byte(0x00);
        bytes.unsigned(table.size);
      });
    }
    section(out, 2, imports, (bytes, write) => {
      write(bytes);
    });
    section(out, 3, this.#functions, (bytes, definition) => {
      bytes.unsigned(definition.type);
    });
    section(out, 7, this.#functions, (bytes, definition, index) => {
      bytes.name(definition.name);
      bytes.byte(0x00);
      bytes.unsigned(this.#imports.length + index);
    });
    section(out, 10, this.#functions, (bytes, definition) => {
      const code = definition.body.finish();
      bytes.unsigned(code.length);
      bytes.append(code);
    });
    return out.bytes.slice();
  }
}

function same(a: readonly WasmType[], b: readonly WasmType[]): boolean {
  return a.length === b.length && a.every((type, index) => type === b[index]);
}

function section<T>(
  out: ByteWriter,
  id: number,
  items: readonly T[],
  write: (bytes: ByteWriter, item: T, index: number) => void,
): void {
  const bytes = new ByteWriter();
  bytes.unsigned(items.length);
  items.forEach((item, index) => {
    write(bytes, item, index);
  });
  out.byte(id);
  out.unsigned(bytes.length);
  out.append(bytes.bytes);
}
