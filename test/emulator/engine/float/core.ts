import { coreWasmBase64 } from '../../../../emulator/engine/generated/core.ts';
import { FFLAGS, FIXED_END } from '../../../../emulator/engine/layout.ts';
import type { FloatFunction } from '../../../../emulator/riscv/emitter.ts';

/** A floating-point operation of the core: raw bits in, raw bits out. */
export type CoreOperation = (...args: (bigint | number)[]) => bigint;

/** The floating-point part of the compiled core, with a memory of its own. */
export interface FloatCore {
  operation(name: FloatFunction): CoreOperation;
  readFlags(): number;
  writeFlags(flags: number): void;
}

/** Instantiates the core that `npm run generate` compiled on a memory, with no devices, and returns its exports. */
export function instantiateCore(memory: WebAssembly.Memory): Readonly<Record<string, unknown>> {
  const module = new WebAssembly.Module(Buffer.from(coreWasmBase64, 'base64'));
  const unused = (): never => {
    throw new Error('floating point needs no host');
  };
  const instance = new WebAssembly.Instance(module, {
    env: { memory },
    host: { mmioRead: unused, mmioWrite: unused, decodeBits: unused, dropRegions: unused, dropAllRegions: unused },
  });
  return { ...instance.exports };
}

/** The core's floating-point functions, on a memory of their own. */
export function loadFloatCore(): FloatCore {
  const pages = Math.ceil(FIXED_END / 65536);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const exports = instantiateCore(memory);
  const flags = new DataView(memory.buffer);
  return {
    operation(name) {
      const found = exports[name];
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
