import assert from 'node:assert/strict';
import type { Change } from '../../../emulator/machine/change.ts';
import type { Machine } from '../../../emulator/machine/machine.ts';
import { encode } from '../../assembler.ts';
import { a0, fingerprint, hart, machineRunning, START, t0, t1, zero } from './program.ts';

/** What a person may change between two steps, what is refused, and that nothing derived from the old state survives. */

const SATP = 0x180;
const MSTATUS = 0x300;
const MISA = 0x301;
const MCYCLE = 0xb00;
const TIME = 0xc01;
const SV39 = 8n << 60n;

const loop = (): Machine =>
  machineRunning((program) => {
    program.emit('addi', { rd: a0, rs1: a0, imm: 1 });
    program.emit('jal', { rd: zero, imm: -4 });
  });

function changed(machine: Machine, ...changes: Change[]): readonly string[] {
  const outcome = machine.change(changes);
  if (outcome.kind === 'refused') assert.fail(outcome.why);
  return outcome.remarks;
}

function refused(machine: Machine, ...changes: Change[]): string {
  const before = fingerprint(machine);
  const outcome = machine.change(changes);
  if (outcome.kind === 'changed') assert.fail('It was not refused.');
  assert.equal(fingerprint(machine), before);
  return outcome.why;
}

const integer = (register: number, value: bigint): Change => ({ kind: 'integer-register', hart: 0, register, value });
const csr = (number: number, value: bigint): Change => ({ kind: 'csr', hart: 0, number, value });
const physical = (address: bigint, bytes: number[]): Change => ({
  kind: 'physical-memory',
  address,
  bytes: Uint8Array.from(bytes),
});
const virtual = (address: bigint, bytes: number[]): Change => ({
  kind: 'virtual-memory',
  hart: 0,
  address,
  bytes: Uint8Array.from(bytes),
});
const word = (bits: number): number[] => [bits & 255, (bits >>> 8) & 255, (bits >>> 16) & 255, bits >>> 24];
const doubleword = (value: bigint): number[] => [...new Uint8Array(new BigUint64Array([value]).buffer)];

describe('a change of a register', () => {
  it('is seen by the next instruction, and takes no step', () => {
    const machine = loop();
    const { counter } = machine;
    assert.deepEqual(changed(machine, integer(a0, 41n)), []);
    assert.equal(machine.counter, counter);
    machine.run(counter + 1);
    assert.equal(hart(machine).readX(a0), 42n);
  });

  it('moves the pc, to even addresses only', () => {
    const machine = loop();
    changed(machine, { kind: 'pc', hart: 0, value: START + 4n });
    machine.run(machine.counter + 1);
    assert.equal(hart(machine).pc, START);
    assert.match(refused(machine, { kind: 'pc', hart: 0, value: START + 1n }), /even addresses/);
  });

  it('wakes a hart that waits, when it moves its pc', () => {
    const machine = machineRunning((program) => {
      program.emit('wfi');
      program.emit('addi', { rd: a0, imm: 7 });
    });
    assert.equal(machine.run(machine.counter + 10).kind, 'idle');
    assert.deepEqual(changed(machine, { kind: 'pc', hart: 0, value: START + 4n }), [
      'The hart was waiting in wfi; it no longer does.',
    ]);
    machine.run(machine.counter + 1);
    assert.equal(hart(machine).readX(a0), 7n);
  });

  it('obeys the rules of a CSR, and says what became otherwise', () => {
    const machine = loop();
    assert.match(refused(machine, csr(MISA, 0n)), /misa is read-only/);
    assert.match(refused(machine, csr(TIME, 0n)), /time is read-only/);
    assert.match(refused(machine, csr(0x123, 0n)), /no CSR 0x123/);
    assert.match(refused(machine, csr(SATP, 5n << 60n)), /satp cannot become 0x5000.*MODE has no value 5/);
    assert.deepEqual(changed(machine, csr(SATP, SV39 | 0x80002n)), []);
    const [remark] = changed(machine, csr(MSTATUS, (1n << 40n) | 2n));
    assert.match(remark ?? '', /mstatus became 0xa00000002 rather than 0x10000000002: UXL, SXL/);
    changed(machine, csr(MCYCLE, 5n));
    assert.equal(hart(machine).readCsr(MCYCLE), 5n);
    assert.match(refused(machine, integer(zero, 1n)), /x0 is always zero/);
  });

  it('says that a clean floating-point unit may be forgotten', () => {
    const machine = loop();
    const one: Change = { kind: 'float-register', hart: 0, register: 10, value: 0x3ff0_0000_0000_0000n };
    assert.match(changed(machine, one)[0] ?? '', /mstatus.FS is Off/);
    assert.equal(hart(machine).readF(10), 0x3ff0_0000_0000_0000n);
    changed(machine, csr(MSTATUS, 0x6000n));
    assert.deepEqual(changed(machine, one), []);
  });
});

describe('a change of memory', () => {
  it('replaces an instruction that was decoded and translated', () => {
    const machine = loop();
    machine.translateCode({ threshold: 1, largestRegion: 100, capacity: 100 });
    machine.run(machine.counter + 5000);
    const before = hart(machine).readX(a0);
    changed(machine, { kind: 'pc', hart: 0, value: START });
    changed(machine, virtual(START, word(encode('addi', { rd: a0, rs1: a0, imm: 100 }))));
    machine.run(machine.counter + 2);
    assert.equal(hart(machine).readX(a0), before + 100n);
  });

  it('of a page-table entry redirects the next access; a page without permissions is written all the same', () => {
    const table = 0x8000_2000n;
    const machine = machineRunning((program) => {
      program.emit('lw', { rd: a0, rs1: t0 });
      program.emit('lw', { rd: t1, rs1: t0 });
    });
    // Gigabytes: that of RAM as it is, and the one at 0 seen as RAM, too, from which may only be read. A and D are clear there.
    const entry = (address: bigint, flags: bigint): number[] => doubleword(((address >> 12n) << 10n) | flags);
    const [supervisor, started] = [1n << 11n, hart(machine).pc];
    changed(
      machine,
      physical(table, entry(0x8000_0000n, 0x03n)),
      physical(table + 16n, entry(0x8000_0000n, 0xcfn)),
      csr(MSTATUS, supervisor),
      csr(0x341, started),
    );
    // Into S-mode by mret, with everything allowed by PMP.
    changed(machine, csr(0x3b0, (1n << 54n) - 1n), csr(0x3a0, 0x1fn), csr(SATP, SV39 | (table >> 12n)));
    changed(machine, physical(START + 0x100n, word(encode('mret'))), { kind: 'pc', hart: 0, value: START + 0x100n });
    machine.run(machine.counter + 1);
    assert.equal(hart(machine).privilege, 'S');
    changed(machine, integer(t0, 0x3000n), virtual(0x3000n, [11, 0, 0, 0]));
    assert.deepEqual([...machine.readPhysical(0x8000_3000n, 1).bytes], [11]);
    // Neither A nor D was set.
    assert.deepEqual([...machine.readPhysical(table, 1).bytes], [3]);
    machine.run(machine.counter + 1);
    assert.equal(hart(machine).readX(a0), 11n);
    changed(machine, physical(0x8000_0000n + 0x20_3000n, [22, 0, 0, 0]));
    changed(machine, integer(t0, 0x20_3000n));
    // The table becomes a pointer to nothing: the page that was just read is gone.
    changed(machine, physical(table, doubleword(0n)));
    assert.match(refused(machine, virtual(0x3000n, [1])), /Nothing is mapped at 0x3000/);
    machine.run(machine.counter + 1);
    assert.equal(hart(machine).readCsr(0x342), 13n);
  });

  it('is refused for what is no RAM, as a whole', () => {
    const machine = loop();
    assert.match(refused(machine, integer(a0, 1n), physical(0x1000_0000n, [1])), /register of uart0/);
    assert.match(refused(machine, physical(0x1000n, [1])), /boot ROM/);
    assert.match(refused(machine, physical(0x4000_0000n, [1])), /no memory at physical address 0x40000000/);
    assert.match(refused(machine, physical(START, [1]), physical(0x8040_0000n - 1n, [1, 2])), /no memory at/);
  });
});
