import assert from 'node:assert/strict';
import {
  callsAnswer,
  lastWriteAnswer,
  originAnswer,
  rowTooltip,
  valueHistoryAnswer,
} from '../../extension/past-answer.ts';

const moment = {
  counter: 1234567,
  instructionReference: '0x80000100',
  function: 'tick',
  source: { name: 'timer.c' },
  line: 38,
};

describe('an answer about the past', () => {
  it('tells who last wrote something, with the value before and after', () => {
    const body = { kind: 'store', moment, before: '0x04', after: '0x05', beforeValue: '4', afterValue: '5' };
    const { title, rows } = lastWriteAnswer('ticks', body);
    assert.equal(title, 'Who last wrote ticks');
    assert.deepEqual(rows, [{ counter: 1234567, label: 'ticks: 4 → 5', place: 'tick, timer.c:38' }]);
    assert.match(rowTooltip(rows[0] ?? assert.fail('no row')), /tick, timer\.c:38\nCounter 1,234,567/);
  });

  it('says so when nobody did', () => {
    const { note, rows } = lastWriteAnswer('ticks', { kind: 'initial' });
    assert.deepEqual([note, rows], ['Nothing has written ticks since power-on.', []]);
  });

  it('follows a value to its origin', () => {
    const links = [{ moment, instruction: 'sd a0, 0(sp)', holder: 'ticks', value: '0x5', bits: 64 }];
    const { note, rows } = originAnswer('ticks', {
      links,
      origin: { kind: 'computed', inputs: [{ name: 'a0', value: '4' }] },
    });
    assert.equal(note, 'Its origin: computed from a0 = 4.');
    assert.equal(rows[0]?.label, 'ticks = 0x5  sd a0, 0(sp)');
  });

  it('lists values and calls, and tells when they are not all', () => {
    const changes = [{ ...moment, value: '0x05', text: '5' }];
    const values = valueHistoryAnswer('ticks', { initial: '0x00', initialText: '0', changes, ended: 'enough' });
    assert.deepEqual([values.note, values.rows[0]?.label], ['At first 0. There are more.', '5']);
    const calls = [{ counter: 7, arguments: ['2', '3'], returned: { counter: 9, a0: '0x5', value: '5' } }];
    const called = callsAnswer('add', { calls, ended: 'whole' });
    assert.deepEqual([called.note, called.rows[0]?.label], ['', 'add(2, 3) → 5']);
  });

  it('is none when the session answers something else', () => {
    for (const answer of [lastWriteAnswer, originAnswer, valueHistoryAnswer, callsAnswer]) {
      assert.deepEqual(answer('x', undefined).rows, []);
      assert.deepEqual(answer('x', { moment: 5, links: 'no', changes: [null], calls: [{}] }).rows, []);
    }
  });
});
