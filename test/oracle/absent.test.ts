import assert from 'node:assert/strict';
import { encode } from '../assembler.ts';
import { integerOperand } from '../operands.ts';
import { Random } from '../random.ts';
import { Outcome } from './comparison.ts';
import { SANDBOX, SANDBOX_SIZE, csr, result } from './layout.ts';
import type { LoadedCsr } from './layout.ts';
import { Program } from './program.ts';
import type { Privilege, TestCase } from './program.ts';
import { runInRetrograde } from './retrograde.ts';

/**
 * The extensions that QEMU 7.2 has not, by the same programs: what they must do is written out here once more, from the
 * specification alone.
 */

const CASES = 4000;
const ILLEGAL_INSTRUCTION = 2n;
const BREAKPOINT = 3n;
const STORE_ACCESS_FAULT = 7n;
const RS1 = 10;

function oneInstruction(random: Random, bits: number, rest: Partial<TestCase>): TestCase {
  return {
    code: [bits & 0xffff, bits >>> 16],
    family: 'absent from QEMU',
    privilege: 'U',
    mstatus: 0n,
    fcsr: 0,
    x: Array.from({ length: 32 }, () => integerOperand(random)),
    f: [],
    watches: [],
    ...rest,
  };
}

const xOf = (outcome: Outcome, register: number): bigint => outcome.word(result.x + 8 * register);

describe('instructions that QEMU 7.2 has not', () => {
  it('Zicond: czero.eqz and czero.nez give rs1 or zero, as rs2 is zero or not', () => {
    const random = new Random(1);
    const program = new Program(random);
    const expected: bigint[] = [];
    while (program.cases.length < CASES) {
      const name = random.pick(['czero.eqz', 'czero.nez'] as const);
      const [rs1, rs2, rd] = [random.below(32), random.below(32), 1 + random.below(31)];
      const test = oneInstruction(random, encode(name, { rd, rs1, rs2 }), {});
      const x = test.x.map((value, register) => (register === 0 || random.once(4) ? 0n : value));
      program.add({ ...test, x });
      const zero = name === 'czero.eqz' ? x[rs2] === 0n : x[rs2] !== 0n;
      expected.push(...x.map((value, register) => (register !== rd ? value : zero ? 0n : (x[rs1] ?? 0n))));
    }
    const results = runInRetrograde(program);
    for (const { index } of program.cases) {
      const outcome = new Outcome(results, index);
      assert.equal(outcome.csr('mcause'), BREAKPOINT);
      for (let register = 1; register < 32; register++) {
        assert.equal(xOf(outcome, register), expected[32 * index + register], `case ${index}, x${register}`);
      }
    }
  });

  // menvcfg and senvcfg: CBIE in bits 5 and 4, CBCFE in bit 6, CBZE in bit 7.
  const enables = { 'cbo.inval': 0x30n, 'cbo.clean': 0x40n, 'cbo.flush': 0x40n, 'cbo.zero': 0x80n } as const;

  it('Zicbom and Zicboz: enabled by menvcfg and senvcfg, and only cbo.zero changes memory: its 64-byte block', () => {
    const random = new Random(2);
    const program = new Program(random);
    const expected: { cause: bigint; zeroed: boolean }[] = [];
    while (program.cases.length < CASES) {
      const name = random.pick(['cbo.inval', 'cbo.clean', 'cbo.flush', 'cbo.zero'] as const);
      const privilege: Privilege = random.pick(['M', 'S', 'U']);
      // CBIE = 2 is reserved: both of its bits, or one, or none.
      const environment = (): bigint => (random.bits64() & 0xc0n) | random.pick([0n, 0x10n, 0x30n]);
      const [machine, supervisor] = [environment(), environment()];
      // Somewhere in a block, with 8 bytes on either side of the block to look at.
      const inside = !random.once(8);
      const block = SANDBOX + 64 * (1 + random.below(SANDBOX_SIZE / 64 - 2));
      const address = (inside ? block : SANDBOX + SANDBOX_SIZE + 64 * random.below(8)) + random.below(64);
      const test = oneInstruction(random, encode(name, { rs1: RS1 }), {
        privilege,
        csrs: new Map<LoadedCsr, bigint>([
          [csr.menvcfg, machine],
          [csr.senvcfg, supervisor],
        ]),
        watches: [block - 8, block, block + 32, block + 56, block + 64],
      });
      const x = test.x.map((value, register) => (register === RS1 ? BigInt(address) : value));
      program.add({ ...test, x });
      const enable = enables[name];
      const enabled =
        (privilege === 'M' || (machine & enable) !== 0n) && (privilege !== 'U' || (supervisor & enable) !== 0n);
      // Outside of the sandbox nothing is granted to S and U.
      const permitted = privilege === 'M' || inside;
      expected.push({
        cause: !enabled ? ILLEGAL_INSTRUCTION : permitted ? BREAKPOINT : STORE_ACCESS_FAULT,
        zeroed: enabled && inside && name === 'cbo.zero',
      });
    }
    const memory = new Map<number, bigint>();
    const initial = new DataView(program.image.buffer);
    const wordAt = (address: number): bigint =>
      memory.get(address) ?? initial.getBigUint64(address - 0x8000_0000, true);
    const results = runInRetrograde(program);
    for (const { index, test } of program.cases) {
      const outcome = new Outcome(results, index);
      const { cause, zeroed } = expected[index] ?? assert.fail('no expectation');
      assert.equal(outcome.csr('mcause'), cause, `case ${index}`);
      const [, block] = test.watches;
      assert(block !== undefined);
      if (zeroed) for (let offset = 0; offset < 64; offset += 8) memory.set(block + offset, 0n);
      for (const [watch, address] of test.watches.entries()) {
        assert.equal(
          outcome.word(result.watches + 8 * watch),
          wordAt(address),
          `case ${index}, ${address.toString(16)}`,
        );
      }
    }
  });
});
