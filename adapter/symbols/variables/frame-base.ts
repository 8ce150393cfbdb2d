import { toAddress } from '../address.ts';
import { DW_AT } from '../dwarf/constants.ts';
import { evaluateValue } from '../dwarf/expression.ts';
import { expressionAt, indexedAddress } from '../dwarf/location-list.ts';
import type { Scope } from '../dwarf/scope.ts';
import type { Frame } from '../frames/unwind.ts';

/**
 * The value of a function's DW_AT_frame_base in a frame of it, which DW_OP_fbreg counts from (DWARF 5, section 3.3.5);
 * undefined where the function has none. `bias` moves linked addresses to loaded ones. Throws like evaluateValue.
 */
export function frameBase({ unit, entry }: Scope, frame: Frame, bias: bigint): bigint | undefined {
  const attribute = entry.get(DW_AT.frame_base);
  const expression = attribute && expressionAt(unit, attribute, toAddress(frame.lookupAddress - bias));
  return (
    expression &&
    evaluateValue(expression, {
      readRegister: (register) => frame.readRegister(register),
      readMemory: (address, length) => frame.readMemory(address, length),
      canonicalFrameAddress: () => frame.canonicalFrameAddress,
      addressAt: (index) => indexedAddress(unit, index),
      bias,
    })
  );
}
