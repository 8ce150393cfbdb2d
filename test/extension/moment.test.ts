import assert from 'node:assert/strict';
import { formatCounter } from '../../extension/moment.ts';

describe('a counter', () => {
  it('is written in groups of three', () => {
    assert.equal(formatCounter(0), '0');
    assert.equal(formatCounter(999), '999');
    assert.equal(formatCounter(1000), '1,000');
    assert.equal(formatCounter(1234567), '1,234,567');
    assert.equal(formatCounter(Number.MAX_SAFE_INTEGER), '9,007,199,254,740,991');
  });
});
