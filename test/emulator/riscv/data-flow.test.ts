import assert from 'node:assert/strict';
import {
  dataFlowOf,
  originOfBits,
  type BitsOrigin,
  type FlowState,
  type FlowWrite,
  type Storage,
} from '../../../emulator/riscv/data-flow.ts';
import { decode } from '../../../emulator/riscv/decoder.ts';
import { disassemble } from '../../../emulator/riscv/disassembler.ts';
import { encode, type Fields } from '../../assembler.ts';
import { randomNumbers } from './random.ts';
import { RandomInstructions, unprivileged } from './random-instructions.ts';
import { execute } from './reference-emitter.ts';
import { ReferenceHart, ReferenceTrap } from './reference-hart.ts';

const DATA = 0x8010_0000n;
const [a0, a1, a2] = [10, 11, 12];

function stateOf(hart: ReferenceHart): FlowState {
  const { pc, x, f, csr, memory } = hart;
  return {
    pc,
    readX: (register) => x[register] ?? 0n,
    readF: (register) => f[register] ?? 0n,
    readCsr: (number) => csr.get(number),
    load: (address, width) => memory.read(address, width),
  };
}

/** What the hart holds in a place, as a number. */
function contents({ x, f, csr, memory }: ReferenceHart, place: Storage): bigint {
  switch (place.kind) {
    case 'x':
      return x[place.register] ?? 0n;
    case 'f':
      return f[place.register] ?? 0n;
    case 'csr':
      return csr.get(place.csr) ?? 0n;
    case 'memory':
      return memory.read(place.address, place.width);
  }
}

/** What one instruction writes, from registers that hold what is given and the bytes 1, 2, 3, ... at DATA. */
function written(name: string, fields: Fields, registers: Readonly<Record<number, bigint>> = {}): FlowWrite {
  const hart = new ReferenceHart();
  for (const [register, value] of Object.entries(registers)) hart.x[Number(register)] = BigInt.asUintN(64, value);
  for (let at = 0n; at < 16n; at++) hart.memory.write(DATA + at, 1, at + 1n);
  const decoded = decode(encode(name, fields));
  assert.ok(decoded);
  const [write] = dataFlowOf(decoded, stateOf(hart));
  assert.ok(write);
  return write;
}

const register = (number: number): Storage => ({ kind: 'x', register: number });
const copyOf = (source: Storage, count: number, from = 0): BitsOrigin => ({
  kind: 'copy',
  bits: { source, from, count },
});

describe('the flow of data through an instruction', () => {
  it('is a copy from register to register, through memory, and by additions of nothing', () => {
    assert.deepEqual(
      originOfBits(written('addi', { rd: a0, rs1: a1 }, { [a1]: 77n }), 0, 64),
      copyOf(register(a1), 64),
    );
    const added = written('add', { rd: a0, rs1: a1, rs2: a2 }, { [a1]: 77n });
    assert.deepEqual(originOfBits(added, 0, 8), copyOf(register(a1), 8));
    const stored = written('sb', { rs1: a1, rs2: a2, imm: 3 }, { [a1]: DATA, [a2]: 0x1234n });
    assert.deepEqual(stored.target, { kind: 'memory', address: DATA + 3n, width: 1 });
    assert.deepEqual(originOfBits(stored, 0, 8), copyOf(register(a2), 8));
    const memory: Storage = { kind: 'memory', address: DATA + 8n, width: 8 };
    assert.deepEqual(
      originOfBits(written('ld', { rd: a0, rs1: a1, imm: 8 }, { [a1]: DATA }), 8, 8),
      copyOf(memory, 8, 8),
    );
  });

  it('goes through extensions, whose own bits are cut off', () => {
    const memory: Storage = { kind: 'memory', address: DATA, width: 1 };
    assert.deepEqual(originOfBits(written('lb', { rd: a0, rs1: a1 }, { [a1]: DATA }), 0, 64), copyOf(memory, 8));
    assert.deepEqual(originOfBits(written('andi', { rd: a0, rs1: a1, imm: 0xff }), 0, 64), copyOf(register(a1), 8));
    assert.deepEqual(originOfBits(written('addiw', { rd: a0, rs1: a1 }), 0, 64), copyOf(register(a1), 32));
  });

  it('follows a byte through shifts, and through an or that puts others beside it', () => {
    const shifted = written('slli', { rd: a0, rs1: a1, imm: 24 }, { [a1]: 0x41n });
    assert.deepEqual(originOfBits(shifted, 24, 8), copyOf(register(a1), 8));
    const or = written('or', { rd: a0, rs1: a1, rs2: a2 }, { [a1]: 0x41n, [a2]: 0x4200n });
    assert.deepEqual(originOfBits(or, 0, 8), copyOf(register(a1), 8));
    assert.deepEqual(originOfBits(or, 8, 8), copyOf(register(a2), 8, 8));
    assert.equal(originOfBits(or, 0, 16).kind, 'computed');
  });

  it('is a constant where an instruction says it all, and a computation with its inputs elsewhere', () => {
    assert.deepEqual(originOfBits(written('addi', { rd: a0, imm: 5 }), 0, 64), { kind: 'constant' });
    assert.deepEqual(originOfBits(written('lui', { rd: a0, imm: 0x12000 }), 0, 64), { kind: 'constant' });
    assert.deepEqual(originOfBits(written('sb', { rs1: a1, imm: 0 }, { [a1]: DATA }), 0, 8), { kind: 'constant' });
    assert.deepEqual(originOfBits(written('addi', { rd: a0, rs1: a1, imm: 1 }, { [a1]: 1n }), 0, 64), {
      kind: 'computed',
      inputs: [register(a1)],
    });
    const product = originOfBits(written('mul', { rd: a0, rs1: a1, rs2: a2 }, { [a1]: 2n, [a2]: 3n }), 0, 8);
    assert.deepEqual(product, { kind: 'computed', inputs: [register(a1), register(a2)] });
  });

  it('takes the side that a condition chooses', () => {
    const chosen = written('max', { rd: a0, rs1: a1, rs2: a2 }, { [a1]: 2n, [a2]: 3n });
    assert.deepEqual(originOfBits(chosen, 0, 64), copyOf(register(a2), 64));
  });

  it('never calls a copy what is none, and names everything that is written: random instructions, carried out', () => {
    const random = new RandomInstructions(randomNumbers(2026));
    let copies = 0;
    for (let round = 0; round < 20_000; round++) {
      const instruction = random.one(unprivileged);
      const bits = (instruction.match | (random.below(2 ** 32) & ~instruction.mask)) >>> 0;
      const decoded = decode(bits);
      if (decoded === undefined) continue;
      const hart = new ReferenceHart();
      for (let number = 1; number < 32; number++) hart.x[number] = random.integer();
      for (let number = 0; number < 32; number++) hart.f[number] = random.float();
      if (decoded.rs1 !== 0 && random.chance(80)) hart.x[decoded.rs1] = BigInt.asUintN(64, DATA - BigInt(decoded.imm));
      for (let at = -16n; at < 80n; at++) hart.memory.write(DATA + at, 1, random.chance(30) ? 0n : random.bits64());
      const flows = dataFlowOf(decoded, stateOf(hart));
      const before = {
        x: [...hart.x],
        f: [...hart.f],
        of: new Map(flows.flatMap(({ inputs }) => inputs).map((place) => [place, contents(hart, place)])),
      };
      try {
        execute(hart, decoded);
      } catch (error) {
        if (error instanceof ReferenceTrap) continue;
        throw error;
      }
      const what = `round ${round}: ${disassemble(bits, hart.pc).text}`;
      for (let number = 0; number < 32; number++) {
        const names = (kind: 'x' | 'f'): boolean =>
          flows.some(({ target }) => target.kind === kind && target.register === number);
        if (hart.x[number] !== before.x[number]) assert.ok(names('x'), `${what} writes x${number}`);
        if (hart.f[number] !== before.f[number]) assert.ok(names('f'), `${what} writes f${number}`);
      }
      // The store of a conditional that failed is one that did not take place.
      if (decoded.instruction.name.startsWith('sc.')) continue;
      for (const { target, bits: origins } of flows) {
        const after = contents(hart, target);
        origins.forEach((origin, bit) => {
          if (typeof origin === 'string') return;
          copies++;
          const was = ((before.of.get(origin.source) ?? 0n) >> BigInt(origin.bit)) & 1n;
          assert.equal((after >> BigInt(bit)) & 1n, was, `${what}: bit ${bit}`);
        });
      }
    }
    assert.ok(copies > 100_000, `${copies} bits`);
  });
});
