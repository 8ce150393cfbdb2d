import { registerIs, type SearchPredicate } from '../../../emulator/machine/predicate.ts';
import type { StopCondition } from '../../../emulator/machine/stop.ts';
import { both, type Frame } from './hart-state.ts';
import type { Goal } from './mover.ts';
import type { Stepping } from './stepping.ts';

/**
 * To be about to execute any of these instructions in this very activation of their function. Where it is known how the
 * frame's address follows from a register, the engine compares that by itself; elsewhere the stack is unwound at each hit, of
 * which a loop may have thousands.
 */
export function anyInFrame({ program, state }: Stepping, frame: Frame, addresses: Iterable<bigint>): Goal {
  const { cfa } = frame;
  const unsure = new Set<StopCondition>();
  // Their code goes over from one stack to another.
  const mustBeCertain = state.isTrapHandler(frame.function);
  const conditions = [...addresses].map((address): StopCondition => {
    const known = cfa === undefined ? undefined : program.frameBase(address);
    const base = mustBeCertain && known?.isCertain !== true ? undefined : known;
    const value = BigInt.asUintN(64, (cfa ?? 0n) - BigInt(base?.offset ?? 0));
    const condition: StopCondition = {
      kind: 'instruction',
      address,
      ...whenIn(base === undefined ? undefined : registerIs(base.register, value), frame.space),
    };
    if (base === undefined && cfa !== undefined) unsure.add(condition);
    return condition;
  });
  if (unsure.size === 0) return { conditions };
  return { conditions, accept: ({ condition }) => !unsure.has(condition) || state.isIn(frame) };
}

function whenIn(
  place: SearchPredicate | undefined,
  space: SearchPredicate | undefined,
): { readonly when?: SearchPredicate } {
  if (place === undefined) return space === undefined ? {} : { when: space };
  return { when: both(place, space) };
}

/** Any of several goals. */
export function anyGoal(...goals: readonly Goal[]): Goal {
  const conditions = goals.flatMap((goal) => goal.conditions);
  if (goals.every((goal) => goal.accept === undefined)) return { conditions };
  return {
    conditions,
    accept: (hit) =>
      goals.some((goal) => goal.conditions.includes(hit.condition) && (goal.accept === undefined || goal.accept(hit))),
  };
}
