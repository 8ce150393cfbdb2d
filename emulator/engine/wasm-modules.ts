import { coreWasmBase64 } from './generated/core.ts';
import { generateInterpreter } from './interpreter.ts';

/**
 * The bytes of the two WebAssembly modules that an engine is made of. In the programs that are bundled, scripts/build.mjs puts
 * others in this module's place, which are the same bytes: generating the interpreter takes a sixth of the time in which a program starts.
 */

export function coreBytes(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(coreWasmBase64), (character) => character.charCodeAt(0));
}

export function interpreterBytes(): Uint8Array<ArrayBuffer> {
  return generateInterpreter();
}
