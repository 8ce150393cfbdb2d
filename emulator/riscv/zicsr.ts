/** Zicsr, control and status register instructions (The RISC-V Instruction Set Manual, Volume I, ch. "Zicsr"). */
import { define, defineExtension } from './define.ts';
import type { CsrChange, Emitter, I64, Operand, Operands } from './emitter.ts';
import { byFunct3, opcode } from './encoding.ts';
import type { Semantics } from './semantics.ts';

/**
 * rd = csr; csr changes by the source. A set or clear whose source field is zero does not write, so it raises nothing
 * on a read-only CSR. csrrw with rd = x0 must not read for its effects, and none of the machine's CSRs has any.
 */
function access(
  change: CsrChange,
  source: (operands: Operands) => Operand,
  value: (emit: Emitter, source: Operand) => I64,
): Semantics {
  return (emit, operands) => {
    const operand = source(operands);
    // rd may be rs1: the source is read first.
    const bits = emit.bind(value(emit, operand));
    const old = emit.bind(emit.readCsr(operands.csr));
    if (change === 'write') emit.writeCsr(operands.csr, bits, 'write');
    else
      emit.when(
        emit.isZeroField(operand),
        () => undefined,
        () => {
          emit.writeCsr(operands.csr, bits, change);
        },
      );
    emit.writeX(operands.rd, old);
  };
}

const fromRegister = (change: CsrChange): Semantics =>
  access(
    change,
    ({ rs1 }) => rs1,
    (emit, rs1) => emit.readX(rs1),
  );
const fromImmediate = (change: CsrChange): Semantics =>
  access(
    change,
    ({ imm }) => imm,
    (emit, imm) => emit.immediate(imm),
  );

export const zicsr = defineExtension('Zicsr', [
  define(
    'csrrw',
    byFunct3('csr', opcode.system, 1),
    'Swaps a CSR with rs1; rd gets the old value.',
    fromRegister('write'),
  ),
  define(
    'csrrs',
    byFunct3('csr', opcode.system, 2),
    'Reads a CSR into rd and sets the bits of rs1 in it.',
    fromRegister('set'),
  ),
  define(
    'csrrc',
    byFunct3('csr', opcode.system, 3),
    'Reads a CSR into rd and clears the bits of rs1 in it.',
    fromRegister('clear'),
  ),
  define(
    'csrrwi',
    byFunct3('csr-imm', opcode.system, 5),
    'Writes an immediate to a CSR; rd gets the old value.',
    fromImmediate('write'),
  ),
  define(
    'csrrsi',
    byFunct3('csr-imm', opcode.system, 6),
    'Reads a CSR into rd and sets the bits of an immediate in it.',
    fromImmediate('set'),
  ),
  define(
    'csrrci',
    byFunct3('csr-imm', opcode.system, 7),
    'Reads a CSR into rd and clears the bits of an immediate in it.',
    fromImmediate('clear'),
  ),
]);
