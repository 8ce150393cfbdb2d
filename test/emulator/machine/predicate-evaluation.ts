import type { HartView } from '../../../emulator/machine/machine.ts';
import type { ComparisonOperand, SearchPredicate } from '../../../emulator/machine/predicate.ts';

/** Bytes at a virtual address; fewer where memory ends. */
type ReadMemory = (address: bigint, length: number) => Uint8Array;

const SATP = 0x180;

/** A predicate as its definition reads, without the engine. */
export function evaluate(predicate: SearchPredicate, hart: HartView, read: ReadMemory): boolean {
  switch (predicate.kind) {
    case 'all':
      return predicate.of.every((each) => evaluate(each, hart, read));
    case 'any':
      return predicate.of.some((each) => evaluate(each, hart, read));
    case 'not':
      return !evaluate(predicate.of, hart, read);
    case 'compare': {
      const { operand, comparison, value, width = 8, signed = false, mask = -1n } = predicate;
      const raw = valueOf(operand, width, hart, read);
      if (raw === undefined) return false;
      const bits = width * 8;
      const extend = (number: bigint): bigint => (signed ? BigInt.asIntN(bits, number) : BigInt.asUintN(bits, number));
      const [left, right] = [extend(raw & mask), extend(value)];
      return {
        '==': left === right,
        '!=': left !== right,
        '<': left < right,
        '<=': left <= right,
        '>': left > right,
        '>=': left >= right,
      }[comparison];
    }
  }
}

function valueOf(operand: ComparisonOperand, width: number, hart: HartView, read: ReadMemory): bigint | undefined {
  switch (operand.kind) {
    case 'x':
      return hart.readX(operand.register);
    case 'f':
      return hart.readF(operand.register);
    case 'privilege':
      return { U: 0n, S: 1n, M: 3n }[hart.privilege];
    case 'satp':
      return hart.readCsr(SATP);
    case 'memory': {
      const base = operand.base === undefined ? 0n : hart.readX(operand.base);
      const bytes = read(BigInt.asUintN(64, base + operand.address), width);
      if (bytes.length < width) return undefined;
      return bytes.reduceRight((value, byte) => value * 256n + BigInt(byte), 0n);
    }
  }
}
