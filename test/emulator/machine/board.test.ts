import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CLINT, PLIC, RTC, UART, virtioSlot } from '../../../emulator/machine/memory-map.ts';
import { testBoard } from './test-board.ts';

/** Stores that reach every writable register of the board, but the finisher's. */
const registers = [
  ...[0, 0x4000, 0x4004, 0xbff8, 0xbffc].map((offset) => CLINT.base + offset),
  ...[0x28, 0x2c, 0x2000, 0x2080, 0x20_0000, 0x20_0004, 0x20_1000, 0x20_1004].map((offset) => PLIC.base + offset),
  ...[0x0, 0x4, 0x8, 0xc, 0x10, 0x14, 0x1c].map((offset) => RTC.base + offset),
  ...[0, 1, 2, 3, 4, 5, 6, 7].map((offset) => UART.base + offset),
  ...[0, 6, 7].flatMap((slot) =>
    [0x14, 0x20, 0x24, 0x28, 0x30, 0x38, 0x3c, 0x40, 0x44, 0x50, 0x64, 0x70, 0x80, 0x84, 0x90, 0xa0].map(
      (offset) => virtioSlot(slot).base + offset,
    ),
  ),
];

const action = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('store' as const),
      address: fc.constantFrom(...registers),
      value: fc.oneof(fc.nat(15), fc.nat(0xffff_ffff)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('load' as const), address: fc.constantFrom(...registers) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('type' as const),
      device: fc.constantFrom('uart0', 'virtio-console'),
      bytes: fc.uint8Array({ maxLength: 40 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ticks: fc.bigInt({ min: 0n, max: 2n ** 40n }) }),
  },
);

describe('the board', () => {
  for (const virtio of ['legacy', 'modern'] as const) {
    it(`continues after a restore as if nothing had happened (${virtio} virtio)`, () => {
      const newBoard = () => testBoard({ drives: [new Uint8Array(8192)], configuration: { virtio, memory: 2 ** 16 } });
      fc.assert(
        fc.property(fc.array(action, { maxLength: 60 }), fc.array(action, { maxLength: 60 }), (before, after) => {
          const original = newBoard();
          const now = { ticks: 0n };
          const perform = (board: ReturnType<typeof testBoard>, actions: typeof before, clock: { ticks: bigint }) =>
            actions.map((item) => {
              switch (item.kind) {
                case 'store':
                  return board.write(
                    item.address,
                    item.value,
                    item.address < UART.base + 8 && item.address >= UART.base ? 1 : 4,
                  );
                case 'load':
                  return board.read(item.address, item.address < UART.base + 8 && item.address >= UART.base ? 1 : 4);
                case 'type':
                  return board.board.consoleInput(item.device)?.receive(item.bytes);
                case 'wait':
                  clock.ticks += item.ticks;
                  board.at(clock.ticks);
                  return undefined;
              }
            });
          perform(original, before, now);
          const state = original.save();

          const restored = newBoard();
          restored.at(now.ticks);
          restored.restore(state);
          restored.memory.bytes.set(original.memory.bytes);
          assert.deepEqual(restored.save(), state, 'saving again gives the same bytes');
          assert.deepEqual(restored.pins, original.pins, 'the pins are driven');
          assert.equal(restored.board.deadline(), original.board.deadline());

          const later = { ticks: now.ticks };
          assert.deepEqual(perform(original, after, now), perform(restored, after, later));
          assert.deepEqual(restored.save(), original.save());
          assert.deepEqual(restored.pins, original.pins);
        }),
        { numRuns: 300 },
      );
    });
  }

  it('is at power-on what it was after construction', () => {
    const { board, save, write } = testBoard({ drives: [new Uint8Array(4096)] });
    const fresh = save();
    for (const address of registers) write(address, 3, address >= UART.base && address < UART.base + 8 ? 1 : 4);
    board.consoleInput('uart0')?.receive(Buffer.from('typed'));
    board.consoleInput('virtio-console')?.receive(Buffer.from('typed'));
    assert.notDeepEqual(save(), fresh);
    board.reset();
    assert.deepEqual(save(), fresh);
  });

  it('refuses a state that is cut short or altered in its form', () => {
    const { restore, save } = testBoard();
    const state = save();
    assert.throws(() => {
      restore(state.subarray(0, state.length - 1));
    }, RangeError);
    assert.throws(() => {
      restore(new Uint8Array([...state, 0]));
    }, RangeError);
  });

  it('has consoles by name, and only those', () => {
    const { board } = testBoard();
    assert.ok(board.consoleInput('uart0'));
    assert.ok(board.consoleInput('virtio-console'));
    assert.equal(board.consoleInput('rtc'), undefined);
  });

  it('carries an interrupt from the UART through the PLIC to the hart', () => {
    const { board, pins, read, write } = testBoard();
    write(UART.base + 1, 1, 1);
    write(PLIC.base + 40, 1);
    write(PLIC.base + 0x2080, 1 << 10);
    assert.equal(pins.seip, false);
    board.uart.receive(Buffer.from('k'));
    assert.equal(pins.seip, true);
    assert.equal(read(PLIC.base + 0x20_1004), 10n);
    assert.equal(pins.seip, false);
    assert.equal(read(UART.base, 1), 0x6bn);
    write(PLIC.base + 0x20_1004, 10);
    assert.equal(pins.seip, false);
  });
});
