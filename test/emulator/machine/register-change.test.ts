import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { defaultFirmware } from '../../../emulator/machine/loaders/default-firmware.ts';
import type { HartView, Machine } from '../../../emulator/machine/machine.ts';
import { registerSource, type Register } from '../../../emulator/machine/register.ts';
import { HitTally, type StopCondition } from '../../../emulator/machine/stop.ts';
import { createMachine } from '../../../emulator/machine/virt-machine.ts';
import { csrByName, csrs } from '../../../emulator/riscv/csr.ts';
import { readGuest } from '../../guests/programs.ts';
import { requireLinuxFile } from '../../guests/linux.ts';
import { a0, hart, machineRunning, quiet, START, t0, t1 } from './program.ts';

type RegisterCondition = Extract<StopCondition, { kind: 'register-change' }>;

const csr = (name: string): Register => ({ file: 'csr', number: csrByName(name)?.number ?? assert.fail(name) });
const privileges = { U: 0n, S: 1n, M: 3n };

function powerOn(kernel: Uint8Array, initrd?: Uint8Array): Machine {
  const machine = createMachine(
    {
      memory: 64 * 2 ** 20,
      harts: 1,
      firmware: defaultFirmware(kernel),
      append: '',
      stepsPerTick: 100,
      rtc: '0',
      seed: '5a'.repeat(32),
      drives: [],
    },
    { kernel, initrd, dtb: undefined, firmware: undefined, drives: [] },
  );
  machine.setEventSource(quiet);
  return machine;
}

function valueOf(view: HartView, { register, mask = -1n }: RegisterCondition): bigint {
  const value =
    register.file === 'x'
      ? view.readX(register.number)
      : register.file === 'f'
        ? view.readF(register.number)
        : register.file === 'privilege'
          ? privileges[view.privilege]
          : (view.readCsr(register.number) ?? assert.fail('no such CSR'));
  return BigInt.asUintN(64, value & mask);
}

/** The counters at which steps change what conditions watch, found by taking single steps and looking. */
function changesByStepping(machine: Machine, to: number, conditions: readonly RegisterCondition[]): string[] {
  const view = hart(machine);
  const look = (): bigint[] => conditions.map((condition) => valueOf(view, condition));
  const found: string[] = [];
  for (let before = look(); machine.counter < to && machine.exit === undefined;) {
    const { counter } = machine;
    const { pc } = view;
    const outcome = machine.run(counter + 1);
    if (outcome.kind === 'idle') machine.skipIdle();
    if (machine.counter === counter) continue;
    const after = look();
    after.forEach((value, index) => {
      if (value !== before[index]) found.push(`${counter} ${index} at ${pc.toString(16)}`);
    });
    before = after;
  }
  return found;
}

/** The same, found by the engine. */
function changesMet(machine: Machine, to: number, conditions: readonly RegisterCondition[]): string[] {
  const found: string[] = [];
  const stops = {
    conditions,
    accept: (): boolean => true,
  };
  while (machine.counter < to && machine.exit === undefined) {
    const outcome = machine.run(to, stops, true);
    if (outcome.kind === 'idle') machine.skipIdle();
    if (outcome.kind !== 'hit') continue;
    for (const hit of outcome.hits) {
      assert.equal(hit.kind, 'register-change');
      assert.equal(machine.counter, hit.counter + 1);
      const index = conditions.indexOf(hit.condition);
      found.push(`${hit.counter} ${index} at ${(hit as { pc: bigint }).pc.toString(16)}`);
    }
  }
  return found;
}

/** How many moments a run counts that nothing stops, and the last of them. */
function tallied(machine: Machine, to: number, conditions: readonly RegisterCondition[]): HitTally {
  const tally = new HitTally();
  while (machine.counter < to && machine.exit === undefined) {
    if (machine.run(to, { conditions, tally }).kind === 'idle') machine.skipIdle();
  }
  return tally;
}

const WATCHED: readonly RegisterCondition[] = [
  ...[2, 8, 10, 15].map((number): Register => ({ file: 'x', number })),
  { file: 'f', number: 10 } as const,
  { file: 'privilege' } as const,
  ...[
    'mstatus',
    'sstatus',
    'mip',
    'sip',
    'sie',
    'mie',
    'satp',
    'scause',
    'sepc',
    'mcause',
    'mepc',
    'fcsr',
    'sscratch',
  ].map(csr),
]
  .map((register): RegisterCondition => ({ kind: 'register-change', register }))
  .concat([
    { kind: 'register-change', register: csr('sstatus'), mask: 1n << 8n },
    { kind: 'register-change', register: csr('fcsr'), mask: 0xe0n },
    { kind: 'register-change', register: { file: 'x', number: 10 }, mask: 0xffn },
  ]);

function check(start: () => Machine, from: number, to: number, least: number): void {
  const reference = start();
  while (reference.counter < from) if (reference.run(from).kind === 'idle') reference.skipIdle();
  const expected = changesByStepping(reference, to, WATCHED);
  assert.ok(expected.length >= least, `only ${expected.length} changes`);
  const machine = start();
  while (machine.counter < from) if (machine.run(from).kind === 'idle') machine.skipIdle();
  assert.deepEqual(changesMet(machine, to, WATCHED), expected);
  const counted = start();
  while (counted.counter < from) if (counted.run(from).kind === 'idle') counted.skipIdle();
  const tally = tallied(counted, to, WATCHED);
  const moments = [...new Set(expected.map((text) => Number(text.split(' ')[0])))];
  assert.deepEqual([tally.moments, tally.last[0]?.counter], [moments.length, moments.at(-1)]);
}

describe('a condition on a register', function () {
  this.timeout(120_000);

  it('stops after the step that changes it, whatever stores the value that is there', () => {
    const machine = machineRunning((program) => {
      program.emit('addi', { rd: t0, imm: 5 });
      program.emit('addi', { rd: t0, imm: 5 });
      program.emit('addi', { rd: t1, rs1: t0, imm: 1 });
      program.emit('addi', { rd: t0, rs1: t0, imm: 2 });
      program.emit('ecall');
    });
    const start = machine.counter;
    const condition: RegisterCondition = { kind: 'register-change', register: { file: 'x', number: t0 } };
    const first = machine.run(start + 4, { conditions: [condition] });
    assert.deepEqual(first, {
      kind: 'hit',
      hits: [{ kind: 'register-change', counter: start, hart: 0, condition, pc: START }],
    });
    assert.equal(machine.run(start + 4, { conditions: [condition] }, true).kind, 'hit');
    assert.deepEqual([machine.counter, hart(machine).readX(t0)], [start + 4, 7n]);
    assert.equal(machine.run(start + 5, { conditions: [condition] }, true).kind, 'limit');
  });

  it('may ask for a value', () => {
    const machine = machineRunning((program) => {
      const loop = program.label();
      program.place(loop);
      program.emit('addi', { rd: a0, rs1: a0, imm: 1 });
      program.branch('jal', { rd: 0 }, loop);
    });
    const register: Register = { file: 'x', number: a0 };
    const when = { kind: 'compare', operand: register, comparison: '==', value: 100n } as const;
    const stops = {
      conditions: [{ kind: 'register-change', register, when: { ...when, operand: { kind: 'x', register: a0 } } }],
    } as const;
    assert.equal(machine.run(machine.counter + 10_000, stops).kind, 'hit');
    assert.equal(hart(machine).readX(a0), 100n);
  });

  it('is refused for what changes with every step', () => {
    const machine = machineRunning((program) => {
      program.emit('ecall');
    });
    for (const name of ['time', 'cycle', 'minstret']) {
      assert.equal(registerSource(csr(name)), undefined);
      const conditions = [{ kind: 'register-change', register: csr(name) }] as const;
      assert.throws(() => machine.run(machine.counter + 1, { conditions }), /changes with every step/);
    }
    for (const { number, name } of csrs) {
      const isRunning = /^m?(time|cycle|instret)$/.test(name);
      assert.equal(registerSource({ file: 'csr', number }) === undefined, isRunning, name);
    }
  });

  it('is met where single steps show it: timer interrupts in M-mode', () => {
    check(() => powerOn(readGuest('trap-heavy/timer')), 3_000, 60_000, 40);
  });

  it('is met where single steps show it: the demo, at boot and among its tasks', () => {
    check(() => powerOn(readGuest('demo/demo')), 1_000_000, 1_030_000, 1000);
    check(() => powerOn(readGuest('demo/demo')), 5_000_000, 5_060_000, 1000);
  });

  it('is met where single steps show it: Linux, which calls the firmware and waits', function () {
    const kernel = readFileSync(requireLinuxFile(this, 'small-kernel'));
    check(() => powerOn(kernel), 40_000, 100_000, 1000);
  });
});
