import assert from 'node:assert/strict';
import fc from 'fast-check';
import { EXCEPTION_FILTER_NAMES } from '../../../../adapter/session/breakpoints/exception-filters.ts';
import { BreakpointModes } from '../../../../adapter/session/breakpoints/modes.ts';
import { Mover, NO_GOAL, type Movement } from '../../../../adapter/session/motion/mover.ts';
import type { Debuggee } from '../../../../adapter/session/debuggee.ts';

/**
 * The list of stops of `continue` over a range is the reverse of that of `reverseContinue`, whatever breakpoints there are. A stop
 * is told by its hits: by the counter before the step, at which motions backward stop, and forward ones of instructions.
 */

/** A case as numbers, which a guest makes breakpoints of: the same for every guest. */
interface Draft {
  /** Where the range begins: steps before a trap, which this part of all come before, or soon after power-on. */
  readonly part: number;
  readonly isEarly: boolean;
  readonly before: number;
  /** Steps. */
  readonly length: number;
  readonly breakpoints: readonly DraftBreakpoint[];
}

interface DraftBreakpoint {
  readonly kind: 'instruction' | 'function' | 'source' | 'data' | 'stack' | 'register' | 'exception';
  /** Picks one of what there is to pick. */
  readonly pick: number;
  readonly offset: number;
  readonly length: number;
  readonly access: 'read' | 'write' | 'readWrite' | 'change';
  readonly physical: boolean;
  readonly condition: number;
  readonly hits: number;
  readonly log: boolean;
}

/** The first two are for the engine, in any code of any guest; the others ask for more than it can. */
const CONDITIONS = ['$a0 & 4', '$a0 < $a1', '$a0 * 3 % 2 == 1', '($a5 ^ $a0) & 1', '$a4 + 0 < 4096', '$priv == 1'];
const HIT_CONDITIONS = ['%2', '%3', '%7', '>3', '>=10', '<5', '<=2', '4', '== 11', '%1'];
const REGISTERS = [
  '$a0',
  '$sp',
  '$ra',
  '$s0',
  '$sepc',
  '$scause',
  '$sstatus.SPP',
  '$mstatus.MIE',
  '$satp',
  '$priv',
  '$sip',
];
/** Those that are met often are picked often. */
const COMMON_FILTERS = ['faults', 'environmentCalls', 'interrupts'];
const FILTERS = [...EXCEPTION_FILTER_NAMES, ...Array.from({ length: 20 }, () => COMMON_FILTERS).flat()];
/** Breakpoints that are counted are looked for from power-on: how far that may be. */
const COUNTABLE = 100_000;
/** Stops of one list: longer ones are cut off. */
const MOST_STOPS = 15;

const draftBreakpoint = fc.record<DraftBreakpoint>({
  kind: fc.constantFrom('instruction', 'function', 'source', 'data', 'stack', 'register', 'exception'),
  pick: fc.nat(1_000_000),
  offset: fc.integer({ min: -64, max: 64 }),
  length: fc.constantFrom(1, 2, 4, 8, 8, 16, 100),
  access: fc.constantFrom('read', 'write', 'readWrite', 'change'),
  physical: fc.boolean(),
  // Most have none.
  condition: fc.integer({ min: -CONDITIONS.length, max: CONDITIONS.length - 1 }),
  hits: fc.integer({ min: -HIT_CONDITIONS.length, max: HIT_CONDITIONS.length - 1 }),
  log: fc.boolean(),
});

export const drafts = fc.record<Draft>({
  part: fc.double({ min: 0, max: 1, noNaN: true }),
  isEarly: fc.integer({ min: 0, max: 3 }).map((number) => number === 0),
  before: fc.nat(600),
  length: fc.constantFrom(50, 300, 2_000, 5_000),
  breakpoints: fc.array(draftBreakpoint, { minLength: 1, maxLength: 4 }),
});

/** Places in a range, to set breakpoints at. */
interface Sample {
  readonly pc: bigint;
  readonly sp: bigint;
  /** An address of data: what a register held. */
  readonly pointer: bigint;
  readonly physical: bigint | undefined;
}

export class StopLists {
  /** Compared hits by kind, and how many stops had more than one. */
  readonly #kinds = new Map<string, number>();

  private constructor(
    private readonly guest: Debuggee,
    private readonly traps: readonly number[],
  ) {}

  /** Looks for the traps of a recording: a guest does little else where it takes none. */
  static async of(guest: Debuggee): Promise<StopLists> {
    const { timeline } = guest;
    const traps: number[] = [];
    await timeline.travelTo(0);
    await timeline.run({
      conditions: [{ kind: 'trap', cause: undefined }],
      accept: ({ counter }) => traps.push(counter) < 0,
    });
    return new StopLists(guest, traps);
  }

  /** Compared hits by the kind of their condition. */
  get kinds(): ReadonlyMap<string, number> {
    return this.#kinds;
  }

  async check(draft: Draft): Promise<void> {
    const { timeline, breakpoints } = this.guest;
    const trap = this.traps[Math.floor(draft.part ** 2 * (this.traps.length - 1))] ?? 0;
    const from = draft.isEarly ? 100 * draft.before : Math.max(0, trap - draft.before);
    const to = Math.min(timeline.end, from + draft.length);
    const samples = await this.#samples(from, to);
    await this.#set(draft, samples, from <= COUNTABLE);
    try {
      const mover = new Mover(timeline, breakpoints, {});
      const forward = await this.#forward(mover, from, to);
      const reached = forward.end;
      const backward = await this.#backward(mover, from, reached);
      const told = (list: readonly string[]): string[] => list.filter((hit) => !this.#isEdge(hit, from, reached));
      const expected = told(forward.hits);
      assert.deepEqual(told(backward).reverse().sort(byCounter), expected.toSorted(byCounter));
      for (const hit of expected) {
        const kind = hit.split(' ').at(-1) ?? '';
        this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1);
      }
    } finally {
      breakpoints.clear();
    }
  }

  /** The instruction at either end of the range: where the run begins it is left behind, backwards only at the end. */
  #isEdge(hit: string, from: number, to: number): boolean {
    const [counter, , kind] = hit.split(' ');
    return ((kind ?? '').startsWith('instruction') && Number(counter) === from) || Number(counter) >= to;
  }

  async #forward(mover: Mover, from: number, to: number): Promise<{ hits: string[]; end: number }> {
    const { timeline } = this.guest;
    await timeline.travelTo(from);
    const hits: string[] = [];
    for (let count = 0; count < MOST_STOPS && timeline.counter < to; count++) {
      const before = timeline.counter;
      const moved = await mover.forward(NO_GOAL, to);
      if (moved.kind !== 'breakpoint') break;
      assert.ok(timeline.counter > before, 'a motion forwards that stays');
      for (const hit of moved.hits) {
        assert.ok(
          hit.counter === timeline.counter || (hit.kind !== 'instruction' && hit.counter === timeline.counter - 1),
        );
      }
      hits.push(...this.#tell(moved));
    }
    return { hits, end: timeline.counter };
  }

  async #backward(mover: Mover, from: number, to: number): Promise<string[]> {
    const { timeline } = this.guest;
    await timeline.travelTo(to);
    const hits: string[] = [];
    for (;;) {
      const before = timeline.counter;
      const moved = await mover.backward(NO_GOAL, from);
      if (moved.kind !== 'breakpoint') return hits;
      assert.ok(timeline.counter < before, 'a motion backwards that stays');
      for (const hit of moved.hits) assert.equal(hit.counter, timeline.counter);
      hits.push(...this.#tell(moved));
      assert.ok(hits.length < 1000, 'far more stops backwards than forwards');
    }
  }

  /** One line for each breakpoint that a stop reports: the counter, which it is, of what kind. */
  #tell(moved: Movement & { readonly kind: 'breakpoint' }): string[] {
    const { active } = this.guest.breakpoints;
    const lines = moved.hits.map((hit) => {
      const met = active.having(hit.condition);
      assert.ok(met !== undefined && moved.breakpoints.includes(met));
      const counted = met.hits === undefined ? '' : '-counted';
      return `${hit.counter} ${met.id} ${hit.kind}${counted}`;
    });
    return [...new Set(lines)];
  }

  async #samples(from: number, to: number): Promise<readonly Sample[]> {
    const { timeline } = this.guest;
    const samples: Sample[] = [];
    await timeline.travelTo(from);
    for (let part = 1; part <= 8; part++) {
      await timeline.run({ conditions: [] }, { until: from + Math.floor(((to - from) * part) / 9) });
      const [hart] = timeline.harts;
      assert.ok(hart !== undefined);
      const pointer =
        [15, 10, 14, 8, 9].map((number) => hart.readX(number)).find((value) => value > 0x1000n) ?? hart.pc;
      const translation = timeline.translate(0, pointer);
      samples.push({
        pc: hart.pc,
        sp: hart.readX(2),
        pointer,
        physical: translation.kind === 'mapped' ? translation.physical : undefined,
      });
    }
    return samples;
  }

  async #set(draft: Draft, samples: readonly Sample[], mayCount: boolean): Promise<void> {
    const { breakpoints, program } = this.guest;
    const of = (...kinds: readonly DraftBreakpoint['kind'][]): readonly DraftBreakpoint[] =>
      draft.breakpoints.filter(({ kind }) => kinds.includes(kind));
    const sample = ({ pick }: DraftBreakpoint): Sample => samples[pick % samples.length] ?? assert.fail('no sample');
    const options = ({ condition, hits, log }: DraftBreakpoint) => ({
      condition: CONDITIONS[condition],
      hitCondition: mayCount ? HIT_CONDITIONS[hits] : undefined,
      logMessage: log && hits % 4 === 0 ? 'a0 is {$a0}' : undefined,
      mode: ['virtual', 'virtual', 'space', 'task'][Math.abs(hits) % 4] ?? 'virtual',
    });
    await breakpoints.setInstructions(
      of('instruction').map((one) => ({ address: sample(one).pc, options: options(one) })),
    );
    await breakpoints.setFunctions(
      of('function').flatMap((one) => {
        const name = program.functionAt(sample(one).pc)?.name;
        return name === undefined ? [] : [{ name, options: options(one) }];
      }),
    );
    for (const one of of('source')) {
      const position = program.positionAt(sample(one).pc);
      if (position === undefined) continue;
      await breakpoints.setSource(position.file.path, [
        { line: position.line, column: undefined, options: options(one) },
      ]);
    }
    const memory = of('data', 'stack').map((one) => {
      const { sp, pointer, physical } = sample(one);
      const base = one.kind === 'stack' ? sp : one.physical && physical !== undefined ? physical : pointer;
      const address = BigInt.asUintN(64, base + BigInt(one.offset));
      const space = base === physical && one.kind === 'data' ? 'p:' : '';
      return { dataId: `${space}0x${address.toString(16)},${one.length}`, access: one.access, options: options(one) };
    });
    const registers = of('register').map((one) => ({
      dataId: REGISTERS[one.pick % REGISTERS.length] ?? '$a0',
      access: one.access,
      options: options(one),
    }));
    await breakpoints.setData([...memory, ...registers]);
    await breakpoints.setExceptions(
      of('exception').map((one) => ({
        filter: FILTERS[one.pick % FILTERS.length] ?? assert.fail(),
        options: { ...options(one), logMessage: undefined },
      })),
    );
  }
}

function byCounter(a: string, b: string): number {
  return Number(a.split(' ')[0]) - Number(b.split(' ')[0]) || (a < b ? -1 : a > b ? 1 : 0);
}

/** What a session does once a recording is open. */
export async function bindBreakpoints({ breakpoints, program, sources, timeline, guestView }: Debuggee): Promise<void> {
  await breakpoints.bind(program, sources, new BreakpointModes(timeline, guestView));
}
