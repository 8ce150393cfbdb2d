/** What jumps, memory accesses, atomics, CSR accesses and privileged instructions do. */
import assert from 'node:assert/strict';
import { decode } from '../../../emulator/riscv/decoder.ts';
import type { DecodedInstruction } from '../../../emulator/riscv/instruction.ts';
import { instructions } from '../../../emulator/riscv/instructions.ts';
import { execute } from './reference-emitter.ts';
import { ReferenceHart, ReferenceTrap } from './reference-hart.ts';

type Fields = Partial<Omit<DecodedInstruction, 'instruction'>>;

const PC = 0x8000_0000n;

/** Executes the named instruction on the hart. */
function step(hart: ReferenceHart, name: string, fields: Fields = {}): void {
  const instruction = instructions.find((candidate) => candidate.name === name);
  assert(instruction, `${name} is not described`);
  const absent = {
    length: 4,
    compressedName: undefined,
    rd: 0,
    rs1: 0,
    rs2: 0,
    rs3: 0,
    imm: 0,
    rm: 0,
    csr: 0,
  } as const;
  execute(hart, { ...absent, ...fields, instruction });
}

function hartWith(values: Readonly<Record<number, bigint>>): ReferenceHart {
  const hart = new ReferenceHart();
  for (const [register, value] of Object.entries(values)) hart.x[Number(register)] = BigInt.asUintN(64, value);
  return hart;
}

describe('jumps and branches', () => {
  it('lui and auipc sign-extend their immediate', () => {
    const hart = new ReferenceHart();
    step(hart, 'lui', { rd: 1, imm: 0x80000000 | 0 });
    assert.equal(hart.x[1], 0xffffffff80000000n);
    hart.pc = 0x1000n;
    step(hart, 'auipc', { rd: 2, imm: 0x80000000 | 0 });
    assert.equal(hart.x[2], 0xffffffff80001000n);
  });

  it('jal links to the next instruction, whose address depends on the length', () => {
    const hart = new ReferenceHart();
    step(hart, 'jal', { rd: 1, imm: -4 });
    assert.deepEqual([hart.pc, hart.x[1]], [PC - 4n, PC + 4n]);
    step(hart, 'jal', { rd: 1, imm: 2046, length: 2 });
    assert.deepEqual([hart.pc, hart.x[1]], [PC + 2042n, PC - 2n]);
  });

  it('jalr clears bit 0 of the target and reads rs1 before it writes rd', () => {
    const hart = hartWith({ 5: 0x8000_1235n });
    step(hart, 'jalr', { rd: 5, rs1: 5, imm: 2 });
    assert.deepEqual([hart.pc, hart.x[5]], [0x8000_1236n, PC + 4n]);
  });

  it('jumps wrap around the address space', () => {
    const hart = new ReferenceHart();
    hart.pc = 0xffff_ffff_ffff_fffcn;
    step(hart, 'jal', { rd: 1, imm: 8 });
    assert.deepEqual([hart.pc, hart.x[1]], [4n, 0n]);
  });

  const taken: Readonly<Record<string, (a: bigint, b: bigint) => boolean>> = {
    beq: (a, b) => a === b,
    bne: (a, b) => a !== b,
    blt: (a, b) => a < b,
    bge: (a, b) => a >= b,
    bltu: (a, b) => BigInt.asUintN(64, a) < BigInt.asUintN(64, b),
    bgeu: (a, b) => BigInt.asUintN(64, a) >= BigInt.asUintN(64, b),
  };
  for (const [name, holds] of Object.entries(taken)) {
    it(`${name} branches when it should`, () => {
      for (const a of [0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 32n]) {
        for (const b of [0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 32n]) {
          const hart = hartWith({ 1: a, 2: b });
          step(hart, name, { rs1: 1, rs2: 2, imm: -4096 });
          assert.equal(hart.pc, holds(a, b) ? PC - 4096n : PC + 4n, `${name} ${String(a)}, ${String(b)}`);
        }
      }
    });
  }
});

describe('loads and stores', () => {
  const expected: Readonly<Record<string, bigint>> = {
    lb: 0xffff_ffff_ffff_ff88n,
    lbu: 0x88n,
    lh: 0xffff_ffff_ffff_9988n,
    lhu: 0x9988n,
    lw: 0xffff_ffff_bbaa_9988n,
    lwu: 0xbbaa_9988n,
    ld: 0xffee_ddcc_bbaa_9988n,
  };
  for (const [name, value] of Object.entries(expected)) {
    it(`${name} extends what it loads`, () => {
      const hart = hartWith({ 1: 0x1008n });
      hart.memory.write(0x1001n, 8, 0xffee_ddcc_bbaa_9988n);
      step(hart, name, { rd: 2, rs1: 1, imm: -7 });
      assert.equal(hart.x[2], value);
    });
  }

  it('a load to x0 accesses memory all the same', () => {
    const hart = hartWith({ 1: 0x1000n });
    hart.memory.punch(0x1000n, 0x2000n);
    assert.throws(() => {
      step(hart, 'lw', { rd: 0, rs1: 1 });
    }, ReferenceTrap);
    assert.equal(hart.pc, PC);
  });

  for (const [name, width] of Object.entries({ sb: 1, sh: 2, sw: 4, sd: 8 })) {
    it(`${name} stores ${width} bytes and no more`, () => {
      const hart = hartWith({ 1: 0x1000n, 2: 0x1122_3344_5566_7788n });
      hart.memory.write(0xff8n, 8, -1n);
      hart.memory.write(0x1000n, 8, -1n);
      step(hart, name, { rs1: 1, rs2: 2, imm: -1 });
      assert.equal(hart.memory.read(0xfffn, width), BigInt.asUintN(8 * width, 0x1122_3344_5566_7788n));
      assert.equal(hart.memory.read(0xffen, 1), 0xffn);
      assert.equal(hart.memory.read(0xfffn + BigInt(width), 1), 0xffn);
    });
  }

  it('a store that faults changes nothing', () => {
    const hart = hartWith({ 1: 0x0ffcn, 2: -1n });
    hart.memory.punch(0x1000n, 0x2000n);
    assert.throws(() => {
      step(hart, 'sd', { rs1: 1, rs2: 2 });
    }, ReferenceTrap);
    assert.deepEqual([hart.memory.read(0x0ffcn, 4), hart.pc], [0n, PC]);
  });
});

describe('atomics', () => {
  const memory = 0x8000_0000_8000_0001n;
  const source = 0x0000_0001_7fff_fffen;
  const expected: Readonly<Record<string, bigint>> = {
    'amoswap.w': 0x7fff_fffen,
    'amoadd.w': 0xffff_ffffn,
    'amoxor.w': 0xffff_ffffn,
    'amoand.w': 0x0000_0000n,
    'amoor.w': 0xffff_ffffn,
    'amomin.w': 0x8000_0001n,
    'amomax.w': 0x7fff_fffen,
    'amominu.w': 0x7fff_fffen,
    'amomaxu.w': 0x8000_0001n,
    'amoswap.d': source,
    'amoadd.d': 0x8000_0001_ffff_ffffn,
    'amoxor.d': 0x8000_0001_ffff_ffffn,
    'amoand.d': 0n,
    'amoor.d': 0x8000_0001_ffff_ffffn,
    'amomin.d': memory,
    'amomax.d': source,
    'amominu.d': source,
    'amomaxu.d': memory,
  };
  for (const [name, value] of Object.entries(expected)) {
    it(`${name} works on its width alone`, () => {
      const width = name.endsWith('.w') ? 4 : 8;
      const hart = hartWith({ 1: 0x1000n, 2: source });
      hart.memory.write(0x1000n, 8, memory);
      step(hart, name, { rd: 3, rs1: 1, rs2: 2 });
      assert.equal(hart.x[3], width === 4 ? 0xffff_ffff_8000_0001n : memory, 'rd');
      assert.equal(hart.memory.read(0x1000n, width), value, 'memory');
      if (width === 4) assert.equal(hart.memory.read(0x1004n, 4), memory >> 32n, 'the word above');
    });

    it(`${name} traps on a misaligned address`, () => {
      const hart = hartWith({ 1: 0x1002n });
      assert.throws(
        () => {
          step(hart, name, { rd: 1, rs1: 1, rs2: 1 });
        },
        { trap: 'misaligned', address: 0x1002n },
      );
      assert.equal(hart.x[1], 0x1002n);
    });
  }

  it('all atomics are tested', () => {
    const described = instructions.filter(({ extension }) => extension === 'A').map(({ name }) => name);
    assert.deepEqual(described.sort(), [...Object.keys(expected), 'lr.w', 'lr.d', 'sc.w', 'sc.d'].sort());
  });

  it('sc gives 0 and stores after lr of the same address, and 1 the second time', () => {
    const hart = hartWith({ 1: 0x1000n, 2: 42n });
    hart.memory.write(0x1000n, 4, 0x8000_0000n);
    step(hart, 'lr.w', { rd: 3, rs1: 1 });
    assert.equal(hart.x[3], 0xffff_ffff_8000_0000n);
    step(hart, 'sc.w', { rd: 4, rs1: 1, rs2: 2 });
    assert.deepEqual([hart.x[4], hart.memory.read(0x1000n, 4)], [0n, 42n]);
    hart.x[2] = 43n;
    step(hart, 'sc.w', { rd: 4, rs1: 1, rs2: 2 });
    assert.deepEqual([hart.x[4], hart.memory.read(0x1000n, 4)], [1n, 42n]);
  });
});

describe('CSR instructions', () => {
  const WRITABLE = 0x340;
  const READ_ONLY = 0xc00;

  function hartWithCsrs(): ReferenceHart {
    const hart = hartWith({ 1: 0b0110n });
    hart.csr.set(WRITABLE, 0b0011n);
    hart.csr.set(READ_ONLY, 7n);
    return hart;
  }

  const results: Readonly<Record<string, bigint>> = { csrrw: 0b0110n, csrrs: 0b0111n, csrrc: 0b0001n };
  for (const [name, value] of Object.entries(results)) {
    it(`${name} and ${name}i give the old value and change the CSR`, () => {
      const hart = hartWithCsrs();
      step(hart, name, { rd: 1, rs1: 1, csr: WRITABLE });
      assert.deepEqual([hart.x[1], hart.csr.get(WRITABLE)], [0b0011n, value]);
      hart.csr.set(WRITABLE, 0b0011n);
      step(hart, `${name}i`, { rd: 2, imm: 0b0110, csr: WRITABLE });
      assert.deepEqual([hart.x[2], hart.csr.get(WRITABLE)], [0b0011n, value]);
    });
  }

  for (const name of ['csrrs', 'csrrc', 'csrrsi', 'csrrci']) {
    it(`${name} with a zero source only reads`, () => {
      const hart = hartWithCsrs();
      step(hart, name, { rd: 2, rs1: 0, imm: 0, csr: READ_ONLY });
      assert.equal(hart.x[2], 7n);
    });
  }

  for (const name of ['csrrw', 'csrrs', 'csrrc', 'csrrwi', 'csrrsi', 'csrrci']) {
    it(`${name} with another source traps on a read-only CSR and changes nothing`, () => {
      const hart = hartWithCsrs();
      hart.x[5] = 0n;
      assert.throws(
        () => {
          step(hart, name, { rd: 5, rs1: 5, imm: 1, csr: READ_ONLY });
        },
        { trap: 'illegal-instruction' },
      );
      assert.deepEqual([hart.x[5], hart.pc], [0n, PC]);
    });
  }

  it('absent CSRs are illegal', () => {
    assert.throws(
      () => {
        step(hartWithCsrs(), 'csrrs', { rd: 1, csr: 0x5ff });
      },
      { trap: 'illegal-instruction' },
    );
  });
});

describe('privileged, fence and cache-block instructions', () => {
  it('ask the environment for what they name', () => {
    const hart = new ReferenceHart();
    const names = ['ecall', 'ebreak', 'mret', 'sret', 'wfi', 'fence.i', 'sfence.vma', 'sinval.vma'];
    for (const name of [...names, 'sfence.w.inval', 'sfence.inval.ir']) step(hart, name);
    const operations = ['ecall', 'ebreak', 'mret', 'sret', 'wfi', 'fence.i', 'sfence.vma', 'sinval'];
    assert.deepEqual(hart.system, [...operations, 'sfence.order', 'sfence.order']);
  });

  it('fences and hints do nothing', () => {
    const hart = new ReferenceHart();
    hart.memory.punch(0n, 0x1000n);
    for (const name of ['fence', 'fence.tso', 'pause', 'prefetch.i', 'prefetch.r', 'prefetch.w']) step(hart, name);
    assert.deepEqual([hart.system, hart.pc], [[], PC + 24n]);
  });

  it('cbo.zero zeroes the aligned 64 bytes around its address', () => {
    const hart = hartWith({ 1: 0x1047n });
    for (const at of [0x1038n, 0x1040n, 0x1078n, 0x1080n]) hart.memory.write(at, 8, -1n);
    step(hart, 'cbo.zero', { rs1: 1 });
    const words = [0x1038n, 0x1040n, 0x1078n, 0x1080n].map((at) => hart.memory.read(at, 1));
    assert.deepEqual(words, [0xffn, 0n, 0n, 0xffn]);
  });

  it('a hint is decoded as the hint, and as what it is otherwise when it is not one', () => {
    assert.equal(decode(0x0100000f)?.instruction.name, 'pause');
    assert.equal(decode(0x0110000f)?.instruction.name, 'fence');
    assert.equal(decode(0x00106013)?.instruction.name, 'prefetch.r');
    assert.equal(decode(0x00206013)?.instruction.name, 'ori');
  });
});
