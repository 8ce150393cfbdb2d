import assert from 'node:assert/strict';
import { TEST_FINISHER } from '../../../../emulator/machine/memory-map.ts';
import { testBoard } from '../test-board.ts';

describe('the test finisher', () => {
  for (const [value, exit] of [
    [0x5555, { kind: 'power-off', code: 0 }],
    [0x3333, { kind: 'power-off', code: 0 }],
    [0x002a_3333, { kind: 'power-off', code: 42 }],
    [0xffff_3333, { kind: 'power-off', code: 65_535 }],
    [0x7777, { kind: 'reset' }],
  ] as const) {
    it(`ends the run as ${JSON.stringify(exit)} when 0x${value.toString(16)} is written`, () => {
      const { exits, write } = testBoard();
      write(TEST_FINISHER.base, value);
      assert.deepEqual(exits, [exit]);
    });
  }

  it('ignores everything else', () => {
    const { exits, read, write } = testBoard();
    write(TEST_FINISHER.base, 0x1234);
    write(TEST_FINISHER.base + 4, 0x5555);
    assert.equal(read(TEST_FINISHER.base), 0n);
    assert.deepEqual(exits, []);
  });
});
