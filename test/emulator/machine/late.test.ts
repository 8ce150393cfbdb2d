import assert from 'node:assert/strict';
import type { Machine } from '../../../emulator/machine/machine.ts';
import type { Hit, StopCondition } from '../../../emulator/machine/stop.ts';
import { a0, machineRunning, START, t0, zero } from './program.ts';

const DATA = 0x8000_1000n;
/** Where the loop of `counting` begins: an addition, a store and a jump. */
const LOOP = START + 16n;
const LIMIT = 3000;

/** Counts in a0 and in memory, for ever. */
const counting = (): Machine =>
  machineRunning((program) => {
    program.constant(t0, Number(DATA));
    assert.equal(START + BigInt(program.size), LOOP);
    const loop = program.label();
    program.place(loop);
    program.emit('addi', { rd: a0, rs1: a0, imm: 1 });
    program.emit('sw', { rs1: t0, rs2: a0 });
    program.branch('jal', { rd: zero }, loop);
  });

/** Met before the step, after it, and both by one step. */
const conditions: readonly StopCondition[] = [
  { kind: 'instruction', address: LOOP },
  { kind: 'instruction', address: LOOP + 4n },
  { kind: 'access', space: 'physical', address: DATA, length: 4, access: 'write' },
];

/** What a run to LIMIT asks about, each refused, and in how many runs. */
function asked(isLate: (() => boolean) | undefined): { readonly hits: readonly string[]; readonly runs: number } {
  const machine = counting();
  const hits: string[] = [];
  const accept = (hit: Hit): boolean => {
    hits.push(`${hit.counter} ${hit.kind}`);
    return false;
  };
  let runs = 0;
  for (; machine.counter < LIMIT; runs++) {
    const outcome = machine.run(LIMIT, isLate === undefined ? { conditions, accept } : { conditions, accept, isLate });
    assert.equal(outcome.kind, 'limit');
  }
  return { hits, runs };
}

describe('a run that asks about hits', () => {
  it('ends soon after it is late, and asks about each hit once all the same', () => {
    const inOne = asked(undefined);
    assert.equal(inOne.runs, 1);
    assert.ok(inOne.hits.length > LIMIT / 2);
    const always = asked(() => true);
    assert.deepEqual(always.hits, inOne.hits);
    assert.ok(always.runs > LIMIT / 3, `${always.runs} runs`);
    let count = 0;
    const sometimes = asked(() => ++count % 7 === 0);
    assert.deepEqual(sometimes.hits, inOne.hits);
    assert.ok(sometimes.runs > 1 && sometimes.runs < always.runs);
  });

  it('that tells of each step ends there too', () => {
    const machine = counting();
    const began = machine.counter;
    let told = 0;
    const outcome = machine.run(LIMIT, { conditions: [], eachStep: () => told++, isLate: () => told >= 5 });
    assert.equal(outcome.kind, 'limit');
    assert.equal(machine.counter, began + told);
    assert.ok(told <= 6, `${told} steps`);
  });
});
