import assert from 'node:assert/strict';
import type { TestSession } from './debug-session.ts';
import { frameOf, sessionOnValues } from './values-session.ts';

describe('setExpression', function () {
  this.timeout(180_000);
  let session: TestSession;
  let show: number;
  before(async () => {
    session = await sessionOnValues();
    show = await frameOf(session, 'show');
  });
  after(() => session.stop());

  const set = async (expression: string, value: string): Promise<string> =>
    ((await session.request('setExpression', { expression, value, frameId: show })) as { value: string }).value;
  const refusal = (expression: string, value: string): Promise<string> =>
    session.refusal('setExpression', { expression, value, frameId: show });
  const ask = async (expression: string): Promise<string> =>
    (await session.client.evaluateRequest({ expression, frameId: show })).body.result;

  const written: readonly (readonly [expression: string, value: string, shown: string])[] = [
    ['zero', '41 + 1', '42'],
    ['zero', 'local', '8'],
    ['zero', "'A'", '65'],
    ['tiny', '-128', "-128 '\\200'"],
    ['small', '255', "255 '\\377'"],
    ['small', '-1', "255 '\\377'"],
    ['negative', '0x7fff', '32767'],
    ['large', '-1', '-1'],
    ['huge', '0xffffffffffffffff', '18446744073709551615'],
    ['truth', 'false', 'false'],
    ['truth', '17', 'true'],
    ['ratio', '-0.125', '-0.125'],
    ['ratio', '3', '3'],
    ['single', '1.5', '1.5'],
    ['extended', '-2.5', '-2.5'],
    ['number.word', '0x3f800000', '1065353216'],
    ['root.colour', 'RED', 'RED'],
    ['root.colour', 'BLUE', 'BLUE'],
    ['allowed', 'READ | WRITE', '(READ | WRITE)'],
    ['owed', 'CREDIT', 'CREDIT'],
    ['flags.low', '7', '7'],
    ['flags.middle', '-16', '-16'],
    ['flags.high', '0x123456', '1193046'],
    ['flags.wide', '0xffffffffff', '1099511627775'],
    ['flags.yes', '0', 'false'],
    ['root.corners[2].y', '-7', '-7'],
    ['root.next', '&leaf', '0x'],
    ['root.next->corner.x', '99', '99'],
    ['root.operation', 'subtract', '0x'],
    ['nothing', '0', '0x0'],
    ['text', '"goodbye"', '"goodbye"'],
    ['root.corner', 'place[0]', '{x = 30, y = 40}'],
    ['atomic.counter', '43', '43'],
    ['matrix[1][2]', 'vector[9]', '81'],
    ['*pointer', '-9', '-9'],
    ['**indirect', '8', '8'],
    ['$s1', '0x55', '85'],
    ['$sstatus.SUM', '1', '1'],
    ['$fs0', '1.25', '1.25'],
    ['phys(int, (unsigned long)&zero)', '5', '5'],
  ];

  for (const [expression, value, shown] of written) {
    it(`writes ${value} to ${expression}`, async () => {
      const answer = await set(expression, value);
      if (shown === '0x') assert.match(answer, /^0x80/);
      else assert.equal(answer, shown);
      if (!expression.startsWith('$')) assert.equal(await ask(expression), answer);
    });
  }

  it('leaves the neighbours of a bit-field alone', async () => {
    for (const [field, value] of [
      ['low', 1],
      ['middle', 2],
      ['high', 3],
      ['wide', 4],
      ['yes', 1],
    ] as const) {
      await set(`flags.${field}`, String(value));
    }
    assert.equal(await ask('flags'), '{low = 1, middle = 2, high = 3, wide = 4, yes = true}');
    await set('flags.middle', '-1');
    assert.equal(await ask('flags'), '{low = 1, middle = -1, high = 3, wide = 4, yes = true}');
  });

  const refused: readonly (readonly [expression: string, value: string, why: RegExp])[] = [
    ['small', '256', /Column 1: 256 does not fit into unsigned char: 0 to 255/],
    ['tiny', '-129', /-129 does not fit into signed char: -128 to 127/],
    ['zero', '0x100000000', /4294967296 does not fit into int: -2147483648 to 2147483647/],
    ['flags.low', '8', /8 does not fit into a bit-field of 3 bits: 0 to 7/],
    ['zero', '1.5', /1\.5 is no integer, as int is/],
    ['zero', 'nonsense', /There is no "nonsense"/],
    ['zero + 1', '3', /zero \+ 1.* is no object in memory or in a register/],
    ['root.label', '"a string"', /nowhere in the guest/],
    ['text', '"far too long a text to fit"', /The string has 26 bytes, text has room for 13/],
    ['root', 'leaf.corner', /A struct point cannot become a struct outer/],
    ['root', '1', /A int cannot become a struct outer/],
    ['$zero', '1', /\$zero cannot be changed in this frame/],
    ['$misa', '0', /misa is read-only/],
    ['$pc', '0x80000000', /\$pc cannot be changed in this frame: only in the innermost one/],
    ['*(int *)0', '1', /There is no memory at physical address 0x0|Nothing is mapped/],
    ['*(char *)0x10000000', '1', /register of uart0/],
    ['7', '8', /is no object/],
    ['add', '1', /cannot be changed|no object/],
  ];

  for (const [expression, value, why] of refused) {
    it(`refuses ${value} for ${expression}, and says why`, async () => {
      assert.match(await refusal(expression, value), why);
    });
  }

  it('changes a register that a callee saved where it lies, and leaves the hart its own', async () => {
    const run = await frameOf(session, 'run');
    const own = await session.evaluate('$s0', 'watch');
    const value = { expression: '$s0', value: '0x77', frameId: run };
    assert.match(((await session.request('setExpression', value)) as { value: string }).value, /^0x77|^119/);
    assert.equal(await session.evaluate('$s0', 'watch'), own);
    const body = (await session.request('evaluate', { expression: '(long)$s0', frameId: run })) as { result: string };
    assert.equal(body.result, '119');
  });

  it('changes the innermost frame by the rules of the hart', async () => {
    assert.match(await session.refusal('setExpression', { expression: '$pc', value: '0x80000001' }), /even addresses/);
    assert.match(await session.refusal('setExpression', { expression: '$zero', value: '1' }), /x0 is always zero/);
    const moved = (await session.request('setExpression', { expression: '$pc', value: 'add' })) as { value: string };
    assert.match(moved.value, /<add>$/);
    assert.equal((await session.stack(1))[0]?.name, 'add');
  });
});

describe('assignments in the debug console', function () {
  this.timeout(180_000);
  let session: TestSession;
  before(async () => {
    session = await sessionOnValues();
  });
  after(() => session.stop());
  const say = (line: string): Promise<string> => session.evaluate(line, 'repl');

  it('are those of C', async () => {
    assert.equal(await say('zero = 5'), '5');
    assert.equal(await say('zero += 3'), '8');
    assert.equal(await say('zero <<= 2'), '32');
    assert.equal(await say('zero >>= 1'), '16');
    assert.equal(await say('zero |= 3'), '19');
    assert.equal(await say('zero %= 10'), '9');
    assert.equal(await say('zero++'), '10');
    assert.equal(await say('--zero'), '9');
    assert.equal(await say('small += 10'), "4 '\\004'");
    assert.equal(await say('vector[1] = zero = 3'), '3');
    assert.equal(await say('vector[1]'), '3');
    assert.equal(await say('root.next = &leaf'), await say('&leaf'));
    assert.equal(await say('root.next->next = root.next'), await say('&leaf'));
    assert.match(await say('$a0 = 1'), /^0x0000000000000001 \(1\)$/);
    assert.match(await say('$a0 -= 2'), /^0xffffffffffffffff \(-1\)$/);
    assert.equal(await say('$sstatus.SUM = 1'), '1');
    assert.equal(await say('flags.low = 2'), '2');
    assert.match(await say('anything = &words[1]'), /^0x80/);
  });

  it('stand alone, and nowhere else', async () => {
    assert.match(await session.refusal('evaluate', { expression: '(zero = 1) + 1', context: 'repl' }), /stands alone/);
    assert.match(
      await session.refusal('evaluate', { expression: 'zero = 1', context: 'watch' }),
      /in the debug console/,
    );
    assert.match(
      await session.refusal('evaluate', { expression: 'zero = 1', context: 'hover' }),
      /in the debug console/,
    );
    assert.match(
      await session.refusal('evaluate', { expression: '5 = zero', context: 'repl' }),
      /Column 1: 5 is no object/,
    );
  });

  it('are remarked upon where a CSR has rules', async () => {
    await say('$mstatus = 0x10000000002');
    assert.match(session.output.get('console') ?? '', /mstatus became 0x.* rather than 0x10000000002: .*UXL/);
  });
});
