import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatCounter, parseDestination, resolveDestination } from '../../extension/moment.ts';

describe('a counter', () => {
  it('is written in groups of three', () => {
    assert.equal(formatCounter(0), '0');
    assert.equal(formatCounter(999), '999');
    assert.equal(formatCounter(1000), '1,000');
    assert.equal(formatCounter(1234567), '1,234,567');
    assert.equal(formatCounter(Number.MAX_SAFE_INTEGER), '9,007,199,254,740,991');
  });

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (counter) => {
        assert.deepEqual(parseDestination(formatCounter(counter)), { kind: 'counter', counter });
      }),
    );
  });
});

describe('a destination', () => {
  it('may be a counter, a distance, or an end of history', () => {
    assert.deepEqual(parseDestination(' 1_000 000 '), { kind: 'counter', counter: 1000000 });
    assert.deepEqual(parseDestination('+1,000'), { kind: 'relative', steps: 1000 });
    assert.deepEqual(parseDestination('-20'), { kind: 'relative', steps: -20 });
    assert.deepEqual(parseDestination('12.5 %'), { kind: 'percent', percent: 12.5 });
    assert.deepEqual(parseDestination('Start'), { kind: 'start' });
    assert.deepEqual(parseDestination('end'), { kind: 'end' });
  });

  it('is nothing else', () => {
    for (const text of [
      '',
      ' ',
      '-',
      '+',
      '0x10',
      '1.5',
      '1e3',
      'begin',
      '9007199254740992',
      '--1',
      '1-2',
      '101%',
      '%',
      '-5%',
    ]) {
      assert.equal(parseDestination(text), undefined, text);
    }
  });

  it('is kept within the recording', () => {
    assert.equal(resolveDestination({ kind: 'counter', counter: 500 }, 7, 100), 100);
    assert.equal(resolveDestination({ kind: 'relative', steps: -50 }, 7, 100), 0);
    assert.equal(resolveDestination({ kind: 'relative', steps: 50 }, 70, 100), 100);
    assert.equal(resolveDestination({ kind: 'relative', steps: -5 }, 70, 100), 65);
    assert.equal(resolveDestination({ kind: 'percent', percent: 50 }, 7, 101), 50);
    assert.equal(resolveDestination({ kind: 'start' }, 70, 100), 0);
    assert.equal(resolveDestination({ kind: 'end' }, 70, 100), 100);
  });
});
