import assert from 'node:assert/strict';
import { evaluateLocation, type ExpressionContext } from '../../../../adapter/symbols/dwarf/expression.ts';
import type { BaseType } from '../../../../adapter/symbols/dwarf/typed-value.ts';
import { UnavailableError } from '../../../../adapter/symbols/dwarf/unavailable-error.ts';

/** Of the unit that the expressions are of, by their offsets. */
const TYPES: Readonly<Record<number, BaseType>> = {
  1: { kind: 'signed', size: 4 },
  2: { kind: 'unsigned', size: 4 },
  3: { kind: 'float', size: 8 },
  4: { kind: 'float', size: 4 },
  5: { kind: 'signed', size: 8 },
  6: { kind: 'unsigned', size: 16 },
  7: { kind: 'signed', size: 1 },
};

const context: ExpressionContext = {
  readRegister: (register) => REGISTERS[register],
  readMemory: () => Uint8Array.of(0xff, 0xff, 0xff, 0xff),
  baseType: (offset) => TYPES[offset],
  entryValue: ([, register]) => REGISTERS[register ?? 0],
};

const [INT, UNSIGNED, DOUBLE, FLOAT, LONG, WIDE, CHAR] = [1, 2, 3, 4, 5, 6, 7];

/** a0 is -7 as an int, zero-extended; a1 is 2; fa0 is 5.5 as a double, fa1 2.25 as a float in a box of ones. */
const REGISTERS: Readonly<Record<number, bigint>> = {
  10: 0xffff_fff9n,
  11: 2n,
  42: 0x4016_0000_0000_0000n,
  43: 0xffff_ffff_4010_0000n,
};

const regval = (register: number, type: number): number[] => [0xa5, register, type];
const convert = (type: number): number[] => [0xa8, type];
const [DIV, MOD, MINUS, MUL, NEG, PLUS, SHR, SHRA, LT, AND, ABS] = [
  0x1b, 0x1d, 0x1c, 0x1e, 0x1f, 0x22, 0x25, 0x26, 0x2d, 0x1a, 0x19,
]; // prettier-ignore

function double(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}

describe('DWARF expressions of typed numbers', () => {
  const cases: readonly (readonly [title: string, bytes: readonly number[], value: bigint])[] = [
    ['an int is divided with its sign', [...regval(10, INT), ...regval(11, INT), DIV], BigInt.asUintN(64, -3n)],
    ['an unsigned one without', [...regval(10, UNSIGNED), ...regval(11, UNSIGNED), DIV], 0x7fff_fffcn],
    [
      'the rest has the sign of what is divided',
      [...regval(10, INT), ...regval(11, INT), MOD],
      BigInt.asUintN(64, -1n),
    ],
    ['a sum stays within its type', [...regval(10, UNSIGNED), 0x08, 9, ...convert(UNSIGNED), PLUS], 2n],
    ['a constant is added in the type', [...regval(10, UNSIGNED), 0x23, 9], 2n],
    ['a longer type is filled with the sign', [...regval(10, INT), ...convert(LONG), 0xa8, 0], BigInt.asUintN(64, -7n)],
    ['or without it', [...regval(10, UNSIGNED), ...convert(LONG)], 0xffff_fff9n],
    ['a shorter one takes the low bits', [...regval(10, INT), ...convert(CHAR)], BigInt.asUintN(64, -7n)],
    ['shr shifts zeroes in', [...regval(10, INT), 0x31, SHR], 0x7fff_fffcn],
    ['shra shifts the sign in', [...regval(10, INT), 0x31, SHRA], BigInt.asUintN(64, -4n)],
    ['a comparison has the sign of its type', [...regval(10, INT), ...regval(11, INT), LT], 1n],
    ['and none for an unsigned one', [...regval(10, UNSIGNED), ...regval(11, UNSIGNED), LT], 0n],
    ['doubles are divided', [...regval(42, DOUBLE), ...regval(11, INT), ...convert(DOUBLE), DIV], double(2.75)],
    ['subtracted', [...regval(42, DOUBLE), ...regval(43, FLOAT), ...convert(DOUBLE), MINUS], double(3.25)],
    ['negated', [...regval(42, DOUBLE), NEG], double(-5.5)],
    ['and made positive', [...regval(42, DOUBLE), NEG, ABS], double(5.5)],
    ['floats are 32 bits', [...regval(43, FLOAT), ...regval(43, FLOAT), MUL], 0x40a2_0000n],
    ['a double is cut off to an integer', [...regval(42, DOUBLE), NEG, ...convert(INT)], BigInt.asUintN(64, -5n)],
    ['or taken for its bits', [...regval(42, DOUBLE), 0xa9, LONG], double(5.5)],
    ['doubles are compared', [...regval(42, DOUBLE), NEG, ...regval(42, DOUBLE), LT], 1n],
    ['memory has the type of what lies there', [0x30, 0xa6, 4, INT, ...convert(LONG)], BigInt.asUintN(64, -1n)],
    ['constants too', [0xa4, INT, 4, 0xfe, 0xff, 0xff, 0xff, ...convert(LONG)], BigInt.asUintN(64, -2n)],
    ['so has what a register held on entry', [0xa3, 3, ...regval(42, DOUBLE), NEG], double(-5.5)],
    ['generic numbers are 64 bits as ever', [0x7a, 0, 0x31, PLUS], 0xffff_fffan],
  ];
  for (const [title, bytes, value] of cases) {
    it(title, () => {
      assert.deepEqual(evaluateLocation(Uint8Array.of(...bytes, 0x9f), context), { kind: 'value', value });
    });
  }

  const refused: readonly (readonly [title: string, bytes: readonly number[], reason: RegExp])[] = [
    [
      'different types together',
      [...regval(10, INT), ...regval(11, UNSIGNED), PLUS],
      /mixes numbers of different types/,
    ],
    ['the bits of floating-point numbers', [...regval(42, DOUBLE), ...regval(42, DOUBLE), AND], /for integers only/],
    ['a division by zero', [...regval(10, INT), 0x30, ...convert(INT), DIV], /divides by zero/],
    ['an integer of what is none', [0x30, ...convert(DOUBLE), 0x12, DIV, ...convert(INT)], /no number/],
    ['a number for one of another size', [...regval(10, INT), 0xa9, DOUBLE], /another size/],
    ['numbers of 16 bytes', regval(10, WIDE), /16 bytes/],
    ['a type that is none', regval(10, 99), /not known/],
  ];
  for (const [title, bytes, reason] of refused) {
    it(`say that there is no value for ${title}`, () => {
      assert.throws(
        () => evaluateLocation(Uint8Array.of(...bytes, 0x9f), context),
        (error) => error instanceof UnavailableError && reason.test(error.message),
      );
    });
  }
});
