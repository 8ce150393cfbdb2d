import { FlowEmitter } from './flow-emitter.ts';
import type { FlowState, FlowWrite, Storage } from './flow.ts';
import type { DecodedInstruction } from './instruction.ts';
import type { Operands } from './emitter.ts';

export type { FlowState, FlowWrite, Storage } from './flow.ts';

const operands: Operands = {
  rd: { operand: 'rd' },
  rs1: { operand: 'rs1' },
  rs2: { operand: 'rs2' },
  rs3: { operand: 'rs3' },
  imm: { operand: 'imm' },
  rm: { operand: 'rm' },
  csr: { operand: 'csr' },
};

/**
 * What an instruction writes when it is carried out in a state, and where each bit comes from: read off its semantics, so that
 * it can never disagree with them. Says nothing of traps: whoever asks knows that the instruction retired.
 */
export function dataFlowOf(decoded: DecodedInstruction, state: FlowState): readonly FlowWrite[] {
  const emitter = new FlowEmitter(decoded, state);
  decoded.instruction.semantics(emitter, operands);
  return emitter.writes;
}

/** The part of a value that was somewhere else before: `count` bits from `from` on, in what a storage held. */
export interface CopiedBits {
  readonly source: Storage;
  readonly from: number;
  readonly count: number;
}

/** What bits of a written value are. */
export type BitsOrigin =
  /** They were, as they are, somewhere else; bits above `count` are the zeros or the signs that an extension adds. */
  | { readonly kind: 'copy'; readonly bits: CopiedBits }
  /** Nothing but the instruction itself. */
  | { readonly kind: 'constant' }
  | { readonly kind: 'computed'; readonly inputs: readonly Storage[] };

/** What `count` bits of a written value from bit `from` on are. */
export function originOfBits({ bits, inputs }: FlowWrite, from: number, count: number): BitsOrigin {
  const wanted = bits.slice(from, from + count);
  if (wanted.every((bit) => bit === 'fill'))
    return inputs.length === 0 ? { kind: 'constant' } : { kind: 'computed', inputs };
  const [first] = wanted;
  if (first === undefined || typeof first === 'string') return { kind: 'computed', inputs };
  let copied = 0;
  for (const bit of wanted) {
    if (typeof bit === 'string' || bit.source !== first.source || bit.bit !== first.bit + copied) break;
    copied++;
  }
  if (wanted.slice(copied).some((bit) => bit !== 'fill')) return { kind: 'computed', inputs };
  return { kind: 'copy', bits: { source: first.source, from: first.bit, count: copied } };
}
