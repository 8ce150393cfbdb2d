import type { Firmware, MachineConfiguration, MachineImages } from '../../emulator/machine/configuration.ts';
import { defaultFirmware } from '../../emulator/machine/loaders/default-firmware.ts';
import type { ImageRole } from '../../emulator/machine/loaders/load-error.ts';
import { LoadError } from '../../emulator/machine/loaders/load-error.ts';
import type { Machine } from '../../emulator/machine/machine.ts';
import { createMachine } from '../../emulator/machine/virt-machine.ts';
import type { KernelFile } from '../../emulator/replay/timeline.ts';
import type { RecordRequest } from '../session/host.ts';
import { FileError } from './file-error.ts';

/** Memory of a machine for which none was asked, in bytes: enough for Debian's Linux with a small initramfs. */
export const DEFAULT_MEMORY = 256 * 2 ** 20;

/** Steps to a tick of 100 ns: a step takes a nanosecond of the guest's time, as in QEMU with -icount shift=0. */
const STEPS_PER_TICK = 100;

/** A machine as a person describes it: its files by path. */
export interface MachineRequest {
  readonly kernel?: string | undefined;
  readonly initrd?: string | undefined;
  readonly append?: string | undefined;
  /** What the kernel wants when it is absent. */
  readonly firmware?: Firmware['kind'] | { readonly path: string } | undefined;
  /** Bytes of RAM. */
  readonly memory?: number | undefined;
  readonly drives?: readonly { readonly path: string; readonly readOnly: boolean }[] | undefined;
  /** The register interface of the virtio-mmio slots; the machine's own default when absent. */
  readonly virtio?: MachineConfiguration['virtio'] | undefined;
  readonly dtb?: string | undefined;
  /** Wall clock at power-on, nanoseconds since 1970; the present time when absent. */
  readonly rtc?: bigint | undefined;
  /** 64 hexadecimal digits; drawn when absent. */
  readonly seed?: string | undefined;
  /** A file with the kernel's symbols, when they are not in the kernel itself. */
  readonly symbols?: string | undefined;
}

export interface BuiltMachine {
  readonly machine: Machine;
  readonly configuration: MachineConfiguration;
  readonly kernel: KernelFile | undefined;
  readonly symbols: KernelFile | undefined;
}

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

/** The machine that a session asks for. */
export function machineRequestOf({ rtc, firmware, ...request }: RecordRequest): MachineRequest {
  return {
    ...request,
    firmware: firmware?.kind === 'image' ? { path: firmware.path } : firmware?.kind,
    rtc: rtc === undefined ? undefined : BigInt(rtc) * NANOSECONDS_PER_MILLISECOND,
  };
}

/** Reads a file; `what` says in a message what it is for. Rejects with a FileError. */
export type ReadImage = (path: string, what: string) => Promise<Uint8Array>;

const SECTOR = 512;

/** Reads the files and builds the machine. Rejects with a FileError that names the file and the remedy. */
export async function assembleMachine(request: MachineRequest, read: ReadImage): Promise<BuiltMachine> {
  const optional = (path: string | undefined, what: string): Promise<Uint8Array | undefined> =>
    path === undefined ? Promise.resolve(undefined) : read(path, what);
  const { firmware } = request;
  const firmwarePath = typeof firmware === 'object' ? firmware.path : undefined;
  const kernel = await optional(request.kernel, 'kernel');
  if (kernel === undefined && firmwarePath === undefined) {
    throw new FileError(
      'There is nothing to run. Name a kernel with --kernel FILE, or a firmware with --firmware FILE.',
    );
  }
  const driveImages = await Promise.all(
    (request.drives ?? []).map(async ({ path }) => wholeSectors(path, await read(path, 'drive image'))),
  );
  const images: MachineImages = {
    kernel,
    initrd: await optional(request.initrd, 'initrd'),
    dtb: await optional(request.dtb, 'device tree'),
    firmware: await optional(firmwarePath, 'firmware'),
    drives: driveImages,
  };
  const paths: Partial<Record<ImageRole, string | undefined>> = {
    kernel: request.kernel,
    initrd: request.initrd,
    dtb: request.dtb,
    firmware: firmwarePath,
  };
  const symbols = await optional(request.symbols, 'symbols');
  try {
    const configuration: MachineConfiguration = {
      memory: request.memory ?? DEFAULT_MEMORY,
      harts: 1,
      firmware: chooseFirmware(firmware, kernel),
      append: request.append ?? '',
      stepsPerTick: STEPS_PER_TICK,
      rtc: String(request.rtc ?? BigInt(Date.now()) * 1_000_000n),
      seed: request.seed ?? drawSeed(),
      drives: (request.drives ?? []).map(({ path, readOnly }, index) => ({
        name: basename(path),
        size: driveImages[index]?.length ?? 0,
        readOnly,
      })),
      ...(request.virtio === undefined ? {} : { virtio: request.virtio }),
    };
    return {
      machine: createMachine(configuration, images),
      configuration,
      kernel: kernel === undefined ? undefined : { name: basename(request.kernel ?? ''), bytes: kernel },
      symbols: symbols === undefined ? undefined : { name: basename(request.symbols ?? ''), bytes: symbols },
    };
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    const path = error.role === undefined ? undefined : paths[error.role];
    throw new FileError(path === undefined ? sentence(error.message) : `${path}: ${sentence(error.message)}`);
  }
}

function chooseFirmware(firmware: MachineRequest['firmware'], kernel: Uint8Array | undefined): Firmware {
  if (typeof firmware === 'object') return { kind: 'image' };
  if (firmware !== undefined) return { kind: firmware };
  return kernel === undefined ? { kind: 'none' } : defaultFirmware(kernel);
}

function drawSeed(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The last part of a path, as POSIX or Windows write it. */
function basename(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/** A drive's image, filled up with zeros to whole sectors. */
function wholeSectors(path: string, bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) throw new FileError(`${path} is empty. Name a drive image with content.`);
  if (bytes.length % SECTOR === 0) return bytes;
  const padded = new Uint8Array(Math.ceil(bytes.length / SECTOR) * SECTOR);
  padded.set(bytes);
  return padded;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
