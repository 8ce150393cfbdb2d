/** The encodings of the description against each other: no bits are two instructions. */
import assert from 'node:assert/strict';
import { decode, findCompressed } from '../../../emulator/riscv/decoder.ts';
import { formatFields } from '../../../emulator/riscv/formats.ts';
import type { Instruction } from '../../../emulator/riscv/instruction.ts';
import { instructions } from '../../../emulator/riscv/instructions.ts';
import { rv64c } from '../../../emulator/riscv/rv64c.ts';
import { randomNumbers } from './random.ts';

/** Encodings that name a particular case of another instruction. */
const refinements = new Map([
  ['pause', 'fence'],
  ['fence.tso', 'fence'],
  ['prefetch.i', 'ori'],
  ['prefetch.r', 'ori'],
  ['prefetch.w', 'ori'],
]);

function pairs(): readonly (readonly [Instruction, Instruction])[] {
  return instructions.flatMap((a, index) => instructions.slice(index + 1).map((b) => [a, b] as const));
}

describe('encodings', () => {
  it('have names that are unique', () => {
    const names = instructions.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    assert(names.length > 190, `${names.length} instructions were read`);
  });

  it('are 32-bit, and match only bits of their mask', () => {
    for (const { name, match, mask } of instructions) {
      assert.equal(match & 3, 3, name);
      assert.equal((match & ~mask) >>> 0, 0, name);
      assert(match === match >>> 0 && mask === mask >>> 0, `${name} is unsigned`);
    }
  });

  it('do not overlap, but for the named cases of another', () => {
    for (const [a, b] of pairs()) {
      const common = a.mask & b.mask;
      if ((a.match & common) !== (b.match & common)) continue;
      assert(refinements.get(a.name) === b.name || refinements.get(b.name) === a.name, `${a.name} and ${b.name}`);
    }
  });

  it('decode to their instruction with any operands', () => {
    const next = randomNumbers(1);
    for (const { name, match, mask } of instructions) {
      for (let count = 0; count < 200; count++) {
        const decoded = decode((match | (next() & ~mask)) >>> 0)?.instruction.name;
        assert(decoded === name || refinements.get(decoded ?? '') === name, `${name} decodes as ${String(decoded)}`);
      }
    }
  });

  it('decode signed numbers as unsigned ones', () => {
    assert.deepEqual(decode(0xfe000ee3 | 0), decode(0xfe000ee3));
  });

  it('carry operands of the widths that registers and immediates have', () => {
    const next = randomNumbers(2);
    for (const { match, mask, format } of instructions) {
      const decoded = decode((match | (next() & ~mask)) >>> 0);
      assert(decoded);
      const { rd, rs1, rs2, rs3, imm, csr, rm } = decoded;
      for (const register of [rd, rs1, rs2, rs3]) assert(register >= 0 && register < 32);
      assert(csr >= 0 && csr < 4096 && rm >= 0 && rm < 8);
      assert.equal(imm, imm | 0);
      assert.equal(typeof formatFields[format].immediate(0), 'number');
    }
  });
});

describe('compressed encodings', () => {
  const all = Array.from({ length: 0x10000 }, (_, bits) => bits).filter((bits) => (bits & 3) !== 3);
  const matching = (bits: number) =>
    rv64c.filter(
      ({ match, mask, nonzero }) => (bits & mask) === match && nonzero.every((field) => (bits & field) !== 0),
    );

  it('are each one instruction, or a hint and the instruction of which it is a case', () => {
    for (const bits of all) {
      const names = matching(bits)
        .filter(({ hint }) => !hint)
        .map(({ name }) => name);
      // rd = x2 makes a c.lui c.addi16sp; c.mv, c.add and c.jalr have cases that name more bits.
      const known = [
        ['c.addi16sp', 'c.lui'],
        ['c.ebreak', 'c.add'],
      ].some((pair) => pair.join() === names.join());
      assert(names.length <= 1 || known, `${bits.toString(16)}: ${names.join()}`);
    }
  });

  it('decode to the one that names most bits', () => {
    const width = (mask: number): number => mask.toString(2).replaceAll('0', '').length;
    for (const bits of all) {
      const widest = Math.max(0, ...matching(bits).map(({ mask }) => width(mask)));
      const found = findCompressed(bits);
      assert.equal(found === undefined ? 0 : width(found.mask), widest, bits.toString(16));
      if (found?.hint === true) {
        const { rd, imm, rs1, instruction } = decode(bits) ?? assert.fail();
        assert(rd === 0 || (imm === 0 && rd === rs1), `${instruction.name} ${bits.toString(16)} is no hint`);
      }
    }
  });

  it('are illegal where RV64GC reserves them', () => {
    const reserved = {
      'all zeros': 0x0000,
      'c.addi4spn of 0': 0x0008,
      'quadrant 0, funct3 4': 0x8000,
      'c.addiw to x0': 0x2001,
      'c.addi16sp of 0': 0x6101,
      'c.lui of 0': 0x6081,
      'c.lwsp to x0': 0x4002,
      'c.ldsp to x0': 0x6002,
      'c.jr of x0': 0x8002,
      'quadrant 1, funct6 39, funct2 2': 0x9c41,
      'quadrant 1, funct6 39, funct2 3': 0x9c61,
    };
    for (const [what, bits] of Object.entries(reserved)) assert.equal(decode(bits), undefined, what);
  });

  it('ignore the half that follows', () => {
    assert.deepEqual(decode(0xffff4515), decode(0x4515));
  });
});
