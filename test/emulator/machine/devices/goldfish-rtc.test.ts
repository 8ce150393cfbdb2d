import assert from 'node:assert/strict';
import { PLIC, RTC, RTC_IRQ } from '../../../../emulator/machine/memory-map.ts';
import type { TestBoard } from '../test-board.ts';
import { SECOND, testBoard } from '../test-board.ts';

const TIME_LOW = RTC.base;
const TIME_HIGH = RTC.base + 0x04;
const ALARM_LOW = RTC.base + 0x08;
const ALARM_HIGH = RTC.base + 0x0c;
const IRQ_ENABLED = RTC.base + 0x10;
const CLEAR_ALARM = RTC.base + 0x14;
const ALARM_STATUS = RTC.base + 0x18;
const CLEAR_INTERRUPT = RTC.base + 0x1c;

/** Claim and completion for S-mode. */
const CLAIM = PLIC.base + 0x20_1004;

const POWER_ON = 1_700_000_000_000_000_000n;

function time({ read }: TestBoard): bigint {
  const low = read(TIME_LOW) ?? 0n;
  return low | ((read(TIME_HIGH) ?? 0n) << 32n);
}

function setAlarm({ write }: TestBoard, nanoseconds: bigint): void {
  write(ALARM_HIGH, nanoseconds >> 32n);
  write(ALARM_LOW, nanoseconds & 0xffff_ffffn);
}

function enableInterrupt({ write }: TestBoard): void {
  write(PLIC.base + 4 * RTC_IRQ, 1);
  write(PLIC.base + 0x2080, 1 << RTC_IRQ);
  write(IRQ_ENABLED, 1);
}

describe('the real-time clock', () => {
  it('is the wall clock of power-on plus guest time', () => {
    const board = testBoard();
    assert.equal(time(board), POWER_ON);
    board.at(90n * SECOND);
    assert.equal(time(board), POWER_ON + 90_000_000_000n);
  });

  it('latches the high half when the low half is read', () => {
    const { at, read } = testBoard({ configuration: { rtc: String(0xffff_fff0n) } });
    assert.equal(read(TIME_LOW), 0xffff_fff0n);
    at(1n);
    assert.equal(read(TIME_HIGH), 0n);
    assert.equal(read(TIME_LOW), 0x54n);
    assert.equal(read(TIME_HIGH), 1n);
  });

  it('can be set', () => {
    const board = testBoard();
    board.at(SECOND);
    board.write(TIME_HIGH, 1);
    board.write(TIME_LOW, 0);
    board.at(2n * SECOND);
    assert.equal(time(board), (1n << 32n) + 1_000_000_000n);
  });

  it('rings the alarm at its tick, not before', () => {
    const board = testBoard();
    enableInterrupt(board);
    setAlarm(board, POWER_ON + 5_000_000_000n);
    assert.equal(board.board.deadline(), 5n * SECOND);
    assert.equal(board.read(ALARM_STATUS), 1n);
    board.at(5n * SECOND - 1n);
    assert.equal(board.pins.seip, false);
    board.at(5n * SECOND);
    assert.equal(board.pins.seip, true);
    assert.equal(board.read(ALARM_STATUS), 0n);
    assert.equal(board.board.deadline(), undefined);
    assert.equal(board.read(CLAIM), BigInt(RTC_IRQ));
    board.write(CLAIM, RTC_IRQ);
    assert.equal(board.pins.seip, true, 'until it is cleared');
    board.read(CLAIM);
    board.write(CLEAR_INTERRUPT, 1);
    board.write(CLAIM, RTC_IRQ);
    assert.equal(board.pins.seip, false);
  });

  it('rings at once for an alarm in the past', () => {
    const board = testBoard();
    enableInterrupt(board);
    setAlarm(board, 1n);
    assert.equal(board.pins.seip, true);
  });

  it('forgets a cleared alarm', () => {
    const board = testBoard();
    enableInterrupt(board);
    setAlarm(board, POWER_ON + 1_000_000_000n);
    board.write(CLEAR_ALARM, 1);
    assert.equal(board.board.deadline(), undefined);
    board.at(2n * SECOND);
    assert.equal(board.pins.seip, false);
  });

  it('waits for the interrupt to be enabled', () => {
    const board = testBoard();
    enableInterrupt(board);
    board.write(IRQ_ENABLED, 0);
    setAlarm(board, 1n);
    assert.equal(board.pins.seip, false);
    board.write(IRQ_ENABLED, 1);
    assert.equal(board.pins.seip, true);
  });

  it('says that its deadline changed', () => {
    const board = testBoard();
    const before = board.timerChanges();
    setAlarm(board, POWER_ON + 1n);
    assert.ok(board.timerChanges() > before);
    assert.equal(board.board.deadline(), 1n, 'the first tick at or after the alarm');
  });
});
