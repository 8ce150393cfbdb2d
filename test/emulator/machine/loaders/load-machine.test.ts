import assert from 'node:assert/strict';
import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import type { Firmware, MachineConfiguration, MachineImages } from '../../../../emulator/machine/configuration.ts';
import { flatten } from '../../../../emulator/machine/device-tree/flattened.ts';
import { node } from '../../../../emulator/machine/device-tree/tree.ts';
import { unflatten } from '../../../../emulator/machine/device-tree/unflatten.ts';
import { defaultFirmware } from '../../../../emulator/machine/loaders/default-firmware.ts';
import { LoadError } from '../../../../emulator/machine/loaders/load-error.ts';
import { loadMachine } from '../../../../emulator/machine/loaders/load-machine.ts';
import { defaultConfiguration } from '../test-board.ts';
import type { ElfFileSegment } from './elf-file.ts';
import { CODE, elfFile, patched } from './elf-file.ts';

const MIB = 2 ** 20;
const RAM = 0x8000_0000;

function load(
  images: Partial<MachineImages>,
  firmware: Firmware['kind'] = 'builtin',
  configuration: Partial<MachineConfiguration> = {},
) {
  const all: MachineImages = {
    kernel: undefined,
    initrd: undefined,
    dtb: undefined,
    firmware: undefined,
    drives: [],
    ...images,
  };
  return loadMachine(
    { ...defaultConfiguration, memory: 128 * MIB, firmware: { kind: firmware }, ...configuration },
    all,
  );
}

/** Addresses of what is written into memory, in order. */
function places(...args: Parameters<typeof load>): readonly string[] {
  return load(...args).writes.map(({ address }) => address.toString(16));
}

/** A Linux `Image` of 4 KiB that occupies `size` bytes. */
function linuxImage(size: number): Uint8Array {
  const image = new Uint8Array(4096);
  const view = new DataView(image.buffer);
  view.setBigUint64(8, 0x20_0000n, true);
  view.setBigUint64(16, BigInt(size), true);
  image.set(Buffer.from('RISCV\0\0\0RSC\x05', 'latin1'), 48);
  return image;
}

const raw = new Uint8Array(100).fill(0x13);

describe('loading a kernel', () => {
  it('puts a raw binary or a Linux Image where OpenSBI would have', () => {
    for (const kernel of [raw, linuxImage(MIB)]) {
      const { writes, start, mrom } = load({ kernel });
      assert.equal(writes[0]?.address, 0x8020_0000);
      assert.deepEqual(start, { pc: 0x8020_0000, a0: 0, a1: 0x87e0_0000, a2: 0, privilege: 'S' });
      assert.equal(mrom.length, 0);
    }
  });

  it('puts it at the start of RAM when there is no firmware', () => {
    const { writes, start } = load({ kernel: raw }, 'none');
    assert.equal(writes[0]?.address, RAM);
    assert.deepEqual(start, { pc: 0x1000, a0: 0, a1: 0, a2: 0, privilege: 'M' });
  });

  it('puts it at the next 2 MiB after a firmware image', () => {
    assert.deepEqual(places({ kernel: raw, firmware: raw }, 'image'), ['80000000', '80200000', '87e00000']);
    const large = new Uint8Array(3 * MIB);
    assert.deepEqual(places({ kernel: raw, firmware: large }, 'image'), ['80000000', '80400000', '87e00000']);
  });

  it('puts the segments of an ELF file at their physical addresses', () => {
    const kernel = elfFile({
      entry: 0xffff_ffff_8000_0010n,
      segments: [
        { virtual: 0xffff_ffff_8000_0000n, physical: 0x8040_0000n, bytes: new Uint8Array(0x20).fill(1) },
        { virtual: 0xffff_ffff_8000_1000n, physical: 0x8040_1000n, bytes: Uint8Array.of(2), memorySize: 0x1000n },
      ],
      symbols: { tohost: 0xffff_ffff_8000_1008n },
    });
    const loaded = load({ kernel });
    assert.deepEqual(
      loaded.writes.slice(0, 2).map(({ address, bytes }) => [address, bytes.length]),
      [
        [0x8040_0000, 0x20],
        [0x8040_1000, 1],
      ],
    );
    assert.equal(loaded.start.pc, 0x8040_0010);
    assert.equal(loaded.tohost, 0x8040_1008);
  });

  it('unpacks gzip', () => {
    const kernel = elfFile();
    assert.deepEqual(load({ kernel: gzipSync(kernel) }), load({ kernel }));
    assert.deepEqual(load({ kernel: gzipSync(raw) }), load({ kernel: raw }));
  });

  it('never alters an image', () => {
    const kernel = elfFile();
    const initrd = new Uint8Array(5000).fill(7);
    const before = [kernel.slice(), initrd.slice()];
    load({ kernel, initrd });
    assert.deepEqual([kernel, initrd], before);
  });

  it('jumps to the start of RAM without firmware as QEMU does, or to an entry that QEMU could not reach', () => {
    const start = (kernel: Uint8Array) => new DataView(load({ kernel }, 'none').mrom.buffer).getBigUint64(0x18, true);
    const atStart: ElfFileSegment = { virtual: 0x8000_0000n, bytes: new Uint8Array(64) };
    assert.equal(start(elfFile({ segments: [atStart], entry: 0x8000_0010n })), 0x8000_0000n);
    assert.equal(start(elfFile()), 0x8020_0000n);
  });

  it('needs one, unless a firmware image runs alone', () => {
    assert.throws(() => load({}), /There is no kernel/);
    assert.throws(() => load({}, 'none'), /There is no kernel/);
    assert.deepEqual(places({ firmware: raw }, 'image'), ['80000000', '87e00000']);
    assert.throws(() => load({ kernel: raw }, 'image'), /none was given/);
  });
});

describe('loading an initrd', () => {
  it('puts it half of RAM above the kernel, at most 128 MiB, and tells the kernel', () => {
    const initrd = new Uint8Array(5000);
    for (const [memory, address] of [
      [16 * MIB, 0x80a0_0000],
      [128 * MIB, 0x8420_0000],
      [1024 * MIB, 0x8820_0000],
    ] as const) {
      const { writes, deviceTree } = load({ kernel: raw, initrd }, 'builtin', { memory });
      assert.equal(writes[1]?.address, address);
      const chosen = unflatten(deviceTree.blob).root.children.find((child) => child.name === 'chosen');
      const cell = (name: string) =>
        new DataView((chosen?.properties.get(name) ?? new Uint8Array(4)).buffer).getUint32(0);
      assert.equal(cell('linux,initrd-start'), address);
      assert.equal(cell('linux,initrd-end'), address + 5000);
    }
  });

  it('puts a large one as high as it fits', () => {
    const initrd = new Uint8Array(80 * MIB);
    assert.deepEqual(places({ kernel: raw, initrd }), ['80200000', '82e00000', '87e00000']);
  });

  it('keeps it clear of a kernel that reaches past the middle of RAM', () => {
    const initrd = new Uint8Array(MIB);
    assert.deepEqual(places({ kernel: linuxImage(100 * MIB), initrd }), ['80200000', '87d00000', '87e00000']);
  });

  it('says when there is no room', () => {
    const initrd = new Uint8Array(30 * MIB);
    assert.throws(() => load({ kernel: linuxImage(100 * MIB), initrd }), /initrd \(30 MiB\) does not fit.*more memory/);
    assert.throws(() => load({ kernel: raw, initrd: new Uint8Array(200 * MIB) }), LoadError);
  });
});

describe('loading a device tree', () => {
  it('puts it at the last 2 MiB below the end of RAM and below 3 GiB', () => {
    for (const [memory, address] of [
      [16 * MIB, 0x80e0_0000],
      [128 * MIB, 0x87e0_0000],
      [129 * MIB, 0x8800_0000],
      [3072 * MIB, 0xbfe0_0000],
    ] as const) {
      assert.equal(load({ kernel: raw }, 'builtin', { memory }).deviceTree.address, address);
    }
  });

  it('finds a smaller place in a RAM of less than 2 MiB', () => {
    const { deviceTree } = load({ kernel: raw }, 'none', { memory: 64 * 1024 });
    assert.equal(deviceTree.address % 4096, 0);
    assert.ok(deviceTree.address > RAM && deviceTree.address + deviceTree.blob.length <= RAM + 64 * 1024);
    assert.throws(() => load({ kernel: raw }, 'none', { memory: 4096 }), /device tree .* does not fit/);
  });

  it('adds the boot parameters to one that is given, and keeps the rest', () => {
    const dtb = flatten({
      root: node('', { model: { text: 'mine' } }, [node('chosen', { bootargs: { text: 'old' } })]),
      reservations: [{ address: 0x9000_0000n, size: 0x1000n }],
      bootHart: 0,
    });
    const tree = unflatten(load({ kernel: raw, dtb }, 'builtin', { append: 'new' }).deviceTree.blob);
    assert.equal(tree.reservations.length, 1);
    assert.equal(Buffer.from(tree.root.properties.get('model') ?? []).toString(), 'mine\0');
    const chosen = tree.root.children[0]?.properties;
    assert.equal(Buffer.from(chosen?.get('bootargs') ?? []).toString(), 'new\0');
    assert.equal(Buffer.from(chosen?.get('rng-seed') ?? []).toString('hex'), defaultConfiguration.seed);
  });

  it('refuses one that is malformed, and a seed that is not one', () => {
    assert.throws(() => load({ kernel: raw, dtb: raw }), {
      name: 'LoadError',
      message: /device tree blob is malformed/,
    });
    assert.throws(() => load({ kernel: raw }, 'builtin', { seed: '12' }), /64 hexadecimal digits/);
  });
});

describe('an image that cannot be loaded', () => {
  const elf = elfFile();
  const PROGRAM_HEADER = 64;
  const cases: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['empty', new Uint8Array(0), /is an empty file/],
    ['an ELF header cut short', elf.subarray(0, 20), /cut short at byte 20/],
    ['program headers cut short', elf.subarray(0, 70), /cut short at byte 70, inside its program headers/],
    ['a segment cut short', elf.subarray(0, 122), /segment 0 ends at byte 124, the file at 122/],
    ['big-endian', patched(elf, 5, 1, 2n), /big-endian/],
    ['x86-64', patched(elf, 18, 2, 62n), /for x86-64, not for RISC-V/],
    ['an unknown machine', patched(elf, 18, 2, 9999n), /machine number 9999/],
    ['RV32', patched(elf, 4, 1, 1n), /RV32/],
    ['an object file', patched(elf, 16, 2, 1n), /not an executable/],
    ['a segment at 0', elfFile({ segments: [{ ...CODE, physical: 0n }] }), /0x0 to 0x4, which is not RAM.*not vmlinux/],
    ['a segment past RAM', elfFile({ segments: [{ ...CODE, memorySize: 0x1000_0000n }] }), /at least 258 MiB/],
    ['a segment beyond 2^53', elfFile({ segments: [{ ...CODE, physical: 2n ** 60n }] }), /far outside RAM/],
    ['more file than memory', patched(elf, PROGRAM_HEADER + 40, 8, 2n), /larger in the file than in memory/],
    ['no segment', patched(elf, PROGRAM_HEADER, 4, 0n), /without a loadable segment/],
    ['an entry outside', elfFile({ entry: 0x10n }), /entry point 0x10 outside/],
    ['a gzip file cut short', gzipSync(elf).subarray(0, 60), /corrupt gzip/],
    ['a gzip checksum that differs', patched(gzipSync(raw), gzipSync(raw).length - 8, 4, 1n), /checksum/],
    ['a gzip length that differs', patched(gzipSync(raw), gzipSync(raw).length - 4, 4, 1n), /length/],
    ['a gzip header alone', Uint8Array.of(0x1f, 0x8b), /cut short/],
    ['more than RAM', new Uint8Array(129 * MIB), /needs 129 MiB of memory, the machine has 128 MiB/],
    ['an Image that will not fit', linuxImage(500 * MIB), /needs 500 MiB of memory/],
    ['an Image that ends past RAM', linuxImage(127 * MIB), /RAM ends at 0x88000000/],
    ['a gzip bomb', gzipSync(new Uint8Array(130 * MIB)), /unpacks to more than the 134217728 bytes/],
  ];
  for (const [name, kernel, message] of cases) {
    it(`is refused with a sentence: ${name}`, () => {
      assert.throws(() => load({ kernel }), { name: 'LoadError', role: 'kernel', message });
    });
  }

  it('is refused when firmware is where it wants to be', () => {
    const kernel = elfFile({ segments: [{ virtual: 0x8000_0000n, bytes: raw }] });
    assert.throws(
      () => load({ kernel, firmware: raw }, 'image'),
      /kernel \(0x80000000 to 0x80000064\) overlaps the firmware/,
    );
  });

  it('is refused when it is a drive that is not as configured', () => {
    const drives = [{ name: 'a.img', size: 1024, readOnly: false }];
    assert.throws(() => load({ kernel: raw }, 'none', { drives }), /Drive 0 \(a.img\) has no bytes/);
    assert.throws(() => load({ kernel: raw, drives: [new Uint8Array(512)] }, 'none', { drives }), /has 512 bytes/);
    const odd = [{ name: 'a.img', size: 100, readOnly: false }];
    assert.throws(
      () => load({ kernel: raw, drives: [new Uint8Array(100)] }, 'none', { drives: odd }),
      /multiple of 512/,
    );
    const many = Array.from({ length: 7 }, () => ({ name: 'a', size: 512, readOnly: true }));
    assert.throws(() => load({ kernel: raw }, 'none', { drives: many }), /too many/);
  });

  /** Passes when loading succeeds inside RAM or says why not. */
  function loadsOrRefuses(kernel: Uint8Array, firmware: Firmware['kind']): void {
    try {
      const { writes } = load({ kernel, firmware: kernel, initrd: raw }, firmware, { memory: 4 * MIB });
      for (const { address, bytes } of writes) {
        assert.ok(address >= RAM && address + bytes.length <= RAM + 4 * MIB, 'written outside of RAM');
      }
      defaultFirmware(kernel);
    } catch (error) {
      assert.ok(error instanceof LoadError, `not a LoadError: ${error instanceof Error ? (error.stack ?? '') : ''}`);
    }
  }

  const kinds = fc.constantFrom<Firmware['kind']>('none', 'builtin', 'image');

  it('is loaded or refused whatever bytes of an ELF file are altered', () => {
    const whole = elfFile({ symbols: { tohost: 0x8020_0000n, fromhost: 0x8020_0000n } });
    const alteration = fc.tuple(fc.nat(whole.length - 1), fc.oneof(fc.constantFrom(0, 0xff, 0x80, 0x7f), fc.nat(255)));
    fc.assert(
      fc.property(fc.array(alteration, { minLength: 1, maxLength: 12 }), kinds, (alterations, firmware) => {
        const altered = whole.slice();
        for (const [offset, value] of alterations) altered[offset] = value;
        loadsOrRefuses(altered, firmware);
      }),
      { numRuns: 2000 },
    );
  });

  it('is loaded or refused whatever bytes of a gzip file are altered, and wherever it is cut', () => {
    const whole = gzipSync(Buffer.concat([elfFile(), Buffer.from('some more text, and some more text')]));
    fc.assert(
      fc.property(
        fc.nat(whole.length - 1),
        fc.nat(255),
        fc.nat(whole.length),
        kinds,
        (offset, value, cut, firmware) => {
          const altered = new Uint8Array(whole);
          altered[offset] = value;
          loadsOrRefuses(altered, firmware);
          loadsOrRefuses(whole.subarray(0, cut), firmware);
        },
      ),
      { numRuns: 800 },
    );
  });

  it('is loaded or refused whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), kinds, (bytes, firmware) => {
        loadsOrRefuses(bytes, firmware);
      }),
      { numRuns: 800 },
    );
  });
});

describe('the firmware that a kernel wants', () => {
  it('is none for one that occupies the start of RAM, or ends runs by tohost', () => {
    assert.deepEqual(defaultFirmware(elfFile({ segments: [{ virtual: 0x8000_0000n, bytes: raw }] })), { kind: 'none' });
    assert.deepEqual(defaultFirmware(elfFile({ symbols: { tohost: 0x8020_0000n } })), { kind: 'none' });
  });

  it('is the built-in SBI for every other', () => {
    for (const kernel of [elfFile(), raw, linuxImage(MIB), gzipSync(linuxImage(MIB))]) {
      assert.deepEqual(defaultFirmware(kernel), { kind: 'builtin' });
    }
  });
});
