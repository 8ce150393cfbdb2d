import { inlinedCallsAt, type InlinedCalls, type Program } from '../program.ts';
import { behind, type PlacedInstruction } from './code.ts';
import { isWithin, type FunctionPlan } from './function-plan.ts';

/** The ways between an inlined call and the code around it. */
export interface InlinedEdges {
  /** Instructions around the call that may follow one of it. */
  readonly exits: ReadonlySet<bigint>;
  /** Instructions around the call that one of it may follow. */
  readonly approaches: ReadonlySet<bigint>;
  /** Instructions of the call that may follow one around it. */
  readonly entrances: ReadonlySet<bigint>;
}

/**
 * Where control passes from an inlined call (the innermost of `calls`) to what it is inlined into, and back. A jump to a
 * computed address is taken to lead to any line.
 */
export function edgesAround(plan: FunctionPlan, calls: InlinedCalls, program: Program): InlinedEdges {
  const isOutside = outsideOf(calls, program);
  const [exits, approaches, entrances] = [new Set<bigint>(), new Set<bigint>(), new Set<bigint>()];
  for (const instruction of plan.instructions) {
    const { address } = instruction;
    const next = successorsOf(instruction, plan);
    if (isOutside(address)) {
      const inside = next.filter((one) => !isOutside(one));
      if (inside.length > 0) approaches.add(address);
      for (const one of inside) entrances.add(one);
    } else {
      for (const one of next.filter(isOutside)) exits.add(one);
    }
  }
  return { exits, approaches, entrances };
}

/** Whether an instruction belongs to what an inlined call is inlined into. */
function outsideOf(calls: InlinedCalls, program: Program): (address: bigint) => boolean {
  const around = calls.slice(0, -1);
  const known = new Map<bigint, boolean>();
  return (address) => {
    const found = known.get(address) ?? isWithin(inlinedCallsAt(program, address), around);
    known.set(address, found);
    return found;
  };
}

/** Where the hart may be after an instruction, calls having returned, as far as it stays in the function. */
function successorsOf(instruction: PlacedInstruction, { starts, function: fn }: FunctionPlan): readonly bigint[] {
  const { flow } = instruction;
  const next = behind(instruction);
  const within = (addresses: readonly bigint[]): readonly bigint[] =>
    addresses.filter((address) => fn.ranges.some(({ low, high }) => low <= address && address < high));
  switch (flow.kind) {
    case 'within':
    case 'call':
    case 'environment-call':
      return within([next]);
    case 'jump':
      return flow.target === undefined ? [...starts.keys()] : within([flow.target, next]);
    case 'return':
    case 'trap-return':
      return [];
  }
}
