import { FFLAGS } from '../layout.ts';
import { WASM_I64, type WasmType } from '../wasm/types.ts';
import type { FunctionBody, Label, Local } from '../wasm/function-body.ts';
import { I32, MEMORY } from '../wasm/opcodes.ts';
import type { HostFormat } from './host-format.ts';

/**
 * Floating point inline: what an instruction of F or D becomes where the host's own arithmetic is provably right. Where
 * it is not, the interpreter calls the core's function of the same name, and a translated region leaves to the interpreter.
 *
 * **Contract.** An inline path is taken only where (1) its result has the bits that the core's function would return, and
 * (2) the core's function would leave fflags as they are. So an inline path never writes fflags; it needs to know, not
 * how to raise an exception, but that none is new. Whatever it cannot prove is the core's, which is always right. How a path
 * is written does not depend on who reads the instruction's description, and leaving it never changes the guest's state.
 *
 * **The host's arithmetic.** Wasm rounds to nearest, ties to even (RNE), with gradual underflow, and its add, sub, mul, div,
 * sqrt, demote and integer conversions are correctly rounded (WebAssembly Core Specification, 4.3.3). So in RNE a result
 * that is a number has the right bits, signed zeros included. The bits of a NaN are not defined: no path accepts one.
 * Other modes are the core's, except where the host has them too (to integers) or the result is exact in all of them.
 *
 * **Exceptions.** NV needs a NaN operand or gives a NaN result (or, in conversions to integers, has an operand out of
 * range); DZ gives an infinity, and in RNE so does OF. A finite result in RNE therefore raises none of them. What is left
 * is NX, and UF, which is raised only with NX on a result that is tiny after rounding. An _ordinary_ result is finite and has
 * an exponent field of at least 2, so it is at least twice the smallest normal number, and not tiny. So for an ordinary
 * result NX alone remains, and it changes nothing where
 * - fflags.NX is set already: one test of a byte; exceptions are sticky, and a program that rounds has it set by its first
 *   inexact operation; or
 * - the operation is exact, which each shows by a residual or a count of trailing zeros that is exact itself: see there.
 *
 * A rounding mode known while generating costs nothing; one known at run time only, a test.
 */

/** A rounding mode (0 to 4), as far as it is known while code is generated. */
export type Rounding =
  { readonly kind: 'known'; readonly mode: number } | { readonly kind: 'run-time'; readonly mode: Local };

export const RNE = 0;
export const RTZ = 1;
export const RDN = 2;
export const RUP = 3;
export const RMM = 4;

/** The place in a function where one operation is written. */
export interface FloatSite {
  readonly body: FunctionBody;
  /** i64 locals that hold the operands' raw bits. */
  readonly operands: readonly Local[];
  /** Operations that are always exact have a mode in their encoding and no use for it. */
  readonly rounding: Rounding;
  /** A local of this type for the rest of the instruction. */
  temporary(type: WasmType): Local;
}

/** Writes an inline path: it ends with the result's raw bits, an i64, on the stack, or branches to `software`. */
export type InlinePath = (site: FloatSite, software: Label) => void;

/** Writes an operation: its inline path, and what `fallBack` writes, which leaves the result likewise, where that does not hold. */
export function writeFloat(site: FloatSite, inline: InlinePath, fallBack: () => void): void {
  const { body } = site;
  body.blockValue(WASM_I64, (done) => {
    body.block((software) => {
      inline(site, software);
      body.br(done);
    });
    fallBack();
  });
}

/** The operand at an index; the operation has as many. */
export function operandOf(site: FloatSite, index: number): Local {
  const operand = site.operands[index];
  if (operand === undefined) throw new RangeError(`no operand ${index}`);
  return operand;
}

/** The operand at an index as a value of the host, in a local. */
export function hostOperand(site: FloatSite, format: HostFormat, index: number): Local {
  const value = site.temporary(format.type);
  site.body.get(operandOf(site, index));
  format.fromBits(site.body);
  site.body.set(value);
  return value;
}

/** Leaves the mode on the stack. */
export function pushRounding(body: FunctionBody, rounding: Rounding): void {
  if (rounding.kind === 'known') body.i32Const(rounding.mode);
  else body.get(rounding.mode);
}

/** True where only the core is right, for paths that round: the mode is known, and not RNE. */
export function roundsOtherwise({ rounding }: FloatSite): boolean {
  return rounding.kind === 'known' && rounding.mode !== RNE;
}

/** Leaves for the core unless the mode is RNE. */
export function requireNearestEven({ body, rounding }: FloatSite, software: Label): void {
  if (rounding.kind === 'known') return;
  body.get(rounding.mode);
  body.brIf(software);
}

/** Leaves a number on the stack whose bit 0 is fflags.NX; its other bits are other flags. */
export function pushInexactAccrued(body: FunctionBody): void {
  body.i32Const(0);
  body.memory(MEMORY.i32Load8U, FFLAGS);
}

/**
 * Goes on where no flag would change, else leaves for the core: where `inRange`, a condition under which NX is all that
 * could be raised, holds and NX is accrued; or where `exact` holds, under which nothing is raised.
 */
export function requireNoNewFlag(
  { body }: FloatSite,
  software: Label,
  pushes: { readonly inRange: () => void; readonly exact: () => void },
): void {
  body.block((accept) => {
    pushes.inRange();
    pushInexactAccrued(body);
    body.op(I32.and);
    body.brIf(accept);
    pushes.exact();
    body.op(I32.eqz);
    body.brIf(software);
  });
}
