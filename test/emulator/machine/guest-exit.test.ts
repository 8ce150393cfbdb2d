import assert from 'node:assert/strict';
import { machineRunning, snapshot, t0, t1, zero } from './program.ts';

const finisherProgram = (value: number) =>
  machineRunning((program) => {
    program.constant(t0, 0x10_0000);
    program.constant(t1, value);
    program.emit('sw', { rs1: t0, rs2: t1 });
    program.emit('jal', { rd: zero, imm: 0 });
  });

describe('the end of a guest', () => {
  it('comes with the step that writes to the test finisher', () => {
    const machine = finisherProgram(0x5555);
    const { counter } = machine;
    assert.deepEqual(machine.run(counter + 100), { kind: 'exit', exit: { kind: 'power-off', code: 0 } });
    assert.equal(machine.counter, counter + 9);
    assert.deepEqual(machine.run(counter + 100), { kind: 'exit', exit: { kind: 'power-off', code: 0 } });
  });

  it('carries the failure code', () => {
    const machine = finisherProgram(0x3333 + 7 * 65_536);
    assert.deepEqual(machine.run(machine.counter + 100), { kind: 'exit', exit: { kind: 'power-off', code: 7 } });
  });

  it('is undone by going back before it', () => {
    const machine = finisherProgram(0x5555);
    const restore = snapshot(machine);
    machine.run(machine.counter + 100);
    restore();
    assert.equal(machine.exit, undefined);
    assert.equal(machine.run(machine.counter + 3).kind, 'limit');
  });
});

describe('an access to nothing', () => {
  it("is the guest's fault, and the machine goes on", () => {
    const machine = machineRunning((program) => {
      program.constant(t0, 0x7000_0000);
      program.emit('lw', { rd: t1, rs1: t0 });
    });
    const outcome = machine.run(machine.counter + 100, { conditions: [{ kind: 'trap', cause: undefined }] });
    assert.ok(outcome.kind === 'hit');
    const [hit] = outcome.hits;
    assert.ok(hit?.kind === 'trap');
    assert.equal(hit.code, 5);
  });
});
