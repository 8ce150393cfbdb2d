import type { HartView, Machine } from '../machine/machine.ts';
import { RAM_BASE } from '../machine/memory-map.ts';
import { PAGE_SIZE } from '../machine/paged-space.ts';
import { csrs } from '../riscv/csr.ts';
import { floatRegisterNames, integerRegisterNames } from '../riscv/registers.ts';
import type { Course, CourseMachine } from './course.ts';
import type { PageTree } from './page-tree.ts';

/** A register that differs between a branch and history. */
export interface RegisterDifference {
  readonly hart: number;
  /** As assemblers know it: `a0`, `fa0`, `pc`, `satp`. */
  readonly name: string;
  readonly branch: bigint;
  readonly history: bigint;
}

/** Bytes in a row that differ, or nearly in a row: with less than a doubleword of equal ones between. */
export interface MemoryDifference {
  /** `ram`, or the name of a drive; `address` is then a physical address, or an offset. */
  readonly space: string;
  readonly address: number;
  readonly length: number;
}

/** How a branch differs from history at one moment. */
export interface BranchComparison {
  readonly counter: number;
  /**
   * The first moment at which they are about to execute different instructions; undefined when they never are. Found by
   * looking at ever closer moments: where they part, come together and part again, it is one of these partings.
   */
  readonly parted: number | undefined;
  readonly registers: readonly RegisterDifference[];
  /** Ascending in each space, MOST_DIFFERENCES at most. */
  readonly memory: readonly MemoryDifference[];
  /** The bytes that differ, in all pages. */
  readonly bytes: number;
}

export const MOST_DIFFERENCES = 1000;
const NEAR = 8;
/** Moments that are looked at in one run over an interval. */
const PROBES = 32;

interface State {
  readonly registers: readonly (readonly [hart: number, name: string, value: bigint])[];
  readonly trees: readonly PageTree[];
}

/** Cancelled, or replay was found to be wrong, which the next motion tells. */
class Interrupted extends Error {}

/**
 * Compares two courses that are the same before `base`, at `counter`. Leaves the machine anywhere on the first one. Undefined
 * when it was interrupted.
 */
export async function compareCourses(
  shared: CourseMachine,
  branch: Course,
  history: Course,
  base: number,
  counter: number,
  signal: AbortSignal | undefined,
): Promise<BranchComparison | undefined> {
  const held: PageTree[] = [];
  try {
    const state = async (course: Course): Promise<State> => {
      await stand(course, counter, signal);
      const trees = shared.memory.capture();
      held.push(...trees);
      return { registers: registersOf(shared.machine.harts), trees };
    };
    const theirs = await state(history);
    const ours = await state(branch);
    const memory = await memoryDifferences(shared, ours.trees, theirs.trees);
    const parted = await findParting(shared.machine, branch, history, base, counter, signal);
    return { counter, parted, registers: registerDifferences(ours, theirs), ...memory };
  } catch (error) {
    if (error instanceof Interrupted) return undefined;
    throw error;
  } finally {
    for (const tree of held) tree.release();
    branch.follow();
  }
}

async function stand(course: Course, counter: number, signal: AbortSignal | undefined): Promise<void> {
  course.follow();
  const arrived = await course.present.enter(counter, { signal });
  if (arrived.kind !== 'arrived') throw new Interrupted();
}

function registersOf(harts: readonly HartView[]): State['registers'] {
  return harts.flatMap((hart) => {
    const { index } = hart;
    return [
      [index, 'pc', hart.pc] as const,
      ...integerRegisterNames.map((name, number) => [index, name, hart.readX(number)] as const),
      ...floatRegisterNames.map((name, number) => [index, name, hart.readF(number)] as const),
      ...csrs.map(({ name, number }) => [index, name, hart.readCsr(number) ?? 0n] as const),
    ];
  });
}

function registerDifferences(ours: State, theirs: State): RegisterDifference[] {
  return ours.registers.flatMap(([hart, name, branch], at) => {
    const history = theirs.registers[at]?.[2] ?? branch;
    return branch === history ? [] : [{ hart, name, branch, history }];
  });
}

async function memoryDifferences(
  { machine, store }: CourseMachine,
  ours: readonly PageTree[],
  theirs: readonly PageTree[],
): Promise<Pick<BranchComparison, 'memory' | 'bytes'>> {
  const memory: MemoryDifference[] = [];
  let bytes = 0;
  for (const [at, tree] of ours.entries()) {
    const [other, space] = [theirs[at], machine.spaces[at]];
    if (other === undefined || space === undefined) continue;
    const pages: { index: number; mine: number; theirs: number }[] = [];
    tree.difference(other, (index, mine, their) => pages.push({ index, mine, theirs: their }));
    for (const { index, mine, theirs: their } of pages) {
      await store.load([mine, their]);
      const found = differingBytes(store.bytes(mine), store.bytes(their));
      bytes += found.bytes;
      const first = (space.name === 'ram' ? RAM_BASE : 0) + index * PAGE_SIZE;
      for (const { offset, length } of found.ranges) {
        if (memory.length < MOST_DIFFERENCES) memory.push({ space: space.name, address: first + offset, length });
      }
    }
  }
  return { memory, bytes };
}

function differingBytes(
  a: Uint8Array,
  b: Uint8Array,
): { readonly bytes: number; readonly ranges: readonly { readonly offset: number; readonly length: number }[] } {
  const ranges: { offset: number; length: number }[] = [];
  let bytes = 0;
  for (let offset = 0; offset < a.length; offset++) {
    if (a[offset] === b[offset]) continue;
    bytes++;
    const last = ranges.at(-1);
    if (last !== undefined && offset - (last.offset + last.length) < NEAR) last.length = offset + 1 - last.offset;
    else ranges.push({ offset, length: 1 });
  }
  return { bytes, ranges };
}

async function findParting(
  machine: Machine,
  branch: Course,
  history: Course,
  base: number,
  end: number,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  let [low, high] = [base, end];
  for (;;) {
    const moments = momentsIn(low, high);
    const ours = await placesAt(machine, branch, moments, signal);
    const theirs = await placesAt(machine, history, moments, signal);
    const at = ours.findIndex((place, index) => place !== theirs[index]);
    const parted = moments[at];
    if (parted === undefined) return undefined;
    const before = moments[at - 1];
    if (before === undefined || parted - before === 1) return parted;
    [low, high] = [before, parted];
  }
}

/** From `low` to `high`, both among them, ascending. */
function momentsIn(low: number, high: number): number[] {
  const steps = Math.min(PROBES, high - low);
  const moments = Array.from({ length: steps }, (_, index) => low + Math.floor((index * (high - low)) / steps));
  return [...moments, high];
}

/** What each hart is about to execute at these moments. */
async function placesAt(
  machine: Machine,
  course: Course,
  moments: readonly number[],
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const places: string[] = [];
  for (const [at, moment] of moments.entries()) {
    if (at === 0) await stand(course, moment, signal);
    else if ((await course.present.goTo(moment, { signal })).kind !== 'arrived') throw new Interrupted();
    places.push(machine.harts.map(({ pc, privilege }) => `${privilege}${pc}`).join());
  }
  return places;
}
