import type { HartView } from './machine.ts';
import type { Comparison, ComparisonOperand, SearchPredicate } from './predicate.ts';

/** Bytes at a virtual address by the hart's present translation; fewer where memory ends. */
type ReadMemory = (address: bigint, length: number) => Uint8Array;

const SATP = 0x180;

/**
 * Whether a predicate holds for a hart at the present moment: what the engine finds as it meets a condition there, for moments
 * at which it does not look.
 */
export function holds(predicate: SearchPredicate, hart: HartView, read: ReadMemory): boolean {
  switch (predicate.kind) {
    case 'all':
      return predicate.of.every((each) => holds(each, hart, read));
    case 'any':
      return predicate.of.some((each) => holds(each, hart, read));
    case 'not':
      return !holds(predicate.of, hart, read);
    case 'compare':
      return compare(predicate, hart, read);
  }
}

function compare(predicate: Comparison, hart: HartView, read: ReadMemory): boolean {
  const { operand, comparison, value, width = 8, signed = false, mask = -1n } = predicate;
  const raw = valueOf(operand, width, hart, read);
  if (raw === undefined) return false;
  const bits = width * 8;
  const extend = (number: bigint): bigint => (signed ? BigInt.asIntN(bits, number) : BigInt.asUintN(bits, number));
  const [left, right] = [extend(raw & mask), extend(value)];
  switch (comparison) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
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
    case 'csr':
      return hart.readCsr(operand.number);
    case 'memory': {
      const base = operand.base === undefined ? 0n : hart.readX(operand.base);
      const bytes = read(BigInt.asUintN(64, base + operand.address), width);
      if (bytes.length < width) return undefined;
      return bytes.reduceRight((value, byte) => value * 256n + BigInt(byte), 0n);
    }
  }
}
