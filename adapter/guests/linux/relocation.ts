import { KernelObject, symbolAddress, type KernelView } from '../kernel-object.ts';

/**
 * Where Linux keeps the virtual address that it has chosen for itself: written in setup_vm, with paging still off, and zero
 * before (arch/riscv/mm/init.c, since 5.13). `kernel` is the kernel at its physical address.
 */
export function chosenAddress(kernel: KernelView): KernelObject {
  return KernelObject.variable(kernel, 'kernel_map').member('virt_addr');
}

/** Bytes between where Linux was linked to be and where it is; undefined before it has chosen. */
export function chosenRelocation(kernel: KernelView, linkedStart: bigint): bigint | undefined {
  const chosen = chosenAddress(kernel).unsigned();
  return chosen === 0n ? undefined : BigInt.asIntN(64, chosen - linkedStart);
}

/** The beginning of the kernel's image, which is what it chooses an address for. */
export function imageStart(kernel: KernelView): bigint {
  return symbolAddress(kernel, '_start');
}
