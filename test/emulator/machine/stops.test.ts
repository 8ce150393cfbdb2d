import assert from 'node:assert/strict';
import { HitTally, type StopCondition, type StopSet } from '../../../emulator/machine/stop.ts';
import { a0, a1, hart, machineRunning, START, t0, t1, zero } from './program.ts';

const at = (address: bigint): StopSet => ({ conditions: [{ kind: 'instruction', address }] });

/** Stores 1, 1, 2 to 0x80001000, and loads it. */
const stores = () =>
  machineRunning((program) => {
    program.constant(t0, 0x8000_1000);
    program.emit('addi', { rd: t1, imm: 1 });
    program.emit('sd', { rs1: t0, rs2: t1 });
    program.emit('sd', { rs1: t0, rs2: t1 });
    program.emit('addi', { rd: t1, imm: 2 });
    program.emit('sd', { rs1: t0, rs2: t1 });
    program.emit('ld', { rd: a0, rs1: t0 });
    program.emit('ecall');
  });
const FIRST_STORE = START + 20n;

describe('a run', () => {
  it('ends at exactly the counter asked for', () => {
    const machine = machineRunning((program) => {
      const loop = program.label();
      program.place(loop);
      program.emit('addi', { rd: a0, rs1: a0, imm: 1 });
      program.branch('jal', { rd: zero }, loop);
    });
    const start = machine.counter;
    for (const steps of [1, 2, 3, 10, 97, 1000, 65_537]) {
      const target = machine.counter + steps;
      assert.equal(machine.run(target).kind, 'limit');
      assert.equal(machine.counter, target);
      assert.equal(hart(machine).readX(a0), BigInt(Math.ceil((target - start) / 2)));
    }
  });

  it('does nothing when it is there already', () => {
    const machine = stores();
    const { counter } = machine;
    assert.deepEqual(machine.run(counter), { kind: 'limit' });
    assert.equal(machine.counter, counter);
  });
});

describe('an instruction condition', () => {
  it('stops before the instruction, and is left behind when asked to', () => {
    const machine = stores();
    const start = machine.counter;
    const outcome = machine.run(start + 100, at(FIRST_STORE));
    assert.deepEqual(outcome, {
      kind: 'hit',
      hits: [
        {
          kind: 'instruction',
          counter: start + 5,
          hart: 0,
          condition: { kind: 'instruction', address: FIRST_STORE },
          address: FIRST_STORE,
        },
      ],
    });
    assert.equal(hart(machine).pc, FIRST_STORE);
    assert.equal(machine.run(start + 7, at(FIRST_STORE), true).kind, 'limit');
    assert.equal(machine.counter, start + 7);
  });

  it('is met in every turn of a loop', () => {
    const machine = machineRunning((program) => {
      const loop = program.label();
      program.emit('addi', { rd: a0, imm: 5 });
      program.place(loop);
      program.emit('addi', { rd: a0, rs1: a0, imm: -1 });
      program.branch('bne', { rs1: a0, rs2: zero }, loop);
      program.emit('ecall');
    });
    const values: bigint[] = [];
    const stops = at(START + 4n);
    while (machine.run(machine.counter + 100, stops, true).kind === 'hit') values.push(hart(machine).readX(a0));
    assert.deepEqual(values, [5n, 4n, 3n, 2n, 1n]);
  });

  it('does not stop where it is refused', () => {
    const machine = stores();
    const limit = machine.counter + 7;
    let asked = 0;
    const refusing: StopSet = {
      ...at(FIRST_STORE),
      accept: () => {
        asked++;
        return false;
      },
    };
    assert.equal(machine.run(limit, refusing).kind, 'limit');
    assert.equal(machine.counter, limit);
    assert.equal(asked, 1);
  });

  it('holds for a place that was executed before it was set', () => {
    const machine = machineRunning((program) => {
      const loop = program.label();
      program.place(loop);
      program.emit('addi', { rd: a0, rs1: a0, imm: 1 });
      program.emit('addi', { rd: a1, rs1: a1, imm: 1 });
      program.branch('jal', { rd: zero }, loop);
    });
    machine.run(machine.counter + 300);
    assert.equal(machine.run(machine.counter + 300, at(START + 4n)).kind, 'hit');
    assert.equal(hart(machine).pc, START + 4n);
  });
});

describe('an access condition', () => {
  const watch = (access: 'read' | 'write' | 'read-write' | 'change', address = 0x8000_1004n, length = 1): StopSet => ({
    conditions: [{ kind: 'access', space: 'virtual', address, length, access }],
  });

  it('stops after a store to any of its bytes, and names the storing instruction', () => {
    const machine = stores();
    const start = machine.counter;
    const outcome = machine.run(start + 100, watch('write'));
    assert.ok(outcome.kind === 'hit');
    assert.equal(machine.counter, start + 6);
    const [hit] = outcome.hits;
    assert.ok(hit?.kind === 'access');
    assert.deepEqual(
      { counter: hit.counter, pc: hit.pc, address: hit.address, length: hit.length, write: hit.write },
      { counter: start + 5, pc: FIRST_STORE, address: 0x8000_1000n, length: 8, write: true },
    );
  });

  it('tells a change from a store of the same value', () => {
    const machine = stores();
    const stopsAt: bigint[] = [];
    for (;;) {
      const outcome = machine.run(machine.counter + 100, {
        conditions: [{ kind: 'access', space: 'virtual', address: 0x8000_1000n, length: 8, access: 'change' }],
      });
      if (outcome.kind !== 'hit') break;
      const [hit] = outcome.hits;
      if (hit?.kind === 'access') stopsAt.push(hit.pc);
    }
    assert.deepEqual(stopsAt, [FIRST_STORE, FIRST_STORE + 12n]);
  });

  it('sees loads only when asked for loads', () => {
    const machine = stores();
    const outcome = machine.run(machine.counter + 100, watch('read'));
    assert.ok(outcome.kind === 'hit');
    const [hit] = outcome.hits;
    assert.ok(hit?.kind === 'access');
    assert.equal(hit.pc, FIRST_STORE + 16n);
    assert.equal(hit.write, false);
  });

  it('ignores the bytes beside it', () => {
    const machine = stores();
    const limit = machine.counter + 10;
    assert.equal(machine.run(limit, watch('read-write', 0x8000_1008n, 4096)).kind, 'limit');
  });

  it('matches physical addresses too', () => {
    const machine = stores();
    const outcome = machine.run(machine.counter + 100, {
      conditions: [{ kind: 'access', space: 'physical', address: 0x8000_1000n, length: 4, access: 'write' }],
    });
    assert.equal(outcome.kind, 'hit');
  });
});

describe('a run that only tallies', () => {
  it('counts one moment at which a step is met both before and after it, also when it asks about each hit', () => {
    for (const accept of [undefined, (): boolean => true]) {
      const machine = stores();
      const conditions: readonly StopCondition[] = [
        { kind: 'instruction', address: FIRST_STORE },
        { kind: 'access', space: 'virtual', address: 0x8000_1000n, length: 8, access: 'write' },
      ];
      const tally = new HitTally();
      machine.run(machine.counter + 6, { conditions, tally, ...(accept === undefined ? {} : { accept }) });
      assert.equal(tally.moments, 1);
      assert.deepEqual(
        tally.last.map(({ kind }) => kind),
        ['instruction', 'access'],
      );
    }
  });
});

describe('a trap condition', () => {
  it('stops after the trap is taken, with its cause', () => {
    const machine = stores();
    const start = machine.counter;
    const condition = { kind: 'trap', cause: { code: 11, interrupt: false } } as const;
    const outcome = machine.run(start + 100, { conditions: [condition] });
    assert.deepEqual(outcome, {
      kind: 'hit',
      hits: [{ kind: 'trap', counter: start + 10, hart: 0, condition, pc: START + 40n, code: 11, interrupt: false }],
    });
    assert.equal(machine.counter, start + 11);
  });
});
