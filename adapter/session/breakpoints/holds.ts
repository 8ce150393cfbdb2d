import type { HartView } from '../../../emulator/machine/machine.ts';
import type { Comparison, ComparisonOperand, SearchPredicate } from '../../../emulator/machine/predicate.ts';
import type { TimelineContract } from '../../../emulator/replay/timeline-contract.ts';
import { littleEndian } from '../../guests/memory/memory.ts';

const SATP = 0x180;
const PRIVILEGES = { U: 0n, S: 1n, M: 3n } as const;
const ALL_ONES = 0xffff_ffff_ffff_ffffn;

/** Whether a predicate holds for a hart at the present moment, as the engine would find when it got there. */
export function holds(predicate: SearchPredicate | undefined, timeline: TimelineContract, hart: HartView): boolean {
  if (predicate === undefined) return true;
  switch (predicate.kind) {
    case 'all':
      return predicate.of.every((each) => holds(each, timeline, hart));
    case 'any':
      return predicate.of.some((each) => holds(each, timeline, hart));
    case 'not':
      return !holds(predicate.of, timeline, hart);
    case 'compare':
      return compare(predicate, timeline, hart);
  }
}

function compare(comparison: Comparison, timeline: TimelineContract, hart: HartView): boolean {
  const { operand, value, width = 8, signed = false, mask = ALL_ONES } = comparison;
  const content = contentOf(operand, width, timeline, hart);
  if (content === undefined) return false;
  const extend = (bits: bigint): bigint => (signed ? BigInt.asIntN(8 * width, bits) : BigInt.asUintN(8 * width, bits));
  const left = extend(content & mask);
  const right = extend(value);
  switch (comparison.comparison) {
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

function contentOf(
  operand: ComparisonOperand,
  width: number,
  timeline: TimelineContract,
  hart: HartView,
): bigint | undefined {
  switch (operand.kind) {
    case 'x':
      return hart.readX(operand.register);
    case 'f':
      return hart.readF(operand.register);
    case 'privilege':
      return PRIVILEGES[hart.privilege];
    case 'satp':
      return hart.readCsr(SATP);
    case 'memory': {
      const { bytes } = timeline.readVirtual(hart.index, operand.address, width);
      return bytes.length < width ? undefined : littleEndian(bytes);
    }
  }
}
