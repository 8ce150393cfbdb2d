import { KernelObject, type KernelView } from '../kernel-object.ts';

/**
 * Where Linux keeps the virtual address that it has chosen for itself: written in setup_vm, with paging still off, and zero
 * before (arch/riscv/mm/init.c, since 5.13). `kernel` is the kernel at its physical address. Throws a GuestError where this
 * kernel has no such variable.
 */
export function chosenAddress(kernel: KernelView): KernelObject {
  return KernelObject.variable(kernel, 'kernel_map').member('virt_addr');
}
