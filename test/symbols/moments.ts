import { privilegeIs } from '../../emulator/machine/predicate.ts';
import type { TimelineContract } from '../../emulator/replay/timeline.ts';

/** Chooses moments of a recording, in ascending order. */
export type ChooseMoments = (timeline: TimelineContract) => Promise<readonly number[]>;

/** `count` counters, of those that a generator draws, at which a hart is not in user mode: there the kernel's symbols hold. */
export function momentsInKernel(count: number, seed = 1): ChooseMoments {
  return async (timeline) => {
    const random = randomNumbers(seed);
    const moments = new Set<number>();
    const drawn = [...new Set(Array.from({ length: count * 40 }, () => 2 + Math.floor(random() * (timeline.end - 3))))];
    // In batches that are sorted, for going forward costs less than going back.
    for (let from = 0; moments.size < count && from < drawn.length; from += 4 * count) {
      for (const moment of drawn.slice(from, from + 4 * count).toSorted((a, b) => a - b)) {
        await timeline.travelTo(moment);
        if (timeline.harts[0]?.privilege !== 'U') moments.add(moment);
      }
    }
    return drawn
      .filter((moment) => moments.has(moment))
      .slice(0, count)
      .sort((a, b) => a - b);
  };
}

/** `count` of the moments at which a hart is in user mode from where it first executes the instruction at `entry` there. */
export function momentsInProgram(entry: bigint, count: number, seed = 1): ChooseMoments {
  return async (timeline) => {
    await timeline.travelTo(0);
    const predicate = privilegeIs('U');
    const outcome = await timeline.run({ conditions: [{ kind: 'instruction', address: entry, when: predicate }] });
    if (outcome.kind !== 'hit') throw new Error('The program does not run.');
    const moments: number[] = [];
    for (let steps = 0; steps < LONGEST_PROGRAM; steps++) {
      if ((await timeline.step(1)).kind !== 'arrived') break;
      if (timeline.harts[0]?.privilege === 'U') moments.push(timeline.counter);
    }
    const random = randomNumbers(seed);
    const order = moments.map((moment) => ({ moment, place: random() })).sort((a, b) => a.place - b.place);
    return order
      .slice(0, count)
      .map(({ moment }) => moment)
      .sort((a, b) => a - b);
  };
}

/** Steps, the kernel's on its behalf among them. */
const LONGEST_PROGRAM = 300_000;

/** The same numbers in [0, 1) in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
