import * as map from '../memory-map.ts';
import { CACHE_BLOCK_SIZE, ISA_BASE, ISA_EXTENSIONS, ISA_STRING } from './isa.ts';
import type { DeviceTree, DeviceTreeNode } from './tree.ts';
import { ensureChild, node, setProperty, twoCells } from './tree.ts';

/** What differs from one boot to the next. */
export interface BootParameters {
  /** Kernel command line; not written when empty. */
  readonly append: string;
  readonly initrd: { readonly start: number; readonly end: number } | undefined;
  /** 32 bytes for the kernel's random number generator. */
  readonly rngSeed: Uint8Array;
}

/** Local interrupt numbers of a hart's own controller: the codes of mcause. */
const LOCAL_INTERRUPT = { machineSoftware: 3, machineTimer: 7, supervisorExternal: 9, machineExternal: 11 } as const;

/**
 * The tree that QEMU 7.2 generates for this board, less what is not on ours (PCI, flash, fw_cfg, the platform bus, the PMU),
 * and with the ISA described in full. Phandles: harts and their controllers first, then PLIC and test finisher.
 */
export function virtDeviceTree(memory: number, harts: number, boot: BootParameters): DeviceTree {
  const cpuPhandle = (hart: number) => 1 + 2 * hart;
  const controllerPhandle = (hart: number) => 2 + 2 * hart;
  const plicPhandle = 1 + 2 * harts;
  const testPhandle = 2 + 2 * harts;
  const hartIds = Array.from({ length: harts }, (_, hart) => hart);
  const wires = (...interrupts: readonly number[]) => ({
    cells: hartIds.flatMap((hart) => interrupts.flatMap((interrupt) => [controllerPhandle(hart), interrupt])),
  });
  const interrupting = (irq: number) =>
    ({ interrupts: { cells: [irq] }, 'interrupt-parent': { cells: [plicPhandle] } }) as const;

  const cpus = node(
    'cpus',
    {
      '#address-cells': { cells: [1] },
      '#size-cells': { cells: [0] },
      'timebase-frequency': { cells: [map.TIMEBASE_FREQUENCY] },
    },
    [
      ...hartIds.map((hart) => cpu(hart, cpuPhandle(hart), controllerPhandle(hart))),
      node('cpu-map', {}, [
        node(
          'cluster0',
          {},
          hartIds.map((hart) => node(`core${hart}`, { cpu: { cells: [cpuPhandle(hart)] } })),
        ),
      ]),
    ],
  );

  const soc = node(
    'soc',
    {
      '#address-cells': { cells: [2] },
      '#size-cells': { cells: [2] },
      compatible: { text: 'simple-bus' },
      ranges: 'empty',
    },
    [
      node('rtc@101000', {
        ...interrupting(map.RTC_IRQ),
        reg: { cells: [...twoCells(map.RTC.base), 0, 0x1000] },
        compatible: { text: 'google,goldfish-rtc' },
      }),
      node('serial@10000000', {
        ...interrupting(map.UART_IRQ),
        'clock-frequency': { cells: [3_686_400] },
        reg: { cells: [...twoCells(map.UART.base), 0, 0x100] },
        compatible: { text: 'ns16550a' },
      }),
      node('test@100000', {
        phandle: { cells: [testPhandle] },
        reg: { cells: [...twoCells(map.TEST_FINISHER.base), 0, 0x1000] },
        compatible: { texts: ['sifive,test1', 'sifive,test0', 'syscon'] },
      }),
      ...Array.from({ length: map.VIRTIO_SLOTS }, (_, index) => {
        // Last slot first, as QEMU's tree has them: Linux then numbers the devices as it does there.
        const slot = map.VIRTIO_SLOTS - 1 - index;
        const { base } = map.virtioSlot(slot);
        return node(`virtio_mmio@${base.toString(16)}`, {
          ...interrupting(map.virtioIrq(slot)),
          reg: { cells: [...twoCells(base), 0, 0x1000] },
          compatible: { text: 'virtio,mmio' },
        });
      }),
      node('plic@c000000', {
        phandle: { cells: [plicPhandle] },
        'riscv,ndev': { cells: [map.PLIC_SOURCES] },
        reg: { cells: [...twoCells(map.PLIC.base), ...twoCells(map.PLIC.size)] },
        'interrupts-extended': wires(LOCAL_INTERRUPT.machineExternal, LOCAL_INTERRUPT.supervisorExternal),
        'interrupt-controller': 'empty',
        compatible: { texts: ['sifive,plic-1.0.0', 'riscv,plic0'] },
        '#address-cells': { cells: [0] },
        '#interrupt-cells': { cells: [1] },
      }),
      node('clint@2000000', {
        'interrupts-extended': wires(LOCAL_INTERRUPT.machineSoftware, LOCAL_INTERRUPT.machineTimer),
        reg: { cells: [...twoCells(map.CLINT.base), 0, 0x1_0000] },
        compatible: { texts: ['sifive,clint0', 'riscv,clint0'] },
      }),
    ],
  );

  const root = node(
    '',
    {
      '#address-cells': { cells: [2] },
      '#size-cells': { cells: [2] },
      compatible: { text: 'riscv-virtio' },
      model: { text: 'riscv-virtio,qemu' },
    },
    [
      node('chosen', { 'stdout-path': { text: '/soc/serial@10000000' } }),
      syscon('poweroff', testPhandle, 0x5555),
      syscon('reboot', testPhandle, 0x7777),
      node('memory@80000000', {
        device_type: { text: 'memory' },
        reg: { cells: [...twoCells(map.RAM_BASE), ...twoCells(memory)] },
      }),
      cpus,
      soc,
    ],
  );
  const tree: DeviceTree = { root, reservations: [], bootHart: 0 };
  setBootParameters(tree, boot);
  return tree;
}

/** Writes into `/chosen` what the kernel is told at boot; also done to a tree given by the person, as QEMU does. */
export function setBootParameters(tree: DeviceTree, boot: BootParameters): void {
  const chosen = ensureChild(tree.root, 'chosen');
  if (boot.append !== '') setProperty(chosen, 'bootargs', { text: boot.append });
  if (boot.initrd) {
    setProperty(chosen, 'linux,initrd-start', initrdAddress(boot.initrd.start));
    setProperty(chosen, 'linux,initrd-end', initrdAddress(boot.initrd.end));
  }
  setProperty(chosen, 'rng-seed', { bytes: boot.rngSeed });
}

/** One cell where it is enough, as QEMU writes it; kernels accept one or two. */
function initrdAddress(address: number): { readonly cells: readonly number[] } {
  return { cells: address < 2 ** 32 ? [address] : twoCells(address) };
}

function cpu(hart: number, phandle: number, controllerPhandle: number): DeviceTreeNode {
  return node(
    `cpu@${hart.toString(16)}`,
    {
      phandle: { cells: [phandle] },
      device_type: { text: 'cpu' },
      reg: { cells: [hart] },
      status: { text: 'okay' },
      compatible: { text: 'riscv' },
      'riscv,cboz-block-size': { cells: [CACHE_BLOCK_SIZE] },
      'riscv,cbop-block-size': { cells: [CACHE_BLOCK_SIZE] },
      'riscv,cbom-block-size': { cells: [CACHE_BLOCK_SIZE] },
      'riscv,isa': { text: ISA_STRING },
      'riscv,isa-base': { text: ISA_BASE },
      'riscv,isa-extensions': { texts: ISA_EXTENSIONS },
      'mmu-type': { text: 'riscv,sv57' },
    },
    [
      node('interrupt-controller', {
        '#address-cells': { cells: [0] },
        '#interrupt-cells': { cells: [1] },
        'interrupt-controller': 'empty',
        compatible: { text: 'riscv,cpu-intc' },
        phandle: { cells: [controllerPhandle] },
      }),
    ],
  );
}

function syscon(name: string, testPhandle: number, value: number): DeviceTreeNode {
  return node(name, {
    value: { cells: [value] },
    offset: { cells: [0] },
    regmap: { cells: [testPhandle] },
    compatible: { text: `syscon-${name}` },
  });
}
