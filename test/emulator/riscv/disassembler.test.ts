/** The disassembler against GNU objdump: on every 16-bit encoding, on random 32-bit ones, and on a program. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { disassemble } from '../../../emulator/riscv/disassembler.ts';
import type { Disassembly, DisassemblyOptions } from '../../../emulator/riscv/disassembler.ts';
import { instructions } from '../../../emulator/riscv/instructions.ts';
import { requirePeer } from '../../peers.ts';
import { inTemporaryDirectory, objdumpCode, objdumpFile } from './objdump.ts';
import type { ObjdumpLine } from './objdump.ts';
import { randomNumbers } from './random.ts';

/** Where binutils 2.40 and we differ, and why. */
const differences: readonly { reason: string; applies: (ours: Disassembly, theirs: ObjdumpLine) => boolean }[] = [
  {
    reason: 'binutils 2.40 does not know Zicond',
    applies: (ours, { text }) => ours.instruction?.extension === 'Zicond' && isData(text),
  },
  {
    reason: 'reserved fields of fence and fence.i are carried out as if they were zero, binutils shows them as data',
    applies: (ours, { text }) => ['fence', 'fence.i'].includes(ours.instruction?.name ?? '') && isData(text),
  },
  {
    reason: 'conversions that are always exact may name any rounding mode, binutils 2.40 knows only rne',
    applies: (ours, { text }) => /^fcvt\.d\.(w|wu|s)$/.test(ours.mnemonic) && isData(text),
  },
  {
    reason: 'CSRs that the machine does not have are shown by number',
    applies: (ours, { text }) => ours.instruction?.extension === 'Zicsr' && differInCsrName(ours, text),
  },
  {
    reason: 'c.addi16sp of zero is reserved, and binutils shows it all the same',
    applies: (ours, { bits }) => bits === 0x6101 && isData(ours.text),
  },
  {
    reason: 'adding zero in place, a hint, is a move to us',
    applies: (ours, { text, length }) => length === 2 && ours.mnemonic === 'mv' && /^add (\w+),\1,0$/.test(text),
  },
  {
    reason: 'without aliases, binutils spells c.nop as c.addi of zero',
    applies: (ours, { text }) => ours.mnemonic === 'c.nop' && text.startsWith('c.addi zero,'),
  },
];

/** Everything is the same, but where we have a number there is a name. */
function differInCsrName({ mnemonic, operands }: Disassembly, theirs: string): boolean {
  const [theirMnemonic, theirOperands = ''] = theirs.split(' ');
  const named = theirOperands.split(',');
  return (
    theirMnemonic === mnemonic &&
    named.length === operands.length &&
    operands.every((operand, index) => {
      const name = named[index] ?? '';
      return operand === name || (operand.startsWith('0x') && /^[a-z][a-z0-9]+$/.test(name));
    })
  );
}

function isData(text: string): boolean {
  return /^\.[24]byte /.test(text);
}

/** Compares every line; fails with the first differences that nothing explains. */
function compare(lines: readonly ObjdumpLine[], options: DisassemblyOptions): ReadonlySet<string> {
  const explained = new Set<string>();
  const unexplained: string[] = [];
  for (const line of lines) {
    const ours = disassemble(line.bits, line.address, options);
    if (ours.text === line.text) continue;
    const difference = differences.find(({ applies }) => applies(ours, line));
    if (difference === undefined) unexplained.push(`${line.bits.toString(16)}: ${ours.text} | ${line.text}`);
    else explained.add(difference.reason);
  }
  assert.deepEqual(unexplained.slice(0, 20), [], `${unexplained.length} differ`);
  return explained;
}

function words(values: readonly number[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, index) => {
    bytes.setUint32(4 * index, value, true);
  });
  return new Uint8Array(bytes.buffer);
}

function halves(values: readonly number[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(2 * values.length));
  values.forEach((value, index) => {
    bytes.setUint16(2 * index, value, true);
  });
  return new Uint8Array(bytes.buffer);
}

/** Fields that choose special spellings when they are all zeros or ones are so more often than by chance. */
function randomEncodings(seed: number, perInstruction: number, others: number): readonly number[] {
  const next = randomNumbers(seed);
  const field = (): number => [0, 0x1f, 1, next(), next(), next()][next() % 6] ?? 0;
  const operands = (): number =>
    ((field() & 31) << 7) | ((field() & 7) << 12) | ((field() & 31) << 15) | ((field() & 31) << 20) | (field() << 25);
  const chosen = instructions.flatMap(({ match, mask }) =>
    Array.from({ length: perInstruction }, () => (match | (operands() & ~mask)) >>> 0),
  );
  const any = Array.from({ length: others }, () => (next() | 3) >>> 0);
  // Encodings of more than 32 bits begin with five ones; the machine has none.
  return [...chosen, ...any].filter((bits) => (bits & 0x1c) !== 0x1c);
}

interface Style {
  readonly name: string;
  /** Options of objdump. */
  readonly objdump: readonly string[];
  readonly options: DisassemblyOptions;
  /** Random operands per instruction. */
  readonly count: number;
}

const styles: readonly Style[] = [
  { name: 'with aliases', objdump: [], options: {}, count: 300 },
  { name: 'without aliases', objdump: ['no-aliases'], options: { aliases: false }, count: 100 },
  { name: 'with numeric registers', objdump: ['numeric'], options: { numericRegisters: true }, count: 20 },
];

describe('disassembler', () => {
  before(function () {
    requirePeer(this, 'riscv64-linux-gnu-objdump');
  });

  for (const { name, objdump, options, count } of styles) {
    it(`prints every 16-bit encoding as objdump does, ${name}`, () => {
      const encodings = Array.from({ length: 0x10000 }, (_, bits) => bits).filter((bits) => (bits & 3) !== 3);
      const lines = objdumpCode(halves(encodings), objdump);
      assert.equal(lines.length, encodings.length);
      compare(lines, options);
    });

    it(`prints random 32-bit encodings as objdump does, ${name}`, () => {
      const encodings = randomEncodings(20261122, count, 200 * count);
      const lines = objdumpCode(words(encodings), objdump);
      assert.equal(lines.length, encodings.length);
      assert(lines.length > 300 * count);
      compare(lines, options);
    });
  }

  it('needs every exception that is listed', () => {
    const some = halves([0x6101, 0x0081, 0x0005]);
    const many = words(randomEncodings(7, 50, 0));
    const met = new Set(
      styles.flatMap(({ objdump, options }) => [
        ...compare(objdumpCode(some, objdump), options),
        ...compare(objdumpCode(many, objdump), options),
      ]),
    );
    assert.deepEqual([...met].sort(), differences.map(({ reason }) => reason).sort());
  });

  it('prints a program with the C library in it as objdump does', function () {
    requirePeer(this, 'riscv64-linux-gnu-gcc');
    inTemporaryDirectory((directory) => {
      const [source, program] = [join(directory, 'program.c'), join(directory, 'program')];
      writeFileSync(
        source,
        '#include <stdio.h>\nint main(int n, char **v) { return printf("%s %f\\n", v[0], n / 3.0); }\n',
      );
      execFileSync('riscv64-linux-gnu-gcc', ['-O2', '-static', source, '-o', program]);
      const lines = objdumpFile(program).filter(({ text }) => !text.startsWith('.'));
      assert(lines.length > 50_000, `${lines.length} instructions`);
      compare(lines, {});
    });
  });

  it('prints compiled bit manipulation as objdump does', function () {
    requirePeer(this, 'riscv64-linux-gnu-gcc');
    inTemporaryDirectory((directory) => {
      const [source, object] = [join(directory, 'bits.c'), join(directory, 'bits.o')];
      const functions = [
        'long a(int *p, unsigned i) { return p[i]; }',
        'int b(long x) { return __builtin_clzl(x) + __builtin_ctz(x) + __builtin_popcountl(x); }',
        'long c(long x, int n) { return (x << n | (unsigned long)x >> (64 - n)) & ~(1l << n); }',
        'long d(long x, long y) { return __builtin_bswap64(x) ^ (x < y ? x : y) ^ (short)x ^ (unsigned short)y; }',
      ];
      writeFileSync(source, functions.join('\n'));
      execFileSync('riscv64-linux-gnu-gcc', ['-O2', '-march=rv64gc_zba_zbb_zbs', '-c', source, '-o', object]);
      const lines = objdumpFile(object);
      assert(lines.some(({ text }) => text.startsWith('rev8 ')));
      compare(lines, {});
    });
  });
});

describe('disassembly', () => {
  const text = (bits: number, options?: DisassemblyOptions): string => disassemble(bits, 0x80000000n, options).text;

  it('gives mnemonic, operands, length and target apart', () => {
    const { mnemonic, operands, length, target, instruction } = disassemble(0xfe051ee3, 0x80000000n);
    assert.deepEqual([mnemonic, operands, length, target], ['bnez', ['a0', '0x7ffffffc'], 4, 0x7ffffffcn]);
    assert.equal(instruction?.name, 'bne');
    assert.deepEqual(disassemble(0xa001, 0xffffffff80000000n).target, 0xffffffff80000000n);
    assert.equal(disassemble(0x8082, 0n).target, undefined);
  });

  it('writes what the address stands for when it is told', () => {
    const symbolize = (address: bigint): string => `start+${String(address - 0x7fffff00n)}`;
    assert.equal(text(0xfe051ee3, { symbolize }), 'bnez a0,0x7ffffffc <start+252>');
  });

  it('shows what is no instruction as data', () => {
    assert.equal(text(0xffffffff), '.4byte 0xffffffff');
    assert.equal(text(0x9c41), '.2byte 0x9c41');
    assert.equal(text(0x0000), 'unimp');
    assert.deepEqual(disassemble(0x9c41, 0n).instruction, undefined);
  });

  it('says which rounding mode is meant', () => {
    assert.equal(text(0x00c5f553), 'fadd.s fa0,fa1,fa2');
    assert.equal(text(0x00c59553), 'fadd.s fa0,fa1,fa2,rtz');
    assert.equal(text(0x42059553), 'fcvt.d.s fa0,fa1,rtz');
  });
});
