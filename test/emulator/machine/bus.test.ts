import assert from 'node:assert/strict';
import { CLINT, MASK_ROM, PLIC, RTC, TEST_FINISHER, UART, virtioSlot } from '../../../emulator/machine/memory-map.ts';
import { testBoard } from './test-board.ts';

describe('the bus', () => {
  it('faults where nothing is', () => {
    const { read, write } = testBoard();
    for (const address of [0, 0x800, 0x10_2000, 0x300_0000, 0x1000_0008, 0x3000_0000, 0x7fff_fffc, 2 ** 40]) {
      assert.equal(read(address), undefined);
      assert.equal(write(address, 1), false);
    }
  });

  it('faults on an access that crosses the end of a device, is misaligned, or has a width the device does not know', () => {
    const { read, write } = testBoard();
    assert.equal(read(UART.base + 6, 4), undefined);
    assert.equal(read(UART.base + 1, 2), undefined);
    assert.equal(read(PLIC.base + 4, 1), undefined);
    assert.equal(read(PLIC.base + 8, 8), undefined);
    assert.equal(write(TEST_FINISHER.base, 0x5555, 1), false);
    assert.equal(read(RTC.base, 2), undefined);
    assert.equal(read(CLINT.base + 0xbff8, 2), undefined);
  });

  it('splits an 8-byte access, low half first', () => {
    const { read, write } = testBoard();
    write(CLINT.base + 0x4000, 0x1122_3344_5566_7788n, 8);
    assert.equal(read(CLINT.base + 0x4000, 4), 0x5566_7788n);
    assert.equal(read(CLINT.base + 0x4004, 4), 0x1122_3344n);
    assert.equal(read(CLINT.base + 0x4000, 8), 0x1122_3344_5566_7788n);
  });

  it('reads the boot ROM at every width, and ignores stores to it', () => {
    const { read, write } = testBoard({ mrom: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) });
    assert.equal(write(MASK_ROM.base, 0xff, 1), true);
    assert.equal(read(MASK_ROM.base, 1), 0x01n);
    assert.equal(read(MASK_ROM.base + 2, 2), 0x0403n);
    assert.equal(read(MASK_ROM.base + 4, 4), 0x0807_0605n);
    assert.equal(read(MASK_ROM.base, 8), 0x0807_0605_0403_0201n);
    assert.equal(read(MASK_ROM.base + MASK_ROM.size - 8, 8), 0n);
  });

  it('shows a debugger what a load would return without its effects', () => {
    const { board, read } = testBoard();
    board.uart.receive(Buffer.from('x'));
    assert.equal(board.bus.peek(UART.base, 1), 0x78n);
    assert.equal(board.bus.peek(UART.base, 1), 0x78n);
    assert.equal(read(UART.base + 5, 1), 0x61n, 'the byte still waits');
    assert.equal(board.bus.peek(virtioSlot(0).base, 4), 0x7472_6976n);
    assert.equal(board.bus.peek(CLINT.base + 0x4000, 8), 0n);
    assert.equal(board.bus.peek(0x300_0000, 4), undefined);
  });
});
