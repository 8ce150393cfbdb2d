import type { AtomicOperation, Emitter, I64 } from '../../riscv/emitter.ts';

/** What an AMO stores. 32-bit values are sign-extended, which keeps their unsigned order too. */
export function combine(emit: Emitter, operation: AtomicOperation, old: I64, operand: I64): I64 {
  switch (operation) {
    case 'swap':
      return operand;
    case 'add':
      return emit.add(old, operand);
    case 'xor':
      return emit.xor(old, operand);
    case 'and':
      return emit.and(old, operand);
    case 'or':
      return emit.or(old, operand);
    case 'min':
      return emit.select(emit.ltS(old, operand), old, operand);
    case 'max':
      return emit.select(emit.ltS(old, operand), operand, old);
    case 'minu':
      return emit.select(emit.ltU(old, operand), old, operand);
    case 'maxu':
      return emit.select(emit.ltU(old, operand), operand, old);
  }
}
