import assert from 'node:assert/strict';
import { evaluate, type Environment } from '../../../adapter/session/expression/evaluate.ts';
import { parseExpression } from '../../../adapter/session/expression/parse.ts';

const REGISTERS = new Map([
  ['a0', 5n],
  ['sp', 0x100n],
]);
const SYMBOLS = new Map([
  ['jiffies', { name: 'jiffies', address: 0x10n, size: 8 }],
  ['flag', { name: 'flag', address: 0x21n, size: 1 }],
  ['queue', { name: 'queue', address: 0x40n, size: 64 }],
  ['main', { name: 'main', address: 0x200n, size: 8 }],
]);

/** Memory in which the byte at address n is n mod 256, up to address 0x1000. */
const environment: Environment = {
  register: (name) => REGISTERS.get(name),
  symbol: (name) => SYMBOLS.get(name),
  isFunction: (symbol) => symbol.name === 'main',
  load: (address, width) => {
    if (address + BigInt(width) > 0x1000n) return undefined;
    let value = 0n;
    for (let index = width - 1; index >= 0; index--) value = (value << 8n) | ((address + BigInt(index)) & 0xffn);
    return value;
  },
};

const valueOf = (text: string): bigint => evaluate(parseExpression(text), environment).value;

describe('expressions of the debug console', () => {
  const values: readonly (readonly [string, bigint])[] = [
    ['42', 42n],
    ['0x2A', 42n],
    ['a0', 5n],
    ['$a0', 5n],
    ['1 + 2 * 3', 7n],
    ['(1 + 2) * 3', 9n],
    ['10 - 2 - 3', 5n],
    ['7 / 2', 3n],
    ['7 % 4', 3n],
    ['1 << 4 | 1', 17n],
    ['6 & 3 ^ 1', 3n],
    ['1 << 64', 0n],
    ['-1', 0xffff_ffff_ffff_ffffn],
    ['~0 >> 60', 15n],
    ['0 - 1', 0xffff_ffff_ffff_ffffn],
    ['jiffies', 0x1716_1514_1312_1110n],
    ['&jiffies', 0x10n],
    ['&queue + 8', 0x48n],
    ['flag', 0x21n],
    ['*sp', 0x0706_0504_0302_0100n],
    ['*u8(sp + 3)', 3n],
    ['*u16 0x102', 0x0302n],
    ['*u32(a0)', 0x0807_0605n],
    ['*u8 *u8 (sp + 3)', 3n],
    ['main', 0x200n],
  ];
  for (const [text, expected] of values) {
    it(`${text} is ${expected}`, () => {
      assert.equal(valueOf(text), expected);
    });
  }

  const refusals: readonly (readonly [string, RegExp])[] = [
    ['', /no expression/],
    ['1 +', /column 4: the expression ends too early/],
    ['(1', /column 3: the expression ends too early/],
    ['1 2', /column 3: "2" is not expected here/],
    ['12ab', /column 1: "12ab" is no number/],
    ['nowhere', /no register and no symbol "nowhere"/],
    ['1 / 0', /divides by zero/],
    ['*0x2000', /8 bytes at 0x2000 cannot be read/],
    ['**sp', /8 bytes at 0x706050403020100 cannot be read/],
    ['0x10000000000000000', /does not fit 64 bits/],
    ['&5', /"&" wants the name of a symbol/],
    ['('.repeat(500), /nested too deeply/],
  ];
  for (const [text, expected] of refusals) {
    it(`refuses ${JSON.stringify(text.slice(0, 20))}`, () => {
      assert.throws(() => valueOf(text), expected);
    });
  }

  it('knows where a value is in memory', () => {
    assert.deepEqual(evaluate(parseExpression('flag'), environment).location, { address: 0x21n, length: 1 });
    assert.deepEqual(evaluate(parseExpression('queue'), environment).location, { address: 0x40n, length: 64 });
    assert.equal(evaluate(parseExpression('flag + 1'), environment).location, undefined);
  });
});
