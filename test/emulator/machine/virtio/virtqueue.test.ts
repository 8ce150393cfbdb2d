import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RAM_BASE } from '../../../../emulator/machine/memory-map.ts';
import { VirtQueue } from '../../../../emulator/machine/virtio/virtqueue.ts';
import { ByteStateReader, ByteStateWriter } from '../../../../emulator/machine/state.ts';
import { TestMemory } from '../test-board.ts';

const SIZE = 4;
const DESCRIPTORS = RAM_BASE;
const AVAILABLE = RAM_BASE + 0x100;
const USED = RAM_BASE + 0x200;
const TABLE = RAM_BASE + 0x300;
const BUFFER = RAM_BASE + 0x800;
const RAM_SIZE = 0x1000;

const [NEXT, WRITE, INDIRECT] = [1, 2, 4] as const;

interface Entry {
  readonly address: number | bigint;
  readonly length: number;
  readonly flags?: number;
  readonly next?: number;
}

function newQueue(maximumBytes = 2 ** 20) {
  const memory = new TestMemory(RAM_SIZE);
  const queue = new VirtQueue(memory, maximumBytes);
  queue.size = SIZE;
  queue.addresses = { descriptors: BigInt(DESCRIPTORS), available: BigInt(AVAILABLE), used: BigInt(USED) };
  queue.ready = true;
  const put16 = (address: number, value: number) => {
    memory.view.setUint16(address - RAM_BASE, value, true);
  };
  return {
    memory,
    queue,
    put16,
    get16: (address: number) => memory.view.getUint16(address - RAM_BASE, true),
    describe: (entries: readonly Entry[], table = DESCRIPTORS) => {
      for (const [index, { address, length, flags = 0, next = 0 }] of entries.entries()) {
        const at = table - RAM_BASE + 16 * index;
        memory.view.setBigUint64(at, BigInt(address), true);
        memory.view.setUint32(at + 8, length, true);
        memory.view.setUint16(at + 12, flags, true);
        memory.view.setUint16(at + 14, next, true);
      }
    },
    offer: (...heads: readonly number[]) => {
      for (const head of heads) {
        const index = memory.view.getUint16(AVAILABLE - RAM_BASE + 2, true);
        put16(AVAILABLE + 4 + 2 * (index % SIZE), head);
        put16(AVAILABLE + 2, index + 1);
      }
    },
  };
}

/** Offers the chain that begins at descriptor 0 and takes it. */
function take(entries: readonly Entry[], table: readonly Entry[] = [], maximumBytes?: number) {
  const { describe: write, offer, queue } = newQueue(maximumBytes);
  write(entries);
  write(table, TABLE);
  offer(0);
  return queue.pop(false);
}

function assertBroken(
  entries: readonly Entry[],
  reason: RegExp,
  table: readonly Entry[] = [],
  maximumBytes?: number,
): void {
  const result = take(entries, table, maximumBytes);
  assert.equal(result.kind, 'broken');
  assert.match(result.reason, reason);
}

describe('a virtqueue', () => {
  it('gives a request as what the device reads and what it writes', () => {
    const result = take([
      { address: BUFFER, length: 16, flags: NEXT, next: 3 },
      { address: BUFFER + 0x200, length: 1, flags: WRITE },
      { address: 0, length: 0 },
      { address: BUFFER + 0x100, length: 64, flags: NEXT | WRITE, next: 1 },
    ]);
    assert.deepEqual(result, {
      kind: 'chain',
      chain: {
        head: 0,
        readable: [{ address: BUFFER, length: 16 }],
        writable: [
          { address: BUFFER + 0x100, length: 64 },
          { address: BUFFER + 0x200, length: 1 },
        ],
      },
    });
  });

  it('follows a descriptor to an indirect table, which may be longer than the queue', () => {
    const table = Array.from({ length: 10 }, (_, index) => {
      return { address: BUFFER + index * 16, length: 16, flags: index < 9 ? NEXT : 0, next: index + 1 };
    });
    const result = take([{ address: TABLE, length: 160, flags: INDIRECT }], table);
    assert.equal(result.kind, 'chain');
    assert.equal(result.chain.readable.length, 10);
  });

  it('gives requests in their order, each once, around the ring and past 65,536', () => {
    const { queue, offer, put16, get16, describe: write } = newQueue();
    write([0, 1, 2, 3].map((index) => ({ address: BUFFER + index, length: 1 })));
    const heads: number[] = [];
    for (let round = 0; round < 70_000; round++) {
      offer(round % SIZE);
      const result = queue.pop(false);
      assert.equal(result.kind, 'chain');
      if (round % 1000 === 0) heads.push(result.chain.head);
      queue.push(result.chain, round % 7);
    }
    assert.equal(queue.pop(false).kind, 'empty');
    assert.ok(heads.every((head, index) => head === (index * 1000) % SIZE));
    assert.equal(get16(USED + 2), 70_000 % 65_536);
    put16(AVAILABLE + 2, 0);
  });

  it('tells the driver what was done', () => {
    const { queue, offer, describe: write, memory } = newQueue();
    write([{ address: BUFFER, length: 8, flags: WRITE }]);
    offer(0);
    const result = queue.pop(false);
    assert.equal(result.kind, 'chain');
    queue.push(result.chain, 5);
    assert.deepEqual([...memory.read(USED, 12)], [0, 0, 1, 0, 0, 0, 0, 0, 5, 0, 0, 0]);
  });

  it('wants an interrupt unless the driver declines', () => {
    const { queue, offer, describe: write, put16 } = newQueue();
    write([{ address: BUFFER, length: 8 }]);
    const complete = () => {
      offer(0);
      const result = queue.pop(false);
      assert.equal(result.kind, 'chain');
      queue.push(result.chain, 0);
      return queue.wantsInterrupt(false);
    };
    assert.equal(complete(), true);
    assert.equal(queue.wantsInterrupt(false), false, 'nothing new');
    put16(AVAILABLE, 1);
    assert.equal(complete(), false);
  });

  it('with event indices interrupts when it passes the one asked for, and asks to be told of the next request', () => {
    const { queue, offer, describe: write, put16, get16 } = newQueue();
    write([{ address: BUFFER, length: 8 }]);
    const complete = (count: number) => {
      for (let index = 0; index < count; index++) {
        offer(0);
        const result = queue.pop(true);
        assert.equal(result.kind, 'chain');
        queue.push(result.chain, 0);
      }
      assert.equal(queue.pop(true).kind, 'empty');
      return queue.wantsInterrupt(true);
    };
    const event = AVAILABLE + 4 + 2 * SIZE;
    put16(event, 2);
    assert.equal(complete(2), false);
    assert.equal(get16(USED + 4 + 8 * SIZE), 2);
    assert.equal(complete(1), true);
    assert.equal(complete(1), false);
    put16(event, 5);
    assert.equal(complete(3), true, 'passed in the middle');
  });

  it('breaks on a chain that never ends', () => {
    assertBroken([{ address: BUFFER, length: 1, flags: NEXT, next: 0 }], /does not end/);
    const ring = [1, 2, 3, 0].map((next) => ({ address: BUFFER, length: 1, flags: NEXT, next }));
    assertBroken(ring, /does not end/);
    assertBroken(
      [{ address: TABLE, length: 32, flags: INDIRECT }],
      /does not end/,
      [1, 0].map((next) => ({ address: BUFFER, length: 1, flags: NEXT, next })),
    );
  });

  it('breaks on an index outside of its table', () => {
    assertBroken([{ address: BUFFER, length: 1, flags: NEXT, next: SIZE }], /outside its table/);
    assertBroken([{ address: TABLE, length: 16, flags: INDIRECT }], /outside its table/, [
      { address: BUFFER, length: 1, flags: NEXT, next: 1 },
    ]);
    const { queue, offer } = newQueue();
    offer(SIZE);
    assert.equal(queue.pop(false).kind, 'broken');
  });

  it('breaks on a buffer that is empty or not all RAM', () => {
    for (const [address, length] of [
      [BUFFER, 0],
      [0, 16],
      [0x1000_0000, 16],
      [RAM_BASE + RAM_SIZE - 8, 9],
      [RAM_BASE, 0xffff_ffff],
      [2n ** 64n - 1n, 16],
      [2n ** 53n, 16],
    ] as const) {
      assertBroken([{ address, length }], /empty or not in RAM/);
    }
  });

  it('breaks on what the device writes coming before what it reads', () => {
    assertBroken(
      [
        { address: BUFFER, length: 1, flags: WRITE | NEXT, next: 1 },
        { address: BUFFER, length: 1 },
      ],
      /follows a writable one/,
    );
  });

  it('breaks on an indirect table that is nested, continued, of a wrong length or not in RAM', () => {
    const inner = [{ address: TABLE, length: 16, flags: INDIRECT }];
    assertBroken([{ address: TABLE, length: 16, flags: INDIRECT }], /may not be/, inner);
    assertBroken([{ address: TABLE, length: 16, flags: INDIRECT | NEXT, next: 1 }], /may not be/);
    assertBroken([{ address: TABLE, length: 20, flags: INDIRECT }], /wrong length/);
    assertBroken([{ address: TABLE, length: 0, flags: INDIRECT }], /wrong length/);
    assertBroken([{ address: 0x1000, length: 16, flags: INDIRECT }], /not in RAM/);
  });

  it('breaks on a request larger than its device takes', () => {
    const half = { address: BUFFER, length: 600, flags: NEXT, next: 1 };
    assertBroken([half, { address: BUFFER, length: 600 }], /too large/, [], 1024);
    assert.equal(take([half, { address: BUFFER, length: 600, flags: WRITE }], [], 1024).kind, 'chain');
  });

  it('breaks on more requests than it holds, and on rings outside of RAM', () => {
    const { queue, put16 } = newQueue();
    put16(AVAILABLE + 2, SIZE + 1);
    assert.equal(queue.pop(false).kind, 'broken');
    for (const wrong of ['descriptors', 'available', 'used'] as const) {
      for (const address of [0n, 2n ** 63n, BigInt(RAM_BASE + RAM_SIZE - 4)]) {
        const other = newQueue();
        other.describe([{ address: BUFFER, length: 1 }]);
        other.offer(0);
        other.queue.ready = false;
        other.queue.addresses = { ...other.queue.addresses, [wrong]: address };
        other.queue.ready = true;
        assert.equal(other.queue.pop(true).kind, 'broken', `${wrong} at ${address.toString(16)}`);
      }
    }
  });

  it('keeps its configuration while it is in use', () => {
    const { queue } = newQueue();
    queue.size = 8;
    queue.addresses = { descriptors: 0n, available: 0n, used: 0n };
    assert.equal(queue.size, SIZE);
    assert.equal(queue.addresses.descriptors, BigInt(DESCRIPTORS));
    queue.ready = false;
    for (const size of [0, 3, 2048, -4]) queue.size = size;
    assert.equal(queue.size, SIZE, 'sizes are powers of two up to 1024');
  });

  it('always ends and never throws, whatever is in its memory', () => {
    const plausible = fc.record({
      address: fc.oneof(
        fc.integer({ min: RAM_BASE, max: RAM_BASE + RAM_SIZE }).map(BigInt),
        fc.constantFrom(BigInt(TABLE), BigInt(BUFFER), 0n, 2n ** 64n - 1n),
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      ),
      length: fc.oneof(fc.constantFrom(16, 32, 64, 0), fc.nat(300), fc.nat(0xffff_ffff)),
      flags: fc.oneof(fc.nat(7), fc.nat(0xffff)),
      next: fc.oneof(fc.nat(5), fc.nat(0xffff)),
    });
    fc.assert(
      fc.property(
        fc.array(plausible, { maxLength: SIZE }),
        fc.array(plausible, { maxLength: 16 }),
        fc.array(fc.oneof(fc.nat(SIZE), fc.nat(0xffff)), { maxLength: SIZE }),
        fc.nat(0xffff),
        fc.boolean(),
        (entries, table, heads, index, eventIndex) => {
          const { queue, describe: write, offer, put16, memory } = newQueue();
          write(entries);
          write(table, TABLE);
          offer(...heads);
          if (index % 5 === 0) put16(AVAILABLE + 2, index);
          for (let round = 0; round < 2 * SIZE; round++) {
            const result = queue.pop(eventIndex);
            if (result.kind !== 'chain') break;
            for (const segment of [...result.chain.readable, ...result.chain.writable]) {
              assert.ok(memory.contains(segment.address, segment.length));
            }
            queue.push(result.chain, 0);
          }
          queue.wantsInterrupt(eventIndex);
        },
      ),
      { numRuns: 5000 },
    );
  });

  it('goes on after a checkpoint where it was', () => {
    const { queue, offer, describe: write, memory } = newQueue();
    write([
      { address: BUFFER, length: 8 },
      { address: BUFFER, length: 9 },
    ]);
    offer(0, 1);
    assert.equal(queue.pop(false).kind, 'chain');
    const writer = new ByteStateWriter();
    queue.save(writer);
    const restored = new VirtQueue(memory, 2 ** 20);
    restored.restore(new ByteStateReader(writer.finish()));
    const next = restored.pop(false);
    assert.equal(next.kind, 'chain');
    assert.equal(next.chain.head, 1);
  });
});
