import assert from 'node:assert/strict';
import { BREAKPOINT_MAX } from '../../../emulator/engine/layout.ts';
import { DEFAULT_TRANSLATION } from '../../../emulator/engine/translator/translations.ts';
import type { Machine } from '../../../emulator/machine/machine.ts';
import type { Comparison, SearchPredicate } from '../../../emulator/machine/predicate.ts';
import { HitTally, type StopCondition } from '../../../emulator/machine/stop.ts';
import { holds } from '../../../emulator/machine/predicate-evaluation.ts';
import { a0, a1, hart, machineRunning, START, t0, t1, t2, zero } from './program.ts';

const DATA = 0x8000_1ff0n;
const MSCRATCH = 0x340;
/** Where the loop of `mixer` begins. */
const LOOP = START + 16n;

/** Mixes numbers in a0 and a1 for ever, and stores and loads them around the end of a page. */
const mixer = (): Machine =>
  machineRunning((program) => {
    program.constant(t0, 0x8000_1ff0);
    assert.equal(START + BigInt(program.size), LOOP);
    const loop = program.label();
    program.place(loop);
    program.emit('slli', { rd: t1, rs1: a0, imm: 7 });
    program.emit('xor', { rd: a0, rs1: a0, rs2: t1 });
    program.emit('srli', { rd: t1, rs1: a0, imm: 9 });
    program.emit('xor', { rd: a0, rs1: a0, rs2: t1 });
    program.emit('addi', { rd: a0, rs1: a0, imm: 77 });
    program.emit('andi', { rd: t1, rs1: a0, imm: 31 });
    program.emit('add', { rd: t1, rs1: t1, rs2: t0 });
    program.emit('sw', { rs1: t1, rs2: a0 });
    program.emit('lh', { rd: t2, rs1: t1, imm: 2 });
    program.emit('add', { rd: a1, rs1: a1, rs2: t2 });
    program.branch('jal', { rd: zero }, loop);
  });

let seed = 1;
function random(below: number): number {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 2 ** 32) * below);
}
function pick<T>(values: readonly T[]): T {
  const value = values[random(values.length)];
  assert.ok(value !== undefined);
  return value;
}

function randomComparison(): Comparison {
  return {
    kind: 'compare',
    operand: pick([
      { kind: 'x', register: a0 },
      { kind: 'x', register: a1 },
      { kind: 'x', register: t1 },
      { kind: 'privilege' },
      { kind: 'csr', number: MSCRATCH },
      { kind: 'memory', address: DATA + BigInt(random(40)) },
      { kind: 'memory', base: t1, address: BigInt(random(9)) - 4n },
      { kind: 'memory', base: a0, address: DATA },
      { kind: 'memory', address: 0x7fff_fffcn + BigInt(random(8)) },
    ]),
    comparison: pick(['==', '!=', '<', '<=', '>', '>=']),
    value: pick([0n, 1n, 3n, -1n, 77n, -128n, 0x7fffn, 0x80n, BigInt(random(2 ** 32))]),
    width: pick([1, 2, 4, 8]),
    signed: random(2) === 0,
    mask: pick([-1n, 0xffn, 0xf0f0n, 1n]),
  };
}

function randomPredicate(depth = 0): SearchPredicate {
  const kind = depth > 3 ? 0 : random(6);
  if (kind < 3) return randomComparison();
  if (kind === 3) return { kind: 'not', of: randomPredicate(depth + 1) };
  const of = Array.from({ length: random(4) }, () => randomPredicate(depth + 1));
  return { kind: kind === 4 ? 'all' : 'any', of };
}

interface Met {
  readonly moments: number;
  readonly last: readonly { readonly counter: number; readonly condition: StopCondition }[];
}

/** What a machine meets that is stopped after each step and asked from outside. */
function metByStepping(machine: Machine, steps: number, conditions: readonly StopCondition[]): Met {
  const isMet = ({ when }: StopCondition): boolean =>
    when === undefined ||
    holds(when, hart(machine), (address, length) => machine.readVirtual(0, address, length).bytes);
  let moments = 0;
  let last: Met['last'] = [];
  for (let step = 0; step < steps; step++) {
    const { counter } = machine;
    const { pc } = hart(machine);
    const met = conditions.filter((each) => each.kind === 'instruction' && each.address === pc && isMet(each));
    const address = pc === LOOP + 28n || pc === LOOP + 32n ? hart(machine).readX(t1) : undefined;
    machine.run(counter + 1);
    for (const condition of conditions) {
      if (condition.kind !== 'access' || address === undefined) continue;
      const [write, first, length] = pc === LOOP + 28n ? [true, address, 4n] : [false, address + 2n, 2n];
      const wanted = condition.access === 'read-write' || (condition.access === 'write') === write;
      const touched = first < condition.address + BigInt(condition.length) && condition.address < first + length;
      if (wanted && touched && isMet(condition)) met.push(condition);
    }
    if (met.length === 0) continue;
    moments++;
    last = met.map((condition) => ({ counter, condition }));
  }
  return { moments, last };
}

describe('a scan', () => {
  it('meets what stepping meets, whatever the conditions ask', () => {
    const seen = mixer();
    const scanned = mixer();
    // Code is translated at once; else few conditions would ever lie in a region.
    scanned.translateCode({ ...DEFAULT_TRANSLATION, threshold: 2 });
    let met = 0;
    for (let round = 0; round < 150; round++) {
      const conditions = Array.from({ length: 1 + random(4) }, (): StopCondition => {
        const when = random(3) === 0 ? {} : { when: randomPredicate() };
        if (random(2) === 0) return { kind: 'instruction', address: LOOP + 4n * BigInt(random(11)), ...when };
        const access = pick(['read', 'write', 'read-write'] as const);
        const address = DATA + BigInt(random(40));
        return {
          kind: 'access',
          space: pick(['virtual', 'physical']),
          address,
          length: 1 + random(6),
          access,
          ...when,
        };
      });
      const steps = 1 + random(300);
      const expected = metByStepping(seen, steps, conditions);
      const tally = new HitTally();
      const target = scanned.counter + steps;
      while (scanned.counter < target) {
        const outcome = scanned.run(Math.min(target, scanned.counter + 1 + random(200)), { conditions, tally });
        assert.equal(outcome.kind, 'limit');
      }
      assert.equal(scanned.counter, seen.counter);
      assert.equal(hart(scanned).readX(a1), hart(seen).readX(a1));
      assert.equal(tally.moments, expected.moments);
      met += tally.moments;
      // An access that crosses the page's end is noted for each page.
      const last = new Set(tally.last.map(({ counter, condition }) => `${counter} ${conditions.indexOf(condition)}`));
      const wanted = expected.last.map(({ counter, condition }) => `${counter} ${conditions.indexOf(condition)}`);
      assert.deepEqual([...last].sort(), wanted.sort());
    }
    assert.ok(met > 1000);
  });

  it('counts what is accepted when it has to be asked', () => {
    const machine = mixer();
    const tally = new HitTally();
    const accept = (): boolean => hart(machine).readX(a0) % 2n === 0n;
    const condition: StopCondition = { kind: 'instruction', address: LOOP };
    const even: SearchPredicate = {
      kind: 'compare',
      operand: { kind: 'x', register: a0 },
      comparison: '==',
      value: 0n,
      mask: 1n,
    };
    machine.run(machine.counter + 5000, { conditions: [condition], tally, accept });
    const other = mixer();
    const inEngine = new HitTally();
    other.run(other.counter + 5000, { conditions: [{ ...condition, when: even }], tally: inEngine });
    assert.ok(tally.moments > 50);
    assert.equal(inEngine.moments, tally.moments);
    assert.deepEqual(
      inEngine.last.map(({ counter }) => counter),
      tally.last.map(({ counter }) => counter),
    );
  });
});

describe('breakpoints that come and go', () => {
  it('are met where they are, and leave nothing behind, though there are thousands', () => {
    const machine = mixer();
    const start = machine.counter;
    const at = (addresses: readonly bigint[]): StopCondition[] =>
      addresses.map((address) => ({ kind: 'instruction', address }));
    const everywhere = at(Array.from({ length: 4096 }, (_, index) => START + 2n * BigInt(index)));
    const tally = new HitTally();
    machine.run(start + 1000, { conditions: everywhere, tally });
    assert.equal(tally.moments, 1000);
    const one = new HitTally();
    machine.run(start + 2100, { conditions: at([LOOP]), tally: one });
    assert.equal(one.moments, 100);
    const none = new HitTally();
    machine.run(start + 3000, { conditions: at([LOOP + 2n]), tally: none });
    assert.equal(none.moments, 0);
    const tooMany = at(Array.from({ length: BREAKPOINT_MAX + 1 }, () => LOOP));
    assert.throws(() => machine.run(start + 4000, { conditions: tooMany }), RangeError);
    assert.equal(machine.run(start + 4000, { conditions: at([LOOP]) }).kind, 'hit');
  });

  it('hold while their code is being written', () => {
    // Each turn writes the instruction at the breakpoint anew, decoded or not.
    const machine = machineRunning((program) => {
      program.constant(t0, Number(START) + 64);
      program.emit('lw', { rd: t1, rs1: t0, imm: 0 });
      const loop = program.label();
      program.place(loop);
      program.emit('sw', { rs1: t0, rs2: t1 });
      while (program.size < 64) program.emit('addi', { rd: a1, rs1: a1, imm: 1 });
      program.emit('addi', { rd: a0, rs1: a0, imm: 1 });
      program.branch('jal', { rd: zero }, loop);
    });
    const tally = new HitTally();
    machine.run(machine.counter + 100_000, { conditions: [{ kind: 'instruction', address: START + 64n }], tally });
    assert.ok(tally.moments > 1000);
    assert.ok(hart(machine).readX(a0) - BigInt(tally.moments) <= 1n);
  });
});
