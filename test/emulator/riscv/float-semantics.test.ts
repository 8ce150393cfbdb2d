/** What the F and D instructions do around the arithmetic: registers, NaN boxing, rounding modes, flags, signs. */
import assert from 'node:assert/strict';
import type { DecodedInstruction, Instruction } from '../../../emulator/riscv/instruction.ts';
import { instructions } from '../../../emulator/riscv/instructions.ts';
import { execute } from './reference-emitter.ts';
import { INEXACT, INVALID } from './reference-float.ts';
import { ReferenceHart } from './reference-hart.ts';

const BOX = 0xffffffff_00000000n;
const NAN_32 = 0x7fc00000n;
const DYNAMIC = 7;
const RTZ = 1;

const floats = instructions.filter(({ extension }) => extension === 'F' || extension === 'D');

function byName(name: string): Instruction {
  return floats.find((instruction) => instruction.name === name) ?? assert.fail(`${name} is not described`);
}

/** f1, f2 and f3 are the sources, f4 or x4 the result; x1 holds an address or an integer. */
function run(name: string, hart: ReferenceHart, fields: Partial<Omit<DecodedInstruction, 'instruction'>> = {}): void {
  const usual = { length: 4, compressedName: undefined, rd: 4, rs1: 1, rs2: 2, rs3: 3, imm: 0, rm: 0, csr: 0 } as const;
  execute(hart, { ...usual, ...fields, instruction: byName(name) });
}

function hartWith(f1: bigint, f2 = 0n, f3 = 0n): ReferenceHart {
  const hart = new ReferenceHart();
  [hart.f[1], hart.f[2], hart.f[3]] = [f1, f2, f3];
  return hart;
}

const boxed = (single: number): bigint => BOX | BigInt(new Uint32Array(new Float32Array([single]).buffer)[0] ?? 0);
const bits = (double: number): bigint => new BigUint64Array(new Float64Array([double]).buffer)[0] ?? 0n;

const readsFloatValue = ({ format, name }: Instruction): boolean =>
  (format.startsWith('F') || format.startsWith('x-to-F')) && !/^(fl[wd]|fs[wd]|fmv)/.test(name);
const hasRounding = ({ format }: Instruction): boolean => /-rm$|^FR4$/.test(format);

describe('floating-point instructions', () => {
  it('are illegal while mstatus.FS is off', () => {
    assert(floats.length >= 60);
    for (const { name } of floats) {
      const hart = new ReferenceHart();
      hart.floatOn = false;
      assert.throws(
        () => {
          run(name, hart);
        },
        { trap: 'illegal-instruction' },
        name,
      );
    }
  });

  it('are illegal with a reserved rounding mode, in the instruction or in frm', () => {
    for (const { name } of floats.filter(hasRounding)) {
      assert.throws(
        () => {
          run(name, new ReferenceHart(), { rm: 5 });
        },
        { trap: 'illegal-instruction' },
        name,
      );
      const hart = new ReferenceHart();
      hart.frm = 5;
      assert.throws(
        () => {
          run(name, hart, { rm: DYNAMIC });
        },
        { trap: 'illegal-instruction' },
        name,
      );
    }
  });

  it('round as the instruction says, or frm', () => {
    const hart = hartWith(boxed(1), boxed(2 ** -30));
    hart.frm = RTZ;
    run('fsub.s', hart, { rm: DYNAMIC });
    assert.equal(hart.f[4], boxed(1 - 2 ** -24));
    run('fsub.s', hart, { rm: 0 });
    assert.equal(hart.f[4], boxed(1));
    assert.equal(hart.fflags, INEXACT);
  });

  it('accumulate flags', () => {
    const hart = hartWith(boxed(Infinity), boxed(Infinity));
    hart.fflags = INEXACT;
    run('fsub.s', hart);
    assert.deepEqual([hart.f[4], hart.fflags], [BOX | NAN_32, INEXACT | INVALID]);
  });

  it('take an unboxed single for the canonical NaN', () => {
    const unboxed = 0xfffffffe_3f800000n;
    for (const name of ['fadd.s', 'fmul.s', 'fsqrt.s', 'fmadd.s']) {
      const hart = hartWith(unboxed, boxed(1), boxed(1));
      run(name, hart);
      assert.deepEqual([hart.f[4], hart.fflags], [BOX | NAN_32, 0], name);
    }
    const hart = hartWith(unboxed, boxed(-1));
    run('fsgnj.s', hart);
    assert.equal(hart.f[4], BOX | 0xffc00000n);
    run('fclass.s', hart);
    assert.equal(hart.x[4], 1n << 9n);
    run('fcvt.w.s', hart);
    assert.equal(hart.x[4], 0x7fffffffn);
    run('fcvt.d.s', hart);
    assert.equal(hart.f[4], 0x7ff8000000000000n);
  });

  it('store singles boxed', () => {
    const hart = hartWith(boxed(1.5), boxed(2));
    for (const instruction of floats.filter(({ name, format }) => name.endsWith('.s') && format.startsWith('FR'))) {
      hart.f.fill(0n, 4);
      run(instruction.name, hart);
      assert.equal((hart.f[4] ?? 0n) & BOX, BOX, instruction.name);
    }
  });

  it('move and store bits without looking at the box', () => {
    const hart = hartWith(0x12345678_9abcdef0n, 0x12345678_9abcdef0n);
    run('fmv.x.w', hart);
    assert.equal(hart.x[4], 0xffffffff_9abcdef0n);
    run('fmv.x.d', hart);
    assert.equal(hart.x[4], 0x12345678_9abcdef0n);
    hart.x[1] = 0x1000n;
    run('fsw', hart);
    assert.equal(hart.memory.read(0x1000n, 8), 0x9abcdef0n);
    run('fsd', hart);
    run('flw', hart);
    assert.equal(hart.f[4], BOX | 0x9abcdef0n);
    run('fld', hart);
    assert.equal(hart.f[4], 0x12345678_9abcdef0n);
    run('fmv.w.x', hart);
    assert.equal(hart.f[4], BOX | 0x1000n);
    run('fmv.d.x', hart);
    assert.equal(hart.f[4], 0x1000n);
  });

  it('inject signs', () => {
    const cases = { 'fsgnj.d': -1.5, 'fsgnjn.d': 1.5, 'fsgnjx.d': -1.5 };
    for (const [name, expected] of Object.entries(cases)) {
      const hart = hartWith(bits(1.5), bits(-2));
      run(name, hart);
      assert.equal(hart.f[4], bits(expected), name);
    }
    const hart = hartWith(boxed(-1.5), boxed(-2));
    run('fsgnjx.s', hart);
    assert.equal(hart.f[4], boxed(1.5));
  });

  it('negate the product, the addend or both', () => {
    const cases = { fmadd: 2 * 3 + 10, fmsub: 2 * 3 - 10, fnmsub: -(2 * 3) + 10, fnmadd: -(2 * 3) - 10 };
    for (const [name, expected] of Object.entries(cases)) {
      const doubles = hartWith(bits(2), bits(3), bits(10));
      run(`${name}.d`, doubles);
      assert.equal(doubles.f[4], bits(expected), name);
      const singles = hartWith(boxed(2), boxed(3), boxed(10));
      run(`${name}.s`, singles);
      assert.equal(singles.f[4], boxed(expected), name);
    }
  });

  it('convert to integers that are sign-extended from 32 bits, unsigned ones too', () => {
    const hart = hartWith(bits(4294967295), boxed(-1));
    run('fcvt.wu.d', hart);
    assert.equal(hart.x[4], 0xffffffff_ffffffffn);
    run('fcvt.lu.d', hart);
    assert.equal(hart.x[4], 0xffffffffn);
    run('fcvt.w.s', hart, { rs1: 2 });
    assert.equal(hart.x[4], 0xffffffff_ffffffffn);
    run('fcvt.wu.s', hart, { rs1: 2 });
    assert.equal(hart.x[4], 0n);
    assert.equal(hart.fflags, INVALID);
  });

  it('convert from integers of the width they name', () => {
    const hart = new ReferenceHart();
    hart.x[1] = 0x1_ffff_ffffn;
    const cases = { 'fcvt.d.w': -1, 'fcvt.d.wu': 4294967295, 'fcvt.d.l': 8589934591, 'fcvt.d.lu': 8589934591 };
    for (const [name, expected] of Object.entries(cases)) {
      run(name, hart);
      assert.equal(hart.f[4], bits(expected), name);
    }
  });

  it('compare into integer registers', () => {
    const hart = hartWith(boxed(1), boxed(2));
    for (const [name, expected] of Object.entries({ 'feq.s': 0n, 'flt.s': 1n, 'fle.s': 1n })) {
      run(name, hart);
      assert.equal(hart.x[4], expected, name);
    }
  });

  it('raise flags even where the result is discarded', () => {
    const hart = hartWith(boxed(NaN), boxed(1));
    run('flt.s', hart, { rd: 0 });
    assert.equal(hart.fflags, INVALID);
  });

  it('leave their sources as they were', () => {
    for (const { name } of floats.filter(readsFloatValue)) {
      const hart = hartWith(boxed(1), boxed(2), boxed(3));
      run(name, hart);
      assert.deepEqual(hart.f.slice(1, 4), [boxed(1), boxed(2), boxed(3)], name);
      assert.equal(hart.pc, 0x8000_0004n);
    }
  });
});
