import type { Region } from './device.ts';

/**
 * Where things are on the `virt` board (QEMU 7.2, hw/riscv/virt.c, and the device tree that it generates). Kernels built
 * for QEMU have these addresses compiled in.
 */

/** Boot ROM: holds the reset vector. */
export const MASK_ROM: Region = { base: 0x1000, size: 0xf000 };
export const TEST_FINISHER: Region = { base: 0x10_0000, size: 0x1000 };
/** The device tree says 0x1000 bytes; only the registers answer. */
export const RTC: Region = { base: 0x10_1000, size: 0x24 };
/** The device tree says 0x10000 bytes; nothing answers above mtime. */
export const CLINT: Region = { base: 0x200_0000, size: 0xc000 };
export const PLIC: Region = { base: 0xc00_0000, size: 0x60_0000 };
/** The device tree says 0x100 bytes; only the eight registers answer. */
export const UART: Region = { base: 0x1000_0000, size: 8 };
export const RAM_BASE = 0x8000_0000;

export const VIRTIO_SLOTS = 8;
/** Drives are in the slots from 0 on. */
export const VIRTIO_CONSOLE_SLOT = 6;
export const VIRTIO_ENTROPY_SLOT = 7;
export const MAXIMUM_DRIVES = 6;
/** The registers of virtio-mmio slot `slot`, 0 to 7. Its `Region` is 0x200 bytes long; slots are 0x1000 apart. */
export function virtioSlot(slot: number): Region {
  return { base: 0x1000_1000 + slot * 0x1000, size: 0x200 };
}

/** PLIC source of each interrupting device. */
export const UART_IRQ = 10;
export const RTC_IRQ = 11;
export function virtioIrq(slot: number): number {
  return 1 + slot;
}
/** `riscv,ndev` of the device tree. */
export const PLIC_SOURCES = 96;

/** Ticks of mtime in a second. */
export const TIMEBASE_FREQUENCY = 10_000_000;
/** Nanoseconds in a tick of mtime. */
export const TICK_NANOSECONDS = 100n;
