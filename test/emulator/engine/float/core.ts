import { FFLAGS } from '../../../../emulator/engine/layout.ts';
import type { FloatFunction } from '../../../../emulator/riscv/emitter.ts';

/** A floating-point operation of the core: raw bits in, raw bits out. */
export type CoreOperation = (...args: (bigint | number)[]) => bigint;

/** The floating-point part of the compiled core, with a memory of its own. */
export interface FloatCore {
  operation(name: FloatFunction): CoreOperation;
  readFlags(): number;
  writeFlags(flags: number): void;
}

/** What is used here of the WebAssembly global, which @types/node leaves out. */
interface WebAssemblyApi {
  readonly Memory: new (descriptor: { initial: number }) => { readonly buffer: ArrayBuffer };
  instantiate(
    bytes: Uint8Array,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ): Promise<{ readonly instance: { readonly exports: Readonly<Record<string, unknown>> } }>;
}

/** Instantiates the core that `npm run generate` compiled. */
export async function loadFloatCore(): Promise<FloatCore> {
  const { WebAssembly } = globalThis as typeof globalThis & { readonly WebAssembly: WebAssemblyApi };
  const generated = new URL('../../../../emulator/engine/generated/core.ts', import.meta.url);
  const { coreWasmBase64 } = (await import(generated.href)) as { coreWasmBase64: string };
  const memory = new WebAssembly.Memory({ initial: 1 + Math.floor((FFLAGS + 4) / 65536) });
  const source = await WebAssembly.instantiate(Buffer.from(coreWasmBase64, 'base64'), { env: { memory } });
  const flags = new DataView(memory.buffer);
  return {
    operation(name) {
      const found = source.instance.exports[name];
      if (typeof found !== 'function') throw new Error(`the core does not export ${name}`);
      // The exports take i64 (bigint) and i32 (number), and return i64, by the contract of FloatFunction.
      const call = found as CoreOperation;
      return (...args) => BigInt.asUintN(64, call(...args));
    },
    readFlags: () => flags.getUint32(FFLAGS, true),
    writeFlags: (value) => {
      flags.setUint32(FFLAGS, value, true);
    },
  };
}
