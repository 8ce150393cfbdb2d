import assert from 'node:assert/strict';
import { encode, type Assembler } from '../../assembler.ts';
import { a0, a1, fingerprint, hart, machineRunning, snapshot, START, t0, t1, t2, zero } from './program.ts';

/** Law 4: no cache is architecturally visible. */

const ADD_ONE = encode('addi', { rd: a0, rs1: a0, imm: 1 });
const ADD_TWO = encode('addi', { rd: a0, rs1: a0, imm: 2 });
const SATP = 0x180;
const MSTATUS = 0x300;
const MEPC = 0x341;

describe('a store to code', () => {
  it('changes the very next instruction, with no fence', () => {
    const machine = machineRunning((program) => {
      program.constant(t0, 0x8000_0000 + 40);
      program.constant(t1, ADD_TWO);
      program.emit('sw', { rs1: t0, rs2: t1, imm: -4 }); // at 32, writes 36
      program.emit('addi', { rd: a0, rs1: a0, imm: 1 }); // 36: replaced
      program.emit('ecall');
    });
    machine.run(machine.counter + 10);
    assert.equal(hart(machine).readX(a0), 2n);
  });

  it('changes an instruction that has run before', () => {
    const machine = machineRunning((program) => {
      program.constant(t0, 0x8000_0000 + 32);
      program.constant(t1, ADD_TWO);
      program.emit('addi', { rd: a0, rs1: a0, imm: 1 }); // 32
      program.emit('sw', { rs1: t0, rs2: t1 });
      program.emit('jal', { rd: zero, imm: -8 });
    });
    machine.run(machine.counter + 8 + 3 * 3);
    assert.equal(hart(machine).readX(a0), 1n + 2n + 2n);
  });

  it('changes half of an instruction that crosses into the next page', () => {
    const start = 4094;
    const machine = machineRunning((program) => {
      program.constant(t0, 0x8000_1000);
      program.emit('addi', { rd: t1, imm: 0x25 }); // bits 31:16 of addi a0, a0, 2
      program.constant(t2, 0x8000_0000 + start);
      program.emit('jalr', { rd: 1, rs1: t2 });
      program.emit('sh', { rs1: t0, rs2: t1 });
      program.emit('jalr', { rd: 1, rs1: t2 });
      program.emit('ecall');
      while (program.size < start - 2) program.emit('addi');
      // At 4092: c.nop, then addi a0, a0, 1 across the border, then ret.
      appendBytes(program, [
        0x01,
        0x00,
        ...littleEndian(ADD_ONE),
        ...littleEndian(encode('jalr', { rs1: 1 })),
        0x01,
        0x00,
      ]);
    });
    machine.run(machine.counter + 16);
    assert.equal(hart(machine).readX(a0), 1n + 2n);
  });
});

describe('a page of code that is stored to again and again', () => {
  const STORES = 300;
  const cell = 0x8000_0000 + 2048;

  it('goes on as it is, and a store to its code still counts', () => {
    const machine = machineRunning((program) => {
      program.constant(t0, cell);
      program.emit('addi', { rd: t1, imm: STORES });
      const top = program.size;
      program.emit('sd', { rs1: t0, rs2: t1 });
      program.emit('addi', { rd: t1, rs1: t1, imm: -1 });
      program.emit('bne', { rs1: t1, imm: top - program.size });
      const here = program.size;
      program.constant(t0, 0x8000_0000 + here + 64);
      program.constant(t1, ADD_TWO);
      program.emit('sw', { rs1: t0, rs2: t1 });
      while (program.size < here + 64) program.emit('addi');
      program.emit('addi', { rd: a0, rs1: a0, imm: 1 }); // replaced
      program.emit('ecall');
    });
    machine.run(machine.counter + 3 * STORES + 40);
    assert.equal(hart(machine).readX(a0), 2n);
    assert.deepEqual(machine.readPhysical(BigInt(cell), 1).bytes, Uint8Array.of(1));
  });

  it('is executed anew after it was data', () => {
    const machine = machineRunning((program) => {
      const page = 0x8000_1000;
      const call = (): void => {
        program.constant(t0, page);
        program.emit('jalr', { rd: 1, rs1: t0 });
      };
      const put = (bits: number): void => {
        program.constant(t0, page);
        program.constant(t1, bits);
        program.emit('sw', { rs1: t0, rs2: t1 });
        program.constant(t1, encode('jalr', { rs1: 1 }));
        program.emit('sw', { rs1: t0, rs2: t1, imm: 4 });
      };
      put(ADD_ONE);
      call();
      program.constant(t0, page);
      program.emit('addi', { rd: t1, imm: STORES });
      const top = program.size;
      program.emit('sd', { rs1: t0, rs2: t1 });
      program.emit('addi', { rd: t0, rs1: t0, imm: 8 });
      program.emit('addi', { rd: t1, rs1: t1, imm: -1 });
      program.emit('bne', { rs1: t1, imm: top - program.size });
      put(ADD_TWO);
      call();
      put(ADD_ONE);
      call();
      program.emit('jal');
    });
    machine.run(machine.counter + 4 * STORES + 100);
    assert.equal(hart(machine).readX(a0), 1n + 2n + 1n);
  });
});

describe('a store to a page table', () => {
  /** Root at 0x80010000 maps gigapages; leaf tables give 0x40000000 as a page of data and 0x40001000 of code. */
  const paged = (body: (program: Assembler) => void) =>
    machineRunning((program) => {
      const pte = (table: number, index: number, physical: number, flags: number): void => {
        program.constant(t0, table + index * 8);
        program.constant(t1, (physical >>> 12) * 1024 + flags);
        program.emit('sd', { rs1: t0, rs2: t1 });
      };
      pte(0x8001_0000, 2, 0x8000_0000, 0xcf); // identity gigapage
      pte(0x8001_0000, 1, 0x8001_1000, 1);
      pte(0x8001_1000, 0, 0x8001_2000, 1);
      pte(0x8001_2000, 0, 0x8002_0000, 0xc7);
      pte(0x8001_2000, 1, 0x8003_0000, 0xcf);
      const value = (address: number, number: number): void => {
        program.constant(t0, address);
        program.emit('addi', { rd: t1, imm: number });
        program.emit('sd', { rs1: t0, rs2: t1 });
      };
      value(0x8002_0000, 11);
      value(0x8002_1000, 22);
      // satp: Sv39
      program.emit('addi', { rd: t0, imm: 8 });
      program.emit('slli', { rd: t0, rs1: t0, imm: 60 });
      program.constant(t1, 0x8001_0000 / 4096);
      program.emit('or', { rd: t0, rs1: t0, rs2: t1 });
      program.emit('csrrw', { rd: zero, rs1: t0, csr: SATP });
      // pmp: everything
      program.emit('addi', { rd: t0, imm: -1 });
      program.emit('csrrw', { rd: zero, rs1: t0, csr: 0x3b0 });
      program.emit('addi', { rd: t0, imm: 0x1f });
      program.emit('csrrw', { rd: zero, rs1: t0, csr: 0x3a0 });
      // To S-mode, after this.
      program.emit('addi', { rd: t0, imm: 1 });
      program.emit('slli', { rd: t0, rs1: t0, imm: 11 });
      program.emit('csrrs', { rd: zero, rs1: t0, csr: MSTATUS });
      program.emit('auipc', { rd: t0 });
      program.emit('addi', { rd: t0, rs1: t0, imm: 16 });
      program.emit('csrrw', { rd: zero, rs1: t0, csr: MEPC });
      program.emit('mret');
      body(program);
      program.emit('ebreak');
    });
  const toTheEnd = { conditions: [{ kind: 'trap', cause: { code: 3, interrupt: false } }] } as const;

  it('takes effect at the next load, with no sfence.vma', () => {
    const machine = paged((program) => {
      program.constant(t2, 0x4000_0000);
      program.emit('ld', { rd: a0, rs1: t2 });
      program.constant(t0, 0x8001_2000);
      program.constant(t1, (0x8002_1000 >>> 12) * 1024 + 0xc7);
      program.emit('sd', { rs1: t0, rs2: t1 });
      program.emit('ld', { rd: a1, rs1: t2 });
    });
    assert.equal(machine.run(machine.counter + 1000, toTheEnd).kind, 'hit');
    assert.equal(hart(machine).readX(a0), 11n);
    assert.equal(hart(machine).readX(a1), 22n);
  });

  /** Stores an entry of a table: a leaf that may be read and written, or a pointer. */
  const entry = (program: Assembler, at: number, physical: number, flags: number): void => {
    program.constant(t0, at);
    program.constant(t1, (physical >>> 12) * 1024 + flags);
    program.emit('sd', { rs1: t0, rs2: t1 });
  };
  const DATA_FLAGS = 0xc7;
  const POINTER = 1;

  it('takes effect wherever in the tree its table is met', () => {
    const machine = paged((program) => {
      // The tables of 0x40000000 serve 0xc0000000, too, and 0x40200000.
      entry(program, 0x8001_0018, 0x8001_1000, POINTER);
      entry(program, 0x8001_1008, 0x8001_2000, POINTER);
      program.emit('addi', { rd: a1 });
      for (const address of [0x4000_0000, 0xc000_0000, 0x4020_0000]) {
        program.constant(t2, address);
        program.emit('ld', { rd: t0, rs1: t2 });
        program.emit('add', { rd: a0, rs1: a0, rs2: t0 });
      }
      entry(program, 0x8001_2000, 0x8002_1000, DATA_FLAGS);
      for (const address of [0x4000_0000, 0xc000_0000, 0x4020_0000]) {
        program.constant(t2, address);
        program.emit('ld', { rd: t0, rs1: t2 });
        program.emit('add', { rd: a1, rs1: a1, rs2: t0 });
      }
    });
    assert.equal(machine.run(machine.counter + 1000, toTheEnd).kind, 'hit');
    assert.equal(hart(machine).readX(a0), 33n);
    assert.equal(hart(machine).readX(a1), 66n);
  });

  it('takes effect for all that lies below a pointer', () => {
    for (const [at, index] of [
      [0x8001_0008, 1],
      [0x8001_1000, 0],
    ] as const) {
      const machine = paged((program) => {
        program.constant(t2, 0x4000_0000);
        program.emit('ld', { rd: a0, rs1: t2 });
        // Other tables, which give 0x40000000 another page.
        entry(program, 0x8001_3000, 0x8001_4000, POINTER);
        entry(program, 0x8001_4000, 0x8002_1000, DATA_FLAGS);
        entry(program, at, index === 1 ? 0x8001_3000 : 0x8001_4000, POINTER);
        program.constant(t2, 0x4000_0000);
        program.emit('ld', { rd: a1, rs1: t2 });
      });
      assert.equal(machine.run(machine.counter + 1000, toTheEnd).kind, 'hit');
      assert.equal(hart(machine).readX(a0), 11n);
      assert.equal(hart(machine).readX(a1), 22n);
    }
  });

  it('takes effect again after the table was emptied and filled, and stored to through itself', () => {
    const machine = paged((program) => {
      program.constant(t2, 0x4000_0000);
      program.emit('ld', { rd: a0, rs1: t2 });
      program.constant(t0, 0x8001_2000);
      program.emit('sd', { rs1: t0, rs2: zero });
      program.emit('sd', { rs1: t0, rs2: zero });
      // The table is a page of its own address space now: 0x40000000 is itself.
      entry(program, 0x8001_2000, 0x8001_2000, DATA_FLAGS);
      program.emit('ld', { rd: a1, rs1: t2 });
      program.emit('sub', { rd: a1, rs1: a1, rs2: t1 }); // what was stored is what was loaded: 0
      program.constant(t1, (0x8002_1000 >>> 12) * 1024 + DATA_FLAGS);
      program.emit('sd', { rs1: t2, rs2: t1 });
      program.emit('ld', { rd: t0, rs1: t2 });
      program.emit('add', { rd: a1, rs1: a1, rs2: t0 });
    });
    assert.equal(machine.run(machine.counter + 1000, toTheEnd).kind, 'hit');
    assert.equal(hart(machine).readX(a0), 11n);
    assert.equal(hart(machine).readX(a1), 22n);
  });

  it('takes effect in the upper half of the address space', () => {
    const machine = paged((program) => {
      entry(program, 0x8001_0000 + 511 * 8, 0x8001_1000, POINTER);
      program.emit('addi', { rd: t2, imm: -1 });
      program.emit('slli', { rd: t2, rs1: t2, imm: 30 });
      program.emit('ld', { rd: a0, rs1: t2 });
      entry(program, 0x8001_3000, 0x8001_4000, POINTER);
      entry(program, 0x8001_4000, 0x8002_1000, DATA_FLAGS);
      entry(program, 0x8001_0000 + 511 * 8, 0x8001_3000, POINTER);
      program.emit('ld', { rd: a1, rs1: t2 });
    });
    assert.equal(machine.run(machine.counter + 1000, toTheEnd).kind, 'hit');
    assert.equal(hart(machine).readX(a0), 11n);
    assert.equal(hart(machine).readX(a1), 22n);
  });

  it('takes effect for the page being executed, as if it had been fetched anew', () => {
    // The code at 0x40001000 (physical 0x80030000) remaps its own page to 0x80031000, where the next word differs.
    const machine = paged((program) => {
      const word = (address: number, bits: number): void => {
        program.constant(t0, address);
        program.constant(t1, bits);
        program.emit('sw', { rs1: t0, rs2: t1 });
      };
      word(0x8003_0000, encode('sd', { rs1: a1, rs2: t2 }));
      word(0x8003_0004, ADD_ONE);
      word(0x8003_0008, encode('ebreak'));
      word(0x8003_1004, ADD_TWO);
      word(0x8003_1008, encode('ebreak'));
      program.constant(a1, 0x8001_2008);
      program.constant(t2, (0x8003_1000 >>> 12) * 1024 + 0xcf);
      program.constant(t0, 0x4000_1000);
      program.emit('jalr', { rd: zero, rs1: t0 });
    });
    assert.equal(machine.run(machine.counter + 1000, toTheEnd).kind, 'hit');
    assert.equal(hart(machine).readX(a0), 2n);
  });
});

describe('looking', () => {
  it('changes nothing: no accessed bit, no cached translation, no device register (law 6)', () => {
    const machine = machineRunning((program) => {
      program.emit('ecall');
    });
    const before = fingerprint(machine);
    machine.readVirtual(0, START, 64);
    machine.readPhysical(0x1000_0000n, 8);
    machine.readPhysical(0x0c00_0000n, 64);
    machine.translate(0, 0xffff_ffff_8000_0000n);
    for (let csr = 0; csr < 4096; csr++) hart(machine).readCsr(csr);
    assert.equal(fingerprint(machine), before);
  });
});

describe('a restored state', () => {
  it('runs on exactly as the first time (law 7)', () => {
    const machine = machineRunning((program) => {
      const loop = program.label();
      program.constant(t0, 0x8000_2000);
      program.place(loop);
      program.emit('addi', { rd: a0, rs1: a0, imm: 3 });
      program.emit('sd', { rs1: t0, rs2: a0 });
      program.emit('addi', { rd: t0, rs1: t0, imm: 8 });
      program.branch('jal', { rd: zero }, loop);
    });
    machine.run(machine.counter + 500);
    const restore = snapshot(machine);
    const target = machine.counter + 12_345;
    machine.run(target);
    const straight = fingerprint(machine);
    restore();
    machine.run(target);
    assert.equal(fingerprint(machine), straight);
  });
});

function littleEndian(bits: number): number[] {
  return [bits & 0xff, (bits >>> 8) & 0xff, (bits >>> 16) & 0xff, bits >>> 24];
}

/** Whole words of bytes after the code so far. */
function appendBytes(program: Assembler, bytes: readonly number[]): void {
  assert.equal(bytes.length % 4, 0);
  for (let index = 0; index < bytes.length; index += 4) {
    const [a = 0, b = 0, c = 0, d = 0] = bytes.slice(index, index + 4);
    program.data((a | (b << 8) | (c << 16) | (d << 24)) >>> 0);
  }
}
