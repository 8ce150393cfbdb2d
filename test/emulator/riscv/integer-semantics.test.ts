/** What the integer instructions compute, against the manual's definitions written as arithmetic on bigint. */
import assert from 'node:assert/strict';
import type { Instruction } from '../../../emulator/riscv/instruction.ts';
import { instructions } from '../../../emulator/riscv/instructions.ts';
import { execute } from './reference-emitter.ts';
import { ReferenceHart } from './reference-hart.ts';

const u64 = (value: bigint): bigint => BigInt.asUintN(64, value);
const s64 = (value: bigint): bigint => BigInt.asIntN(64, value);
const u32 = (value: bigint): bigint => BigInt.asUintN(32, value);
const s32 = (value: bigint): bigint => BigInt.asIntN(32, value);
const low = (value: bigint, bits: number): bigint => BigInt.asUintN(bits, value);

/** Quotient and remainder as the M extension defines them, whatever the width. */
const quotient = (a: bigint, b: bigint): bigint => (b === 0n ? -1n : a / b);
const remainder = (a: bigint, b: bigint): bigint => (b === 0n ? a : a % b);
const rotated = (value: bigint, left: bigint, bits: bigint): bigint =>
  low((value << (left % bits)) | (value >> (bits - (left % bits))), Number(bits));
const leadingZeros = (value: bigint, bits: number): bigint => {
  let count = 0n;
  for (let bit = bits - 1; bit >= 0 && ((value >> BigInt(bit)) & 1n) === 0n; bit--) count++;
  return count;
};
const trailingZeros = (value: bigint, bits: number): bigint => {
  let count = 0n;
  for (let bit = 0; bit < bits && ((value >> BigInt(bit)) & 1n) === 0n; bit++) count++;
  return count;
};
const ones = (value: bigint): bigint => {
  let count = 0n;
  for (let rest = value; rest !== 0n; rest >>= 1n) count += rest & 1n;
  return count;
};
const bytesOf = (value: bigint): bigint[] =>
  Array.from({ length: 8 }, (_, index) => (value >> BigInt(8 * index)) & 0xffn);
const fromBytes = (bytes: readonly bigint[]): bigint =>
  bytes.reduce((value, byte, index) => value | (byte << BigInt(8 * index)), 0n);

/**
 * rd from rs1 (a) and rs2 or the immediate (b), both unsigned 64-bit, b sign-extended if an immediate. The result is
 * taken modulo 2^64.
 */
const meaning: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  addi: (a, b) => a + b,
  slti: (a, b) => (s64(a) < s64(b) ? 1n : 0n),
  sltiu: (a, b) => (a < b ? 1n : 0n),
  xori: (a, b) => a ^ b,
  ori: (a, b) => a | b,
  andi: (a, b) => a & b,
  slli: (a, b) => a << low(b, 6),
  srli: (a, b) => a >> low(b, 6),
  srai: (a, b) => s64(a) >> low(b, 6),
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  sll: (a, b) => a << low(b, 6),
  slt: (a, b) => (s64(a) < s64(b) ? 1n : 0n),
  sltu: (a, b) => (a < b ? 1n : 0n),
  xor: (a, b) => a ^ b,
  srl: (a, b) => a >> low(b, 6),
  sra: (a, b) => s64(a) >> low(b, 6),
  or: (a, b) => a | b,
  and: (a, b) => a & b,
  addiw: (a, b) => s32(a + b),
  slliw: (a, b) => s32(a << low(b, 5)),
  srliw: (a, b) => s32(u32(a) >> low(b, 5)),
  sraiw: (a, b) => s32(a) >> low(b, 5),
  addw: (a, b) => s32(a + b),
  subw: (a, b) => s32(a - b),
  sllw: (a, b) => s32(a << low(b, 5)),
  srlw: (a, b) => s32(u32(a) >> low(b, 5)),
  sraw: (a, b) => s32(a) >> low(b, 5),

  mul: (a, b) => a * b,
  mulh: (a, b) => (s64(a) * s64(b)) >> 64n,
  mulhsu: (a, b) => (s64(a) * b) >> 64n,
  mulhu: (a, b) => (a * b) >> 64n,
  div: (a, b) => quotient(s64(a), s64(b)),
  divu: (a, b) => quotient(a, b),
  rem: (a, b) => remainder(s64(a), s64(b)),
  remu: (a, b) => remainder(a, b),
  mulw: (a, b) => s32(a * b),
  divw: (a, b) => s32(quotient(s32(a), s32(b))),
  divuw: (a, b) => s32(quotient(u32(a), u32(b))),
  remw: (a, b) => s32(remainder(s32(a), s32(b))),
  remuw: (a, b) => s32(remainder(u32(a), u32(b))),

  sh1add: (a, b) => b + 2n * a,
  sh2add: (a, b) => b + 4n * a,
  sh3add: (a, b) => b + 8n * a,
  'add.uw': (a, b) => b + u32(a),
  'sh1add.uw': (a, b) => b + 2n * u32(a),
  'sh2add.uw': (a, b) => b + 4n * u32(a),
  'sh3add.uw': (a, b) => b + 8n * u32(a),
  'slli.uw': (a, b) => u32(a) << low(b, 6),

  andn: (a, b) => a & ~b,
  orn: (a, b) => a | ~b,
  xnor: (a, b) => ~(a ^ b),
  clz: (a) => leadingZeros(a, 64),
  ctz: (a) => trailingZeros(a, 64),
  cpop: (a) => ones(a),
  clzw: (a) => leadingZeros(u32(a), 32),
  ctzw: (a) => trailingZeros(u32(a), 32),
  cpopw: (a) => ones(u32(a)),
  'sext.b': (a) => BigInt.asIntN(8, a),
  'sext.h': (a) => BigInt.asIntN(16, a),
  'zext.h': (a) => low(a, 16),
  min: (a, b) => (s64(a) < s64(b) ? a : b),
  minu: (a, b) => (a < b ? a : b),
  max: (a, b) => (s64(a) > s64(b) ? a : b),
  maxu: (a, b) => (a > b ? a : b),
  rol: (a, b) => rotated(a, low(b, 6), 64n),
  ror: (a, b) => rotated(a, 64n - low(b, 6), 64n),
  rori: (a, b) => rotated(a, 64n - low(b, 6), 64n),
  rolw: (a, b) => s32(rotated(u32(a), low(b, 5), 32n)),
  rorw: (a, b) => s32(rotated(u32(a), 32n - low(b, 5), 32n)),
  roriw: (a, b) => s32(rotated(u32(a), 32n - low(b, 5), 32n)),
  'orc.b': (a) => fromBytes(bytesOf(a).map((byte) => (byte === 0n ? 0n : 0xffn))),
  rev8: (a) => fromBytes(bytesOf(a).reverse()),

  bclr: (a, b) => a & ~(1n << low(b, 6)),
  bclri: (a, b) => a & ~(1n << low(b, 6)),
  bext: (a, b) => (a >> low(b, 6)) & 1n,
  bexti: (a, b) => (a >> low(b, 6)) & 1n,
  binv: (a, b) => a ^ (1n << low(b, 6)),
  binvi: (a, b) => a ^ (1n << low(b, 6)),
  bset: (a, b) => a | (1n << low(b, 6)),
  bseti: (a, b) => a | (1n << low(b, 6)),

  'czero.eqz': (a, b) => (b === 0n ? 0n : a),
  'czero.nez': (a, b) => (b === 0n ? a : 0n),
};

/** Results known from the manual's tables or worked out by hand, so that a slip shared by both formulas shows. */
const known: readonly (readonly [name: string, a: bigint, b: bigint, rd: bigint])[] = [
  ['div', 7n, 0n, -1n],
  ['div', -(2n ** 63n), -1n, -(2n ** 63n)],
  ['rem', -(2n ** 63n), -1n, 0n],
  ['rem', -7n, 0n, -7n],
  ['rem', -7n, 2n, -1n],
  ['div', -7n, 2n, -3n],
  ['divu', 7n, 0n, -1n],
  ['remu', 7n, 0n, 7n],
  ['divw', 0x80000000n, 0xffffffffn, 0xffffffff80000000n],
  ['remw', 0x80000000n, 0xffffffffn, 0n],
  ['divuw', 0xfffffffen, 0n, -1n],
  ['remuw', 0x80000001n, 0n, 0xffffffff80000001n],
  ['mulh', -1n, -1n, 0n],
  ['mulhsu', -1n, -1n, -1n],
  ['mulhu', -1n, -1n, -2n],
  ['mulw', 0x10000n, 0x8000n, 0xffffffff80000000n],
  ['addw', 0x7fffffffn, 1n, 0xffffffff80000000n],
  ['addiw', 0x1_7fff_ffffn, 0n, 0x7fffffffn],
  ['sltiu', 5n, -1n, 1n],
  ['srliw', 0xffffffff80000000n, 31n, 1n],
  ['sraiw', 0x80000000n, 31n, -1n],
  ['sllw', 1n, 31n, 0xffffffff80000000n],
  ['sllw', 1n, 32n, 1n],
  ['sll', 1n, 64n, 1n],
  ['rorw', 1n, 1n, 0xffffffff80000000n],
  ['rolw', 0x80000000n, 1n, 1n],
  ['ror', 1n, 1n, 0x8000000000000000n],
  ['orc.b', 0x0100_8000_00ff_0001n, 0n, 0xff00_ff00_00ff_00ffn],
  ['rev8', 0x0102_0304_0506_0708n, 0n, 0x0807_0605_0403_0201n],
  ['clzw', 0xffffffff00000000n, 0n, 32n],
  ['ctzw', 0xffffffff00000000n, 0n, 32n],
  ['clz', 0n, 0n, 64n],
  ['ctz', 0n, 0n, 64n],
  ['sh3add.uw', 0xffffffff_ffffffffn, 1n, 0x7_ffff_fff9n],
  ['slli.uw', 0xffffffff_80000000n, 1n, 0x1_0000_0000n],
  ['max', -1n, 1n, 1n],
  ['maxu', -1n, 1n, -1n],
];

const edges: readonly bigint[] = [
  0n,
  1n,
  2n,
  31n,
  32n,
  63n,
  64n,
  0x7fn,
  0x80n,
  0xffffn,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  0x100000000n,
  0x0102030405060708n,
  0x8000000000000001n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  -(2n ** 31n),
  -(2n ** 31n) - 1n,
  -2n,
  -1n,
];

function byName(name: string): Instruction {
  const instruction = instructions.find((candidate) => candidate.name === name);
  assert(instruction, `${name} is not described`);
  return instruction;
}

interface Fields {
  readonly rd: number;
  readonly rs1: number;
  readonly rs2: number;
  readonly imm: number;
}

function run(instruction: Instruction, fields: Fields, values: readonly (readonly [number, bigint])[]): bigint {
  const hart = new ReferenceHart();
  for (const [register, value] of values) hart.x[register] = u64(value);
  execute(hart, { instruction, length: 4, compressedName: undefined, rs3: 0, rm: 0, csr: 0, ...fields });
  assert.equal(hart.x[0], 0n);
  assert.equal(hart.pc, 0x8000_0004n);
  return hart.x[fields.rd] ?? 0n;
}

const takesImmediate = ({ format }: Instruction): boolean => ['I', 'shift6', 'shift5'].includes(format);
const immediates = ({ format }: Instruction): readonly number[] =>
  format === 'I' ? [0, 1, -1, 2047, -2048, 5, -8] : format === 'shift6' ? [0, 1, 31, 32, 63] : [0, 1, 15, 31];

/** rd = rs1 op b, with b in rs2 or as the immediate. */
function compute(name: string, a: bigint, b: bigint): bigint {
  const instruction = byName(name);
  const fields = { rd: 3, rs1: 1, rs2: takesImmediate(instruction) ? 0 : 2, imm: Number(s64(b)) };
  return run(instruction, fields, [
    [1, a],
    [2, b],
  ]);
}

describe('integer instructions', () => {
  it('are all given a meaning here', () => {
    const computing = ['I', 'M', 'Zba', 'Zbb', 'Zbs', 'Zicond'];
    const formats = ['R', 'R-unary', 'I', 'shift6', 'shift5'];
    const described = instructions.filter(
      ({ extension, format }) => computing.includes(extension) && formats.includes(format),
    );
    assert.deepEqual(described.map(({ name }) => name).sort(), Object.keys(meaning).sort());
  });

  for (const [name, f] of Object.entries(meaning)) {
    it(`${name} computes what the manual says`, () => {
      const instruction = byName(name);
      const seconds = takesImmediate(instruction) ? immediates(instruction).map(BigInt) : edges;
      for (const a of edges) {
        for (const b of seconds) {
          assert.equal(compute(name, a, b), u64(f(u64(a), u64(b))), `${name} of ${a.toString(16)}, ${b.toString(16)}`);
        }
      }
    });
  }

  it('give the results that are known beforehand', () => {
    for (const [name, a, b, rd] of known) {
      assert.equal(compute(name, a, b), u64(rd), `${name} of ${a.toString(16)}, ${b.toString(16)}`);
    }
  });

  it('may read and write the same register', () => {
    for (const [name, f] of Object.entries(meaning)) {
      const instruction = byName(name);
      const value = 0x8000_0000_1234_5605n;
      const same = run(instruction, { rd: 1, rs1: 1, rs2: 1, imm: 5 }, [[1, value]]);
      assert.equal(same, u64(f(value, takesImmediate(instruction) ? 5n : value)), name);
    }
  });

  it('write nothing to x0', () => {
    for (const name of Object.keys(meaning)) run(byName(name), { rd: 0, rs1: 1, rs2: 2, imm: 1 }, [[1, -1n]]);
  });
});
