import assert from 'node:assert/strict';
import { a0, hart, machineRunning, START, t0, t1, zero } from './program.ts';

const MSTATUS = 0x300;
const MIE = 0x304;
const MTVEC = 0x305;
const TIME = 0xc01;

describe('guest time', () => {
  it('is a tick each hundred steps', () => {
    const machine = machineRunning((program) => {
      program.emit('csrrs', { rd: a0, csr: TIME });
      program.emit('jal', { rd: zero, imm: -4 });
    });
    for (const counter of [1000, 1001, 9999, 123_457]) {
      machine.run(counter);
      // The last read was in the step before the last, or the one before that.
      const last = hart(machine).pc === START ? counter - 2 : counter - 1;
      assert.equal(hart(machine).readX(a0), BigInt(Math.floor(last / 100)));
      assert.equal(hart(machine).readCsr(TIME), BigInt(Math.floor(counter / 100)));
    }
  });

  /** Sets mtimecmp to `tick`, enables the machine timer interrupt, then `body`. The handler is at 0x80000400. */
  const withTimer = (tick: number, body: 'spin' | 'wait') =>
    machineRunning((program) => {
      program.constant(t0, 0x0200_4000);
      program.constant(t1, tick);
      program.emit('sd', { rs1: t0, rs2: t1 });
      program.constant(t0, 0x8000_0400);
      program.emit('csrrw', { rd: zero, rs1: t0, csr: MTVEC });
      program.emit('addi', { rd: t0, imm: 128 });
      program.emit('csrrw', { rd: zero, rs1: t0, csr: MIE });
      program.emit('csrrsi', { rd: zero, imm: 8, csr: MSTATUS });
      if (body === 'wait') program.emit('wfi');
      program.emit('jal', { rd: zero, imm: 0 });
      while (program.size < 0x400) program.emit('addi');
      program.emit('csrrs', { rd: a0, csr: TIME });
      program.emit('jal', { rd: zero, imm: 0 });
    });
  const timer = { conditions: [{ kind: 'trap', cause: { code: 7, interrupt: true } }] } as const;

  it('interrupts at exactly the step of its deadline', () => {
    const machine = withTimer(70, 'spin');
    const outcome = machine.run(100_000, timer);
    assert.ok(outcome.kind === 'hit');
    assert.equal(outcome.hits[0]?.counter, 7000);
  });

  it('passes for a waiting guest without steps', () => {
    const machine = withTimer(5_000_000, 'wait');
    const outcome = machine.run(100_000, timer);
    assert.ok(outcome.kind === 'hit');
    assert.ok(machine.counter < 100, `${machine.counter} steps`);
    machine.run(machine.counter + 1);
    assert.equal(hart(machine).readX(a0), 5_000_000n);
  });

  it('is left to the caller while the guest waits, when the caller asks', () => {
    const machine = withTimer(5_000_000, 'wait');
    machine.setIdlePolicy('return');
    assert.deepEqual(machine.run(100_000, timer), { kind: 'idle', deadline: 5_000_000n });
    machine.skipIdle();
    assert.equal(machine.run(100_000, timer).kind, 'hit');
  });
});
