import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { requirePeer } from '../../../peers.ts';
import type { Access } from '../access-script/access-script.ts';
import { AccessScript, load, store } from '../access-script/access-script.ts';
import { defaultConfiguration } from '../test-board.ts';
import type { Descriptor } from './virtio-driver.ts';
import { BUFFERS, INDIRECT, NEXT, VirtioDriver, WRITE, writeDescriptors } from './virtio-driver.ts';

/** The same driver on QEMU's virtio-mmio devices and on ours. */

const SECTORS = 64;
const DATA = BUFFERS + 0x1000;
const STATUS = BUFFERS + 0x800;

function image(): Uint8Array {
  return Uint8Array.from({ length: SECTORS * 512 }, (_, index) => (index >> 9) * 31 + (index % 512) * 7);
}

const [IN, OUT, FLUSH, GET_ID, DISCARD, WRITE_ZEROES] = [0, 1, 4, 8, 11, 13] as const;

interface Request {
  readonly type: number;
  readonly sector?: number | bigint;
  /** Data for the device to read or to write. */
  readonly data?: readonly { readonly address: number; readonly length: number; readonly write: boolean }[];
}

describe("QEMU's virtio devices and ours", () => {
  let script: AccessScript;
  before(function () {
    requirePeer(this, 'qemu-system-riscv64');
    requirePeer(this, 'riscv64-linux-gnu-gcc');
    script = new AccessScript();
  });
  after(() => {
    script.dispose();
  });

  for (const version of ['legacy', 'modern'] as const) {
    describe(`with the ${version} interface`, () => {
      let disk: VirtioDriver;
      beforeEach(() => {
        disk = new VirtioDriver(0, version);
      });

      function compare(accesses: readonly Access[]): void {
        const drive = script.file('drive.img', image());
        const theirs = script.onQemu(accesses, [
          ...['-global', `virtio-mmio.force-legacy=${version === 'legacy' ? 'true' : 'false'}`],
          ...['-drive', `file=${drive},if=none,format=raw,id=d,discard=unmap,detect-zeroes=off`],
          ...['-device', 'virtio-blk-device,drive=d,bus=virtio-mmio-bus.0,serial=virtio-block0'],
          ...['-device', 'virtio-rng-device,bus=virtio-mmio-bus.7'],
          // One port: without the control queues that ours does not have.
          ...['-device', 'virtio-serial-device,max_ports=1,bus=virtio-mmio-bus.6'],
          ...[
            '-chardev',
            `file,id=c,path=${script.file('hvc0', new Uint8Array(0))}`,
            '-device',
            'virtconsole,chardev=c',
          ],
        ]);
        const configuration = {
          ...defaultConfiguration,
          virtio: version,
          drives: [{ name: 'drive.img', size: SECTORS * 512, readOnly: false }],
        };
        const original = image();
        const ours = script.onOurs(accesses, configuration, [original]);
        const label = (lines: readonly string[]) =>
          accesses.map((access, index) => {
            const value = access.kind === 'load' ? '' : ` ${access.value.toString(16)}`;
            return `${access.kind}${access.width * 8} ${access.address.toString(16)}${value}: ${lines[index] ?? 'nothing'}`;
          });
        assert.deepEqual(label(ours), label(theirs));
        assert.deepEqual(original, image(), 'the image is never altered');
        assert.equal(readFileSync(drive).length, original.length);
      }

      /** A request in descriptors 0, 1, ... and all that can be seen of its completion. */
      function request({ type, sector = 0, data = [] }: Request): readonly Access[] {
        const chain: Descriptor[] = [
          { address: BUFFERS, length: 16, flags: NEXT, next: 1 },
          ...data.map(({ address, length, write }, index) => {
            return { address, length, flags: NEXT | (write ? WRITE : 0), next: index + 2 };
          }),
          { address: STATUS, length: 1, flags: WRITE },
        ];
        return [
          store(BUFFERS, type, 8),
          store(BUFFERS + 8, sector, 8),
          store(STATUS, 0xff, 1),
          ...disk.describe(0, chain),
          ...disk.offer(0, 0),
          disk.notify(0),
          ...disk.complete(0),
          load(STATUS, 1),
        ];
      }

      const read = (address: number, length: number) => ({ address, length, write: true });
      const written = (address: number, length: number) => ({ address, length, write: false });

      it('have the same registers before a driver comes', () => {
        compare(
          [0, 1, 7].flatMap((slot) => {
            const { base } = new VirtioDriver(slot, version);
            // Left out: the features, which are not the same, and narrow loads from an empty slot, which QEMU answers.
            const offsets = [
              0x0, 0x4, 0x8, 0xc, 0x34, 0x38, 0x40, 0x44, 0x50, 0x60, 0x64, 0x70, 0x80, 0xb0, 0xb4, 0xfc,
            ];
            return [
              ...offsets.map((offset) => load(base + offset)),
              ...(slot === 1 ? [] : [load(base, 1), load(base, 2)]),
              load(base + 0x200),
              load(base + 0xffc),
            ];
          }),
        );
      });

      it('take the same configuration of a queue', () => {
        compare([
          ...disk.initialize(0n, [0]),
          ...[1, 5, 1023].flatMap((queue) => [store(disk.register(0x30), queue), load(disk.register(0x34))]),
          store(disk.register(0x30), 0),
          load(disk.register(0x34)),
          store(disk.register(0x70), 0),
          load(disk.register(0x70)),
          load(disk.register(version === 'legacy' ? 0x40 : 0x44)),
        ]);
      });

      it('have the same capacity', () => {
        compare([
          load(disk.register(0x100)),
          load(disk.register(0x104)),
          load(disk.register(0x100), 2),
          load(disk.register(0x100), 1),
        ]);
      });

      it('read and write the same sectors', () => {
        compare([
          ...disk.initialize(0n, [0]),
          ...request({ type: IN, sector: 3, data: [read(DATA, 1024)] }),
          ...[0, 8, 504, 512, 1016].map((offset) => load(DATA + offset, 8)),
          store(DATA + 2048, 0x1234_5678_9abc_def0n, 8),
          ...request({ type: OUT, sector: 4, data: [written(DATA + 2048, 512)] }),
          ...request({ type: IN, sector: 4, data: [read(DATA, 512)] }),
          load(DATA, 8),
          load(DATA + 8, 8),
          ...request({ type: FLUSH }),
        ]);
      });

      it('gather and scatter', () => {
        compare([
          ...disk.initialize(0n, [0]),
          ...request({ type: IN, sector: 1, data: [read(DATA, 256), read(DATA + 0x400, 700), read(DATA + 0x800, 68)] }),
          ...[0, 248, 0x400, 0x400 + 692, 0x800, 0x800 + 60].map((offset) => load(DATA + offset, 8)),
        ]);
      });

      it('refuse what is outside of the drive or not whole sectors', () => {
        // Left out: the bytes written, which QEMU counts as if the request had succeeded.
        const isLength = ({ kind, address }: Access) => {
          return kind === 'load' && address >= disk.used(0) + 8 && address < BUFFERS && address % 8 === 0;
        };
        const refused = (details: Request) => request(details).filter((access) => !isLength(access));
        compare([
          ...disk.initialize(0n, [0]),
          ...refused({ type: IN, sector: SECTORS, data: [read(DATA, 512)] }),
          ...refused({ type: IN, sector: SECTORS - 1, data: [read(DATA, 1024)] }),
          ...refused({ type: OUT, sector: 2n ** 63n, data: [written(DATA, 512)] }),
          ...refused({ type: IN, sector: 2n ** 64n - 1n, data: [read(DATA, 512)] }),
          ...refused({ type: IN, sector: 0, data: [read(DATA, 500)] }),
          ...refused({ type: 77, sector: 0, data: [read(DATA, 512)] }),
        ]);
      });

      it('say who they are', () => {
        compare([
          ...disk.initialize(0n, [0]),
          ...request({ type: GET_ID, data: [read(DATA, 20)] }),
          load(DATA, 8),
          load(DATA + 8, 8),
          load(DATA + 16, 4),
        ]);
      });

      it('write zeroes and discard', () => {
        const features = (1n << 13n) | (1n << 14n);
        const range = (sector: bigint, sectors: number, flags: number): readonly Access[] => [
          store(DATA, sector, 8),
          store(DATA + 8, sectors, 4),
          store(DATA + 12, flags, 4),
        ];
        compare([
          ...disk.initialize(features, [0]),
          ...range(2n, 3, 0),
          ...request({ type: WRITE_ZEROES, data: [written(DATA, 16)] }),
          ...request({ type: IN, sector: 1, data: [read(DATA + 0x1000, 4 * 512)] }),
          ...[504, 512, 2040].map((offset) => load(DATA + 0x1000 + offset, 8)),
          ...range(8n, 1, 0),
          ...request({ type: DISCARD, data: [written(DATA, 16)] }),
          ...range(8n, 1, 1),
          ...request({ type: DISCARD, data: [written(DATA, 16)] }),
          ...range(8n, 1, 2),
          ...request({ type: WRITE_ZEROES, data: [written(DATA, 16)] }),
          ...range(BigInt(SECTORS), 1, 0),
          ...request({ type: WRITE_ZEROES, data: [written(DATA, 16)] }),
        ]);
      });

      it('follow an indirect table', () => {
        const table = DATA + 0x2000;
        compare([
          ...disk.initialize(1n << 28n, [0]),
          store(BUFFERS, IN, 8),
          store(BUFFERS + 8, 7, 8),
          ...writeDescriptors(table, [
            { address: BUFFERS, length: 16, flags: NEXT, next: 2 },
            { address: STATUS, length: 1, flags: WRITE },
            { address: DATA, length: 512, flags: NEXT | WRITE, next: 1 },
          ]),
          ...disk.describe(0, [{ address: table, length: 48, flags: INDIRECT }]),
          ...disk.offer(0, 0),
          disk.notify(0),
          ...disk.complete(0),
          load(STATUS, 1),
          load(DATA, 8),
        ]);
      });

      it('stay silent when the driver wants no interrupt', () => {
        compare([
          ...disk.initialize(0n, [0]),
          store(disk.available(0), 1, 2),
          ...request({ type: FLUSH }),
          store(disk.available(0), 0, 2),
          ...request({ type: FLUSH }),
        ]);
      });

      it('interrupt at the event index', () => {
        const event = disk.available(0) + 4 + 2 * 8;
        compare([
          ...disk.initialize(1n << 29n, [0]),
          // The first is wanted: QEMU interrupts for the first of all whether it is or not.
          store(event, 0, 2),
          ...request({ type: FLUSH }),
          store(event, 2, 2),
          ...request({ type: FLUSH }),
          ...request({ type: FLUSH }),
          ...request({ type: FLUSH }),
          store(event, 4, 2),
          ...request({ type: FLUSH }),
          load(disk.used(0) + 4 + 8 * 8, 2),
        ]);
      });

      it('stop at a driver that breaks the rules, until it resets them', () => {
        compare([
          ...disk.initialize(0n, [0]),
          ...disk.describe(0, [{ address: BUFFERS, length: 16, flags: NEXT, next: 200 }]),
          ...disk.offer(0, 0),
          disk.notify(0),
          // QEMU serves the queue in its own time: it has by the time another slot answered a few hundred loads.
          ...Array.from({ length: 2000 }, () => load(new VirtioDriver(1, version).base)),
          load(disk.register(0x70)),
          // Left out: the interrupt status, in which QEMU also says that something was used.
          load(disk.used(0) + 2, 2),
          store(disk.register(0x70), 0),
          load(disk.register(0x70)),
          load(disk.register(0x60)),
        ]);
      });

      it('transmit to a console', () => {
        const console = new VirtioDriver(6, version);
        compare([
          load(console.register(0x8)),
          load(console.register(0x104)),
          ...console.initialize(0n, [0, 1]),
          store(DATA, 0x6f6c_6c65_6821_0a0dn, 8),
          ...console.describe(0, [{ address: DATA + 0x100, length: 64, flags: WRITE }]),
          ...console.offer(0, 0),
          console.notify(0),
          load(console.used(0) + 2, 2),
          ...console.describe(1, [
            { address: DATA, length: 3, flags: NEXT, next: 1 },
            { address: DATA + 3, length: 5 },
          ]),
          ...console.offer(1, 0),
          console.notify(1),
          ...console.complete(1),
        ]);
      });

      it('give entropy', () => {
        const entropy = new VirtioDriver(7, version);
        compare([
          ...entropy.initialize(0n, [0]),
          ...entropy.describe(0, [{ address: DATA, length: 16, flags: WRITE }]),
          ...entropy.offer(0, 0),
          entropy.notify(0),
          ...entropy.complete(0),
        ]);
      });
    });
  }
});
