import assert from 'node:assert/strict';
import { CLINT } from '../../../../emulator/machine/memory-map.ts';
import { SECOND, testBoard } from '../test-board.ts';

const MSIP = CLINT.base;
const MTIMECMP = CLINT.base + 0x4000;
const MTIME = CLINT.base + 0xbff8;

describe('the CLINT', () => {
  it('tells the guest time', () => {
    const { at, read } = testBoard();
    assert.equal(read(MTIME, 8), 0n);
    at(3n * SECOND);
    assert.equal(read(MTIME, 8), 30_000_000n);
    at(2n ** 32n + 5n);
    assert.equal(read(MTIME, 4), 5n);
    assert.equal(read(MTIME + 4, 4), 1n);
  });

  it('goes on from where the guest sets mtime', () => {
    const { at, board, read, write } = testBoard();
    at(100n);
    write(MTIME, 5_000n, 8);
    at(150n);
    assert.equal(read(MTIME, 8), 5_050n);
    write(MTIME, 7n, 8);
    assert.equal(read(MTIME, 8), 7n, 'backwards too');
    assert.equal(board.clint.mtime(), 7n);
    assert.equal(BigInt.asIntN(64, board.clint.mtimeOffset), -143n);
  });

  it('keeps mtimecmp, by halves or whole, and says when it changed', () => {
    const { mtimecmp, timerChanges, write } = testBoard();
    const before = timerChanges();
    write(MTIMECMP + 4, 0x1, 4);
    write(MTIMECMP, 0x8000_0000, 4);
    assert.equal(mtimecmp(), 0x1_8000_0000n);
    write(MTIMECMP, 0xffff_ffff_ffff_ffffn, 8);
    assert.equal(mtimecmp(), 2n ** 64n - 1n);
    assert.equal(timerChanges() - before, 4);
  });

  it('has MTIP pending at power-on as QEMU does, but not under the built-in firmware', () => {
    assert.equal(testBoard().mtimecmp(), 0n);
    const builtin = testBoard({ configuration: { firmware: { kind: 'builtin' } } });
    assert.equal(builtin.mtimecmp(), 2n ** 64n - 1n);
  });

  it('raises and drops the software interrupt', () => {
    const { board, pins, read, write } = testBoard();
    write(MSIP, 0xffff_ffff);
    assert.equal(read(MSIP), 1n, 'only bit 0 exists');
    assert.equal(pins.msip, true);
    assert.equal(board.clint.msip(0), true);
    write(MSIP, 0);
    assert.equal(pins.msip, false);
  });

  it('answers for harts that do not exist with zero', () => {
    const { pins, read, write } = testBoard();
    assert.equal(write(MSIP + 4, 1), true);
    assert.equal(read(MSIP + 4), 0n);
    assert.equal(write(MTIMECMP + 8, 1n, 8), true);
    assert.equal(read(MTIMECMP + 8, 8), 0n);
    assert.equal(pins.msip, false);
  });
});
