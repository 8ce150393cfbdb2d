import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PLIC, VIRTIO_CONSOLE_SLOT, VIRTIO_ENTROPY_SLOT, virtioIrq } from '../../../../emulator/machine/memory-map.ts';
import type { TestBoard } from '../test-board.ts';
import { testBoard } from '../test-board.ts';
import { perform } from './virtio-board.ts';
import type { Descriptor } from './virtio-driver.ts';
import { BUFFERS, EVENT_INDEX, NEXT, VirtioDriver, WRITE } from './virtio-driver.ts';
import { load, store } from '../access-script/access-script.ts';

const RECEIVE = 0;
const TRANSMIT = 1;

function withDriver(slot: number, queues: readonly number[], options: Parameters<typeof testBoard>[0] = {}) {
  const board = testBoard({ ...options, configuration: { virtio: 'modern', ...options.configuration } });
  const driver = new VirtioDriver(slot, 'modern');
  perform(board, driver.initialize(0n, queues));
  return {
    board,
    driver,
    /** Hands the device one chain. */
    request: (queue: number, chain: readonly Descriptor[]) => {
      perform(board, [...driver.describe(queue, chain), ...driver.offer(queue, 0), driver.notify(queue)]);
    },
    /** Requests done, and what was written for the last. */
    done: (queue: number) => {
      const [count = 0n] = perform(board, [load(driver.used(queue) + 2, 2)]);
      const entry = driver.used(queue) + 4 + 8 * Number((count - 1n) & 7n);
      const [, written] = perform(board, [load(entry, 4), load(entry + 4, 4)]);
      return { count: Number(count), written: Number(written) };
    },
    text: (address: number, length: number) => Buffer.from(board.memory.read(address, length)).toString('latin1'),
  };
}

const status = (board: TestBoard, driver: VirtioDriver) => Number(board.read(driver.register(0x70)));
const interrupts = (board: TestBoard, driver: VirtioDriver) => Number(board.read(driver.register(0x60)));

describe('the virtio console', () => {
  const slot = VIRTIO_CONSOLE_SLOT;

  it('prints what the guest transmits', () => {
    const { board, request, done } = withDriver(slot, [RECEIVE, TRANSMIT]);
    board.memory.write(BUFFERS, Buffer.from('hello, world'));
    request(TRANSMIT, [
      { address: BUFFERS, length: 7, flags: NEXT, next: 1 },
      { address: BUFFERS + 7, length: 5 },
    ]);
    assert.equal(board.printed('virtio-console'), 'hello, world');
    assert.equal(board.printed('uart0'), '');
    assert.deepEqual(done(TRANSMIT), { count: 1, written: 0 });
  });

  it('puts what is typed into the buffers that wait for it', () => {
    const { board, driver, request, done, text } = withDriver(slot, [RECEIVE, TRANSMIT]);
    request(RECEIVE, [{ address: BUFFERS, length: 64, flags: WRITE }]);
    assert.equal(done(RECEIVE).count, 0);
    board.board.consoleInput('virtio-console')?.receive(Buffer.from('ls\n'));
    assert.deepEqual(done(RECEIVE), { count: 1, written: 3 });
    assert.equal(text(BUFFERS, 3), 'ls\n');
    assert.equal(interrupts(board, driver), 1);
  });

  it('keeps what is typed until there is a buffer, and fills small ones in turn', () => {
    const { board, request, done, text } = withDriver(slot, [RECEIVE, TRANSMIT]);
    board.board.consoleInput('virtio-console')?.receive(Buffer.from('abcdef'));
    request(RECEIVE, [{ address: BUFFERS, length: 4, flags: WRITE }]);
    request(RECEIVE, [{ address: BUFFERS + 8, length: 4, flags: WRITE }]);
    assert.equal(text(BUFFERS, 4) + text(BUFFERS + 8, 2), 'abcdef');
    assert.deepEqual(done(RECEIVE), { count: 2, written: 2 });
  });

  it('keeps what is typed over a reset by the driver', () => {
    const { board, driver, request, text } = withDriver(slot, [RECEIVE, TRANSMIT]);
    board.board.consoleInput('virtio-console')?.receive(Buffer.from('kept'));
    perform(board, new VirtioDriver(slot, 'modern').initialize(0n, [RECEIVE, TRANSMIT]));
    board.memory.write(driver.available(RECEIVE), new Uint8Array(4));
    request(RECEIVE, [{ address: BUFFERS, length: 4, flags: WRITE }]);
    assert.equal(text(BUFFERS, 4), 'kept');
  });

  it('prints what is written to the emergency register', () => {
    const { board, driver } = withDriver(slot, []);
    board.write(driver.register(0x108), 0x21);
    assert.equal(board.printed('virtio-console'), '!');
  });

  it('is told of the next request when event indices are in use', () => {
    const board = testBoard({ configuration: { virtio: 'modern' } });
    const driver = new VirtioDriver(slot, 'modern');
    perform(board, driver.initialize(EVENT_INDEX, [RECEIVE, TRANSMIT]));
    board.memory.write(BUFFERS, Buffer.from('x'));
    perform(board, [
      ...driver.describe(TRANSMIT, [{ address: BUFFERS, length: 1 }]),
      ...driver.offer(TRANSMIT, 0),
      driver.notify(TRANSMIT),
    ]);
    assert.deepEqual(perform(board, [load(driver.used(TRANSMIT) + 4 + 64, 2)]), [1n]);
  });
});

describe('the entropy device', () => {
  const slot = VIRTIO_ENTROPY_SLOT;

  it('gives what comes through the door, at most 256 bytes a request', () => {
    const asked: number[] = [];
    const entropy = (length: number) => {
      asked.push(length);
      return Uint8Array.from({ length }, (_, index) => index);
    };
    const { board, request, done } = withDriver(slot, [0], { entropy });
    request(0, [{ address: BUFFERS, length: 64, flags: WRITE }]);
    assert.deepEqual(done(0), { count: 1, written: 64 });
    assert.deepEqual([...board.memory.read(BUFFERS, 3)], [0, 1, 2]);
    request(0, [{ address: BUFFERS, length: 0x1000, flags: WRITE }]);
    assert.deepEqual(done(0), { count: 2, written: 256 });
    request(0, [{ address: BUFFERS, length: 4 }]);
    assert.deepEqual(done(0), { count: 3, written: 0 });
    assert.deepEqual(asked, [64, 256]);
  });

  it('interrupts through the PLIC', () => {
    const { board, driver, request } = withDriver(slot, [0]);
    const irq = virtioIrq(slot);
    board.write(PLIC.base + 4 * irq, 1);
    board.write(PLIC.base + 0x2080, 1 << irq);
    request(0, [{ address: BUFFERS, length: 8, flags: WRITE }]);
    assert.equal(board.pins.seip, true);
    assert.equal(board.read(PLIC.base + 0x20_1004), BigInt(irq));
    board.write(driver.register(0x64), 1);
    board.write(PLIC.base + 0x20_1004, irq);
    assert.equal(board.pins.seip, false);
  });
});

describe('a modern virtio device', () => {
  const slot = VIRTIO_ENTROPY_SLOT;

  it('does not accept features it did not offer, nor a driver without VERSION_1', () => {
    const board = testBoard({ configuration: { virtio: 'modern' } });
    const driver = new VirtioDriver(slot, 'modern');
    const negotiate = (low: number, high: number) => {
      perform(board, [
        store(driver.register(0x70), 0),
        store(driver.register(0x70), 3),
        store(driver.register(0x24), 0),
        store(driver.register(0x20), low),
        store(driver.register(0x24), 1),
        store(driver.register(0x20), high),
        store(driver.register(0x70), 0xb),
      ]);
      return status(board, driver);
    };
    assert.equal(negotiate(0, 1), 0xb);
    assert.equal(negotiate(0, 0), 0x3);
    assert.equal(negotiate(1 << 5, 1), 0x3);
    assert.equal(negotiate(0, 3), 0x3);
  });

  it('needs a reset after a driver broke the rules, says so, and then works again', () => {
    const { board, driver, request, done } = withDriver(slot, [0]);
    request(0, [{ address: 0x1000, length: 8, flags: WRITE }]);
    assert.equal(status(board, driver), 0x4f);
    assert.equal(interrupts(board, driver), 2);
    request(0, [{ address: BUFFERS, length: 8, flags: WRITE }]);
    assert.equal(done(0).count, 0, 'it serves nothing until then');
    board.memory.bytes.fill(0);
    perform(board, new VirtioDriver(slot, 'modern').initialize(0n, [0]));
    assert.equal(status(board, driver), 0xf);
    const again = new VirtioDriver(slot, 'modern');
    perform(board, [
      ...again.describe(0, [{ address: BUFFERS, length: 8, flags: WRITE }]),
      ...again.offer(0, 0),
      again.notify(0),
    ]);
    assert.equal(done(0).count, 1);
  });
});

describe('a block device', () => {
  const drive = () => Uint8Array.from({ length: 4096 * 3 + 512 }, (_, index) => index * 11);

  function disk(configuration: NonNullable<Parameters<typeof testBoard>[0]>['configuration'] = {}) {
    const image = drive();
    const wired = withDriver(0, [0], { drives: [image], configuration });
    return {
      ...wired,
      image,
      /** Sends a request with one data buffer; returns the status byte. */
      send: (type: number, sector: number | bigint, length: number, write: boolean) => {
        const { board } = wired;
        perform(board, [store(BUFFERS, type, 8), store(BUFFERS + 8, sector, 8), store(BUFFERS + 16, 0xff, 1)]);
        wired.request(0, [
          { address: BUFFERS, length: 16, flags: NEXT, next: 1 },
          { address: BUFFERS + 0x1000, length, flags: NEXT | (write ? WRITE : 0), next: 2 },
          { address: BUFFERS + 16, length: 1, flags: WRITE },
        ]);
        return board.memory.bytes[BUFFERS + 16 - 0x8000_0000];
      },
    };
  }

  it('writes to pages of its own and never to the image', () => {
    const { board, image, send } = disk();
    const [space] = board.board.drives;
    assert.ok(space);
    assert.deepEqual([...space.takeDirty()], [0, 1, 2, 3], 'all of the image that is not zeros');
    board.memory.write(BUFFERS + 0x1000, new Uint8Array(1024).fill(0xaa));
    assert.equal(send(1, 7, 1024, false), 0);
    assert.deepEqual([...space.takeDirty()], [0, 1], 'sectors 7 and 8 are in two pages');
    assert.deepEqual([...space.takeDirty()], []);
    assert.deepEqual(image, drive());
    assert.ok(
      space
        .page(0)
        .subarray(7 * 512)
        .every((byte) => byte === 0xaa),
    );
    assert.equal(space.page(0)[7 * 512 - 1], drive()[7 * 512 - 1]);
  });

  it('reads what it wrote, up to the last sector of a drive that does not fill its last page', () => {
    const { board, send } = disk();
    board.memory.write(BUFFERS + 0x1000, new Uint8Array(512).fill(0x77));
    assert.equal(send(1, 24, 512, false), 0);
    board.memory.bytes.fill(0, BUFFERS + 0x1000 - 0x8000_0000, BUFFERS + 0x1200 - 0x8000_0000);
    assert.equal(send(0, 24, 512, true), 0);
    assert.equal(board.memory.bytes[BUFFERS + 0x1000 - 0x8000_0000], 0x77);
    assert.equal(send(0, 25, 512, true), 1);
    assert.equal(board.board.drives[0]?.page(3).length, 4096, 'pages are whole');
  });

  it('refuses to write when it is read-only, and says so beforehand', () => {
    const drives = [{ name: 'drive.img', size: drive().length, readOnly: true }];
    const { board, driver, send } = disk({ drives });
    perform(board, [store(driver.register(0x14), 0)]);
    assert.ok((Number(board.read(driver.register(0x10))) & (1 << 5)) !== 0);
    const [space] = board.board.drives;
    space?.takeDirty();
    assert.equal(send(1, 0, 512, false), 1);
    assert.equal(send(13, 0, 16, false), 1);
    assert.equal(space?.takeDirty().length, 0);
    assert.equal(send(0, 0, 512, true), 0);
  });

  it('needs a reset when a request has no room for its header or its status', () => {
    for (const chain of [
      [
        { address: BUFFERS, length: 15, flags: NEXT, next: 1 },
        { address: BUFFERS, length: 1, flags: WRITE },
      ],
      [{ address: BUFFERS, length: 16 }],
    ]) {
      const { board, driver, request } = disk();
      request(0, chain);
      assert.equal(status(board, driver), 0x4f);
    }
  });

  it('takes a header, data and status in any division', () => {
    const { board, request, done } = disk();
    perform(board, [store(BUFFERS, 0, 8), store(BUFFERS + 8, 2, 8)]);
    request(0, [
      { address: BUFFERS, length: 5, flags: NEXT, next: 1 },
      { address: BUFFERS + 5, length: 11, flags: NEXT, next: 2 },
      { address: BUFFERS + 0x1000, length: 513, flags: WRITE },
    ]);
    assert.deepEqual(done(0), { count: 1, written: 513 });
    assert.deepEqual([...board.memory.read(BUFFERS + 0x1000, 512)], [...drive().subarray(1024, 1536)]);
    assert.equal(board.memory.bytes[BUFFERS + 0x1000 - 0x8000_0000 + 512], 0);
  });

  it('behaves as a plain array of sectors under any sequence of requests', () => {
    const operation = fc.record({
      kind: fc.constantFrom('read', 'write', 'zero', 'restore'),
      sector: fc.nat(26),
      sectors: fc.integer({ min: 1, max: 4 }),
      fill: fc.nat(255),
    });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 30 }), (operations) => {
        const { board, send } = disk();
        const [space] = board.board.drives;
        assert.ok(space);
        const model = drive();
        const data = BUFFERS + 0x1000;
        for (const { kind, sector, sectors, fill } of operations) {
          const [start, end] = [sector * 512, (sector + sectors) * 512];
          const fits = end <= model.length;
          switch (kind) {
            case 'write':
              board.memory.write(data, new Uint8Array(sectors * 512).fill(fill));
              assert.equal(send(1, sector, sectors * 512, false), fits ? 0 : 1);
              if (fits) model.fill(fill, start, end);
              break;
            case 'zero':
              perform(board, [store(data, sector, 8), store(data + 8, sectors, 8)]);
              assert.equal(send(fill % 2 === 0 ? 11 : 13, 0, 16, false), fits ? 0 : 1);
              if (fits) model.fill(0, start, end);
              break;
            case 'read':
              assert.equal(send(0, sector, sectors * 512, true), fits ? 0 : 1);
              if (fits) assert.deepEqual(board.memory.read(data, sectors * 512), model.slice(start, end));
              break;
            case 'restore':
              for (const page of space.takeDirty()) space.writePage(page, space.page(page).slice());
              break;
          }
        }
        for (let page = 0; page < space.pageCount; page++) {
          const expected = new Uint8Array(4096);
          expected.set(model.subarray(page * 4096, (page + 1) * 4096));
          assert.deepEqual(space.page(page).slice(), expected);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('a virtio device in the hands of a hostile driver', () => {
  for (const version of ['legacy', 'modern'] as const) {
    it(`never throws and always comes back (${version})`, () => {
      const register = fc.constantFrom(
        0x14,
        0x20,
        0x24,
        0x28,
        0x30,
        0x38,
        0x3c,
        0x40,
        0x44,
        0x50,
        0x64,
        0x70,
        0x80,
        0x84,
        0x90,
        0x94,
        0xa0,
        0xa4,
        0x100,
        0x108,
      );
      const value = fc.oneof(
        fc.nat(16),
        fc.constantFrom(BUFFERS, BUFFERS / 4096, 0xf, 0xffff_ffff, 4096),
        fc.nat(0xffff_ffff),
      );
      const slot = fc.constantFrom(0, VIRTIO_CONSOLE_SLOT, VIRTIO_ENTROPY_SLOT);
      const word = fc.oneof(fc.nat(0xffff_ffff), fc.constantFrom(BUFFERS, 0, 1, 16, 0x0001_0001, 0x0002_0003));
      fc.assert(
        fc.property(
          fc.array(fc.tuple(slot, register, value), { maxLength: 40 }),
          fc.array(word, { minLength: 64, maxLength: 64 }),
          (stores, words) => {
            const board = testBoard({ drives: [new Uint8Array(8192)], configuration: { virtio: version } });
            board.board.consoleInput('virtio-console')?.receive(Buffer.from('some input'));
            for (const index of [0, VIRTIO_CONSOLE_SLOT, VIRTIO_ENTROPY_SLOT]) {
              perform(board, new VirtioDriver(index, version).initialize(0n, [0]));
            }
            for (const [index, contents] of words.entries()) {
              for (const base of [BUFFERS, 0x8080_0000, 0x808c_0000, 0x808e_0000]) {
                board.memory.view.setUint32(base - 0x8000_0000 + 4 * index, contents, true);
              }
            }
            for (const [index, offset, contents] of stores) {
              board.write(new VirtioDriver(index, version).register(offset), contents);
            }
            for (const index of [0, VIRTIO_CONSOLE_SLOT, VIRTIO_ENTROPY_SLOT]) {
              board.write(new VirtioDriver(index, version).register(0x50), 0);
            }
          },
        ),
        { numRuns: 150 },
      );
    });
  }
});
