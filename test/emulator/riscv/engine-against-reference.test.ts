/**
 * The engine against the reference, step by step: the same random instructions from the same state, and then the same
 * registers, flags, memory, pc and traps.
 */
import assert from 'node:assert/strict';
import type { Machine, WritableHart } from '../../../emulator/machine/machine.ts';
import { decode } from '../../../emulator/riscv/decoder.ts';
import { instructions } from '../../../emulator/riscv/instructions.ts';
import { disassemble } from '../../../emulator/riscv/disassembler.ts';
import type { DecodedInstruction, Instruction } from '../../../emulator/riscv/instruction.ts';
import { hart as firstHart, machineRunning } from '../machine/program.ts';
import { randomNumbers } from './random.ts';
import { RandomInstructions, readsFloat, unprivileged } from './random-instructions.ts';
import { execute } from './reference-emitter.ts';
import { ReferenceHart, ReferenceTrap } from './reference-hart.ts';
import type { TrapCause } from './reference-hart.ts';

const CODE = 0x8010_0000n;
const TRAP_HANDLER = 0x8000_0100n;
const DATA = 0x8018_0000n;
/** Accesses reach this far to both sides of DATA, and further ones with addresses that are no memory. */
const DATA_REACH = 0x1_0000n;
/** Neither memory nor a device. */
const NOWHERE = 0x40_0000_0000n;
const BLOCK = 1024;
const STEPS_PER_WHOLE_COMPARISON = 32;

const MSTATUS = 0x300;
const MTVEC = 0x305;
const MCAUSE = 0x342;
const FCSR = 0x003;
const MSCRATCH = 0x340;
const MHARTID = 0xf14;
const ABSENT_CSR = 0x5c0;
const FS_DIRTY = 0x6000n;

/** mcause by why the reference trapped: of loads, and of stores and atomics. */
const causes: Readonly<Record<TrapCause, readonly bigint[]>> = {
  'illegal-instruction': [2n],
  misaligned: [4n, 6n],
  'access-fault': [5n, 7n],
};

const accessesMemory = ({ instruction: { format, extension, name } }: DecodedInstruction): boolean =>
  (format === 'load' && name !== 'jalr') ||
  ['S', 'F-load', 'F-store'].includes(format) ||
  ['A', 'Zicbom', 'Zicboz'].includes(extension);

/** A machine and the reference in the same state. */
class Pair {
  readonly machine: Machine = machineRunning((program) => {
    program.emit('addi', {});
  });
  readonly hart: WritableHart = firstHart(this.machine);
  readonly reference = new ReferenceHart();
  readonly #random: RandomInstructions;
  #steps = 0;

  constructor(random: RandomInstructions) {
    this.#random = random;
    this.reference.memory.punch(0n, DATA - DATA_REACH);
    this.reference.memory.punch(DATA + DATA_REACH, 2n ** 64n);
    this.hart.writeCsr(MTVEC, TRAP_HANDLER);
    this.reference.csr.set(MSCRATCH, 0n).set(MHARTID, 0n);
    for (let register = 1; register < 32; register++) this.#setX(register, random.integer());
    for (let register = 0; register < 32; register++) this.#setF(register, random.float());
  }

  writeCode(encodings: readonly number[]): void {
    const code = new DataView(new ArrayBuffer(4 * encodings.length));
    encodings.forEach((bits, index) => {
      code.setUint32(4 * index, bits, true);
    });
    assert(this.machine.writePhysical(CODE, new Uint8Array(code.buffer)));
  }

  /** Chooses the state that an instruction begins with, and carries it out on both. */
  step(pc: bigint, bits: number): void {
    const decoded = decode(bits) ?? assert.fail(`${bits.toString(16)} is no instruction`);
    this.#prepare(decoded);
    this.reference.pc = pc;
    this.hart.writePc(pc);
    const before = this.#registers(decoded);
    const trap = this.#execute(decoded);
    const outcome = this.machine.run(this.machine.counter + 1);
    assert.equal(outcome.kind, 'limit');
    const what = (): string => `${disassemble(bits, pc).text} (${bits.toString(16)}) from ${before}`;
    if (trap !== undefined) this.#compareTrap(trap, what);
    this.#compare(decoded, what);
    if (++this.#steps % STEPS_PER_WHOLE_COMPARISON === 0) this.#compareAll(what);
  }

  #execute(decoded: DecodedInstruction): TrapCause | undefined {
    try {
      execute(this.reference, decoded);
      return undefined;
    } catch (error) {
      if (error instanceof ReferenceTrap) return error.trap;
      throw error;
    }
  }

  #prepare(decoded: DecodedInstruction): void {
    const random = this.#random;
    for (const register of [decoded.rs1, decoded.rs2]) this.#setX(register, random.integer());
    if (readsFloat(decoded)) {
      for (const register of [decoded.rs1, decoded.rs2, decoded.rs3]) this.#setF(register, random.float());
    }
    if (accessesMemory(decoded)) this.#point(decoded);
    const { reservation } = this.reference;
    if (decoded.instruction.name.startsWith('sc.') && reservation !== undefined && random.chance(80)) {
      this.#setX(decoded.rs1, reservation.address);
    }
    this.#setFloatControl();
  }

  /** Mostly aligned, sometimes across a page, a cache block or nothing in particular; now and then to no memory. */
  #point({ rs1, imm }: DecodedInstruction): void {
    const random = this.#random;
    const offset = random.one([0, 8, 16, 4096 - 8, 4096 - 3, -4, -1, random.below(64)]);
    const base = random.chance(95) ? DATA : NOWHERE;
    this.#setX(rs1, BigInt.asUintN(64, base + BigInt(offset) - BigInt(imm)));
  }

  #setFloatControl(): void {
    const random = this.#random;
    this.reference.floatOn = !random.chance(1);
    this.reference.frm = random.chance(95) ? random.below(5) : 5 + random.below(3);
    this.reference.fflags = random.chance(50) ? 0 : random.below(32);
    this.hart.writeCsr(FCSR, BigInt((this.reference.frm << 5) | this.reference.fflags));
    // After fcsr, whose writing turns the unit on.
    this.hart.writeCsr(MSTATUS, this.reference.floatOn ? FS_DIRTY : 0n);
  }

  #setX(register: number, value: bigint): void {
    if (register === 0) return;
    this.reference.x[register] = value;
    this.hart.writeX(register, value);
  }

  #setF(register: number, value: bigint): void {
    this.reference.f[register] = value;
    this.hart.writeF(register, value);
  }

  #registers({ rs1, rs2, rs3 }: DecodedInstruction): string {
    const hex = (values: readonly bigint[], register: number): string => (values[register] ?? 0n).toString(16);
    const { x, f, frm } = this.reference;
    return `x: ${hex(x, rs1)}, ${hex(x, rs2)}; f: ${hex(f, rs1)}, ${hex(f, rs2)}, ${hex(f, rs3)}; frm ${frm}`;
  }

  /** What the instruction can have changed. */
  #compare(decoded: DecodedInstruction, what: () => string): void {
    const { reference, hart } = this;
    same(hart.pc, reference.pc, 'pc', what);
    this.#compareRegister(decoded.rd, what);
    same(hart.readCsr(FCSR), BigInt((reference.frm << 5) | reference.fflags), 'fcsr', what);
    if (accessesMemory(decoded)) this.#compareMemory(what);
  }

  /** And what no instruction should have. */
  #compareAll(what: () => string): void {
    for (let register = 0; register < 32; register++) this.#compareRegister(register, what);
    for (const [number, value] of this.reference.csr) same(this.hart.readCsr(number), value, `CSR ${number}`, what);
    this.#compareMemory(what);
  }

  #compareRegister(register: number, what: () => string): void {
    same(this.hart.readX(register), this.reference.x[register], `x${register}`, what);
    same(this.hart.readF(register), this.reference.f[register], `f${register}`, what);
  }

  #compareMemory(what: () => string): void {
    for (const at of [-8n, 0n, 8n, 16n, 24n, 32n, 40n, 48n, 56n, 64n, 72n, 4080n, 4088n, 4096n, 4104n]) {
      const { bytes } = this.machine.readPhysical(DATA + at, 8);
      const value = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
      same(value, this.reference.memory.read(DATA + at, 8), `memory at ${at}`, what);
    }
  }

  /** The engine trapped too; the reference then goes where the trap went, without its reservation. */
  #compareTrap(trap: TrapCause, what: () => string): void {
    const cause = this.hart.readCsr(MCAUSE);
    assert(cause !== undefined && causes[trap].includes(cause), `mcause ${String(cause)}, not ${trap}: ${what()}`);
    this.reference.pc = TRAP_HANDLER;
    this.reference.reservation = undefined;
  }
}

function same(engine: bigint | undefined, reference: bigint | undefined, where: string, what: () => string): void {
  if (engine === reference) return;
  assert.fail(`${where} is ${String(engine?.toString(16))}, not ${String(reference?.toString(16))}: ${what()}`);
}

/** Steps through blocks of random encodings of the given instructions. */
function run(instructions: readonly Instruction[], steps: number, seed: number): void {
  runEncodings((random) => random.encoding(instructions), steps, seed);
}

function runEncodings(encoding: (random: RandomInstructions) => number, steps: number, seed: number): void {
  const random = new RandomInstructions(randomNumbers(seed));
  const pair = new Pair(random);
  for (let done = 0; done < steps; done += BLOCK) {
    const encodings = Array.from({ length: BLOCK }, () => encoding(random));
    pair.writeCode(encodings);
    encodings.forEach((bits, index) => {
      pair.step(CODE + BigInt(4 * index), bits);
    });
  }
}

const of = (...extensions: readonly string[]): readonly Instruction[] =>
  unprivileged.filter(({ extension }) => extensions.includes(extension));
const controlAndStatus = instructions.filter(({ extension }) => extension === 'Zicsr');

describe('the engine and the reference', () => {
  it('agree on integer instructions, jumps, loads and stores', () => {
    run(of('I', 'M', 'Zihintpause', 'Zicbop'), 30_000, 1);
  });
  it('agree on bit manipulation', () => {
    run(of('Zba', 'Zbb', 'Zbs', 'Zicond'), 15_000, 2);
  });
  it('agree on cache blocks', () => {
    run(of('Zicbom', 'Zicboz'), 2_000, 3);
  });
  // What sc makes of a reservation of another width is left to the implementation: one width at a time.
  for (const suffix of ['w', 'd']) {
    it(`agree on atomics of width ${suffix}`, () => {
      run(
        of('A').filter(({ name }) => name.endsWith(`.${suffix}`)),
        10_000,
        4,
      );
    });
  }
  it('agree on single precision', () => {
    run(of('F'), 30_000, 5);
  });
  it('agree on double precision', () => {
    run(of('D'), 30_000, 6);
  });
  it('agree on CSR instructions', () => {
    const csrs = [MSCRATCH, MSCRATCH, MHARTID, ABSENT_CSR];
    runEncodings(
      (random) => ((random.encoding(controlAndStatus) & 0xfffff) | (random.one(csrs) << 20)) >>> 0,
      10_000,
      7,
    );
  });
});
