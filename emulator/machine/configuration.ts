/** The machine as its user describes it. Plain data: it is stored in recordings as JSON. */

/** How the machine starts. */
export type Firmware =
  /** The SBI that is built into the machine: the kernel starts in S-mode, M-mode is not visible. */
  | { readonly kind: 'builtin' }
  /** No firmware: the kernel starts in M-mode. */
  | { readonly kind: 'none' }
  /** A firmware image (OpenSBI fw_dynamic or fw_jump) loaded at the start of RAM, entered in M-mode. */
  | { readonly kind: 'image' };

export interface MachineConfiguration {
  /** Bytes of RAM at 0x8000_0000; a multiple of 4096. */
  readonly memory: number;
  readonly harts: 1;
  readonly firmware: Firmware;
  /** Kernel command line. */
  readonly append: string;
  /** Steps in one tick of mtime (100 ns). */
  readonly stepsPerTick: number;
  /** Wall clock at power-on, nanoseconds since 1970 (decimal string: it exceeds 2^53). */
  readonly rtc: string;
  /** 32 bytes as hexadecimal: the device tree's rng-seed, and the seed of everything random that is not host input. */
  readonly seed: string;
  /** At most six: they take the first virtio-mmio slots, the console and the entropy device the last two. */
  readonly drives: readonly DriveConfiguration[];
  /**
   * The register interface of the virtio-mmio slots: `legacy` (version 1), as QEMU's board has unless it is started with
   * `-global virtio-mmio.force-legacy=false`, and the default here too; or `modern` (version 2, virtio 1.0 and later).
   */
  readonly virtio?: 'legacy' | 'modern';
}

export interface DriveConfiguration {
  /** Name of the image file, for people. */
  readonly name: string;
  /** Bytes; a multiple of 512. */
  readonly size: number;
  readonly readOnly: boolean;
}

/** The bytes a machine is built from. The machine never changes them. */
export interface MachineImages {
  readonly kernel: Uint8Array | undefined;
  readonly initrd: Uint8Array | undefined;
  /** A device tree blob to use in place of the generated one. */
  readonly dtb: Uint8Array | undefined;
  readonly firmware: Uint8Array | undefined;
  /** One for each drive of the configuration, in order. */
  readonly drives: readonly Uint8Array[];
}
