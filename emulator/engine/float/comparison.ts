import type { Label, Local } from '../wasm/function-body.ts';
import { I64 } from '../wasm/opcodes.ts';
import type { HostFormat } from './host-format.ts';
import { hostOperand, type FloatSite, type InlinePath } from './inline-float.ts';

/**
 * Comparisons, min and max round nothing, and raise nothing but NV, for a NaN. Between two numbers the host's are right,
 * signed zeros included (its min and max take -0 for less than +0), in every rounding mode.
 */

/** Leaves for the core if an operand is a NaN. */
function requireNumbers({ body }: FloatSite, format: HostFormat, operands: readonly Local[], software: Label): void {
  for (const operand of operands) {
    body.get(operand);
    body.get(operand);
    body.op(format.opcode.ne);
    body.brIf(software);
  }
}

export function comparison(format: HostFormat, operation: 'eq' | 'lt' | 'le'): InlinePath {
  return (site, software) => {
    const { body } = site;
    const x = hostOperand(site, format, 0);
    const y = hostOperand(site, format, 1);
    requireNumbers(site, format, [x, y], software);
    body.get(x);
    body.get(y);
    body.op(format.opcode[operation], I64.extendI32U);
  };
}

export function extremum(format: HostFormat, operation: 'min' | 'max'): InlinePath {
  return (site, software) => {
    const { body } = site;
    const x = hostOperand(site, format, 0);
    const y = hostOperand(site, format, 1);
    requireNumbers(site, format, [x, y], software);
    body.get(x);
    body.get(y);
    body.op(format.opcode[operation]);
    format.toBits(body);
  };
}
