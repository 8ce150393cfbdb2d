/** The part of the WebAssembly JavaScript interface that the engine uses; the DOM's types are not for this folder. */
declare namespace WebAssembly {
  interface Memory {
    readonly buffer: ArrayBuffer;
  }
  /** Compiled code; opaque. */
  interface Module {
    readonly [Symbol.toStringTag]?: string;
  }
  interface Instance {
    readonly exports: object;
  }
  interface Table {
    /** Puts an exported function, or nothing, into a place. */
    set(index: number, value: object | null): void;
  }
  const Table: new (descriptor: { readonly initial: number; readonly element: 'anyfunc' }) => Table;
  const Memory: new (descriptor: { readonly initial: number; readonly maximum: number }) => Memory;
  const Module: new (bytes: Uint8Array<ArrayBuffer>) => Module;
  const Instance: new (module: Module, imports: Readonly<Record<string, object>>) => Instance;
}
