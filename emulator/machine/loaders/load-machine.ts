import type { Firmware, MachineConfiguration, MachineImages } from '../configuration.ts';
import { flatten } from '../device-tree/flattened.ts';
import type { DeviceTree } from '../device-tree/tree.ts';
import { unflatten } from '../device-tree/unflatten.ts';
import type { BootParameters } from '../device-tree/virt-device-tree.ts';
import { setBootParameters, virtDeviceTree } from '../device-tree/virt-device-tree.ts';
import { MAXIMUM_DRIVES, RAM_BASE } from '../memory-map.ts';
import { hex, LoadError } from './load-error.ts';
import type { Extent, MemoryWrite, PlacedImage } from './placed-image.ts';
import { highest, lowest, placeImage } from './placed-image.ts';
import { RESET_VECTOR, resetVector } from './reset-vector.ts';

const MIB = 2 ** 20;
const KERNEL_ALIGNMENT = 2 * MIB;
const PAGE = 4096;
const SECTOR = 512;
/** Where the built-in SBI starts a kernel without addresses of its own: where OpenSBI would have. */
const DEFAULT_KERNEL_ADDRESS = RAM_BASE + KERNEL_ALIGNMENT;
/** Device trees stay below 3 GiB, where 32-bit loaders can reach them. */
const DEVICE_TREE_CEILING = 3 * 1024 * MIB;

/** The state of hart 0 at power-on; all other registers are zero. */
export interface HartStart {
  readonly pc: number;
  readonly a0: number;
  readonly a1: number;
  readonly a2: number;
  readonly privilege: 'M' | 'S';
}

/** What memory holds at power-on, and where the hart begins. */
export interface LoadedMachine {
  /** In the order in which they must be made. RAM is zero elsewhere. */
  readonly writes: readonly MemoryWrite[];
  /** Contents of the boot ROM; empty with built-in firmware. */
  readonly mrom: Uint8Array;
  readonly start: HartStart;
  /** Physical address of the kernel's `tohost` symbol, if it has one. */
  readonly tohost: number | undefined;
  /** The device tree as the guest gets it, and where. */
  readonly deviceTree: { readonly address: number; readonly blob: Uint8Array };
}

/** Lays the images out in memory as QEMU 7.2 does. Throws a LoadError when that is impossible; never alters an image. */
export function loadMachine(configuration: MachineConfiguration, images: MachineImages): LoadedMachine {
  const {
    memory,
    firmware: { kind },
  } = configuration;
  checkDrives(configuration, images);
  const firmware = placeFirmware(kind, images.firmware, memory);
  const kernel = placeKernel(kind, images.kernel, firmware, memory);
  const occupied = [firmware, kernel].filter((image) => image !== undefined);
  if (firmware && kernel) expectApart(firmware, kernel);

  const initrd = images.initrd && placeInitrd(images.initrd.length, kernel, occupied, memory);
  const deviceTree = placeDeviceTree(configuration, images.dtb, initrd, occupied);

  const writes = [
    ...occupied.flatMap((image) => image.writes),
    ...(images.initrd && initrd ? [{ address: initrd.start, bytes: images.initrd }] : []),
    { address: deviceTree.address, bytes: deviceTree.blob },
  ];
  return { writes, deviceTree, tohost: kernel?.symbol('tohost'), ...begin(kind, firmware, kernel, deviceTree.address) };
}

function begin(
  kind: Firmware['kind'],
  firmware: PlacedImage | undefined,
  kernel: PlacedImage | undefined,
  deviceTree: number,
): Pick<LoadedMachine, 'mrom' | 'start'> {
  if (kind === 'builtin') {
    const pc = kernel?.entry ?? DEFAULT_KERNEL_ADDRESS;
    return { mrom: new Uint8Array(0), start: { pc, a0: 0, a1: deviceTree, a2: 0, privilege: 'S' } };
  }
  const mrom = resetVector({ start: firstAddress(firmware ?? kernel), deviceTree, next: kernel?.entry ?? 0 });
  return { mrom, start: { pc: RESET_VECTOR, a0: 0, a1: 0, a2: 0, privilege: 'M' } };
}

/**
 * Where the boot ROM jumps. QEMU always jumps to the start of RAM, whatever an ELF file's entry point is; so do we when
 * the image has something there. One linked elsewhere would not run at all in QEMU; we take its entry point.
 */
function firstAddress(image: PlacedImage | undefined): number {
  return !image || lowest(image) === RAM_BASE ? RAM_BASE : image.entry;
}

function placeFirmware(kind: Firmware['kind'], file: Uint8Array | undefined, memory: number): PlacedImage | undefined {
  if (kind !== 'image') return undefined;
  if (!file) throw new LoadError('The configuration asks for a firmware image, but none was given.', 'firmware');
  return placeImage(file, RAM_BASE, memory, 'firmware');
}

function placeKernel(
  kind: Firmware['kind'],
  file: Uint8Array | undefined,
  firmware: PlacedImage | undefined,
  memory: number,
): PlacedImage | undefined {
  if (!file) {
    if (kind === 'image') return undefined;
    throw new LoadError('There is no kernel. Name one, or give a firmware image that needs none.', 'kernel');
  }
  const loadAddress = firmware
    ? alignUp(highest(firmware), KERNEL_ALIGNMENT)
    : kind === 'none'
      ? RAM_BASE
      : DEFAULT_KERNEL_ADDRESS;
  return placeImage(file, loadAddress, memory, 'kernel');
}

function expectApart(firmware: PlacedImage, kernel: PlacedImage): void {
  for (const extent of kernel.extents) {
    const other = firmware.extents.find((candidate) => overlap(extent, candidate));
    if (!other) continue;
    throw new LoadError(
      `The kernel (${describe(extent)}) overlaps the firmware (${describe(other)}). ` +
        'Link the kernel at 0x80200000, or run it without firmware.',
      'kernel',
    );
  }
}

/** As QEMU: half of RAM, at most 128 MiB, above the kernel's start. Where that does not fit, as high as it fits. */
function placeInitrd(
  size: number,
  kernel: PlacedImage | undefined,
  occupied: readonly PlacedImage[],
  memory: number,
): Extent {
  const end = RAM_BASE + memory;
  const preferred = (kernel ? lowest(kernel) : RAM_BASE) + Math.min(Math.floor(memory / 2), 128 * MIB);
  // The device tree takes the last 2 MiB-aligned place below its ceiling.
  const limit = alignDown(Math.min(end, DEVICE_TREE_CEILING) - KERNEL_ALIGNMENT, KERNEL_ALIGNMENT);
  for (const start of [preferred, alignDown(limit - size, PAGE)]) {
    const extent = { start, end: start + size };
    const leavesTree = extent.end <= limit || extent.start >= DEVICE_TREE_CEILING;
    if (start >= RAM_BASE && extent.end <= end && leavesTree && !collides(extent, occupied)) return extent;
  }
  throw new LoadError(
    `The initrd (${Math.ceil(size / MIB)} MiB) does not fit into ${Math.floor(memory / MIB)} MiB of memory beside the kernel. ` +
      'Give the machine more memory.',
    'initrd',
  );
}

/** As QEMU: at the highest multiple of 2 MiB where it ends below the end of RAM and below 3 GiB; in a small RAM, of 4 KiB. */
function placeDeviceTree(
  configuration: MachineConfiguration,
  given: Uint8Array | undefined,
  initrd: Extent | undefined,
  occupied: readonly PlacedImage[],
): LoadedMachine['deviceTree'] {
  const boot: BootParameters = { append: configuration.append, initrd, rngSeed: parseSeed(configuration.seed) };
  const blob = flatten(
    given ? customTree(given, boot) : virtDeviceTree(configuration.memory, configuration.harts, boot),
  );
  const ceiling = Math.min(RAM_BASE + configuration.memory, DEVICE_TREE_CEILING);
  for (const alignment of [KERNEL_ALIGNMENT, PAGE]) {
    const address = alignDown(ceiling - blob.length, alignment);
    const extent = { start: address, end: address + blob.length };
    const free = !collides(extent, occupied) && !(initrd && overlap(extent, initrd));
    if (address >= RAM_BASE && free) return { address, blob };
  }
  throw new LoadError(
    `The device tree (${blob.length} bytes) does not fit into ${Math.floor(configuration.memory / MIB)} MiB of memory ` +
      'beside the kernel and its initrd. Give the machine more memory.',
    'dtb',
  );
}

function customTree(blob: Uint8Array, boot: BootParameters): DeviceTree {
  const tree = unflatten(blob);
  setBootParameters(tree, boot);
  return tree;
}

function parseSeed(seed: string): Uint8Array {
  if (!/^[0-9a-f]{64}$/i.test(seed)) throw new LoadError(`The seed "${seed}" is not 64 hexadecimal digits.`);
  return Uint8Array.from({ length: 32 }, (_, index) => Number.parseInt(seed.slice(index * 2, index * 2 + 2), 16));
}

function checkDrives({ drives }: MachineConfiguration, images: MachineImages): void {
  if (drives.length > MAXIMUM_DRIVES) {
    throw new LoadError(`${drives.length} drives are too many: the board has room for ${MAXIMUM_DRIVES}.`, 'drive');
  }
  for (const [index, { name, size }] of drives.entries()) {
    if (size === 0 || size % SECTOR !== 0) {
      throw new LoadError(
        `Drive ${index} (${name}) has ${size} bytes, not a multiple of 512. Fill the image up.`,
        'drive',
      );
    }
    const image = images.drives[index];
    if (image?.length === size) continue;
    throw new LoadError(
      `Drive ${index} (${name}) has ${image?.length ?? 'no'} bytes, the configuration says ${size}. Give the same image again.`,
      'drive',
    );
  }
}

function collides(extent: Extent, images: readonly PlacedImage[]): boolean {
  return images.some((image) => image.extents.some((other) => overlap(extent, other)));
}

function overlap(a: Extent, b: Extent): boolean {
  return a.start < b.end && b.start < a.end;
}

function describe({ start, end }: Extent): string {
  return `${hex(start)} to ${hex(end)}`;
}

function alignUp(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}

function alignDown(value: number, alignment: number): number {
  return Math.floor(value / alignment) * alignment;
}
