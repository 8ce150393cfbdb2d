import type { FloatFunction } from '../../riscv/emitter.ts';
import { roundsOtherwise, writeFloat, type FloatSite } from './inline-float.ts';
import { inlinePaths } from './inline-paths.ts';

/**
 * Writes the code of a floating-point operation: it leaves the result's raw bits on the stack and accrues exceptions in
 * memory, at FFLAGS. `callCore` writes the call of the core's function, operands and mode included; `fallBack` writes what
 * happens where an inline path does not hold, and leaves the result likewise.
 */
export function emitFloat(
  operation: FloatFunction,
  site: FloatSite,
  { callCore, fallBack }: { readonly callCore: () => void; readonly fallBack: () => void },
): void {
  const inline = inlinePaths[operation];
  if (!inline || (inline.nearestEvenOnly && roundsOtherwise(site))) callCore();
  else writeFloat(site, inline.path, fallBack);
}
