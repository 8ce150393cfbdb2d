import type { HartView } from '../../../emulator/machine/machine.ts';
import type { TimelineContract } from '../../../emulator/replay/timeline-contract.ts';
import { BareMetal } from '../../guests/bare-metal.ts';
import { DeclaredGuest } from '../../guests/declared/declared-guest.ts';
import type { GuestDescription } from '../../guests/declared/description.ts';
import type { Guest } from '../../guests/guest.ts';
import type { KernelSymbols } from '../../guests/kernel-object.ts';
import { LinuxGuest } from '../../guests/linux/linux-guest.ts';
import { memoryOfSpace, littleEndian, type ReadMemory } from '../../guests/memory/memory.ts';
import { walkPageTable, type PageTableWalk } from '../../guests/memory/page-table.ts';
import type { KernelLocation } from '../spaces/kernel-location.ts';

/** CSR number (privileged specification, chapter 2). */
const SATP = 0x180;

/** What only Linux has; without `init_task` there are no tasks to be found. */
const LINUX_SYMBOLS = ['linux_banner', 'init_task'];

/** The kernel in a timeline, at its present moment. What was found is kept until the machine moves. */
export class GuestView {
  readonly #timeline: TimelineContract;
  readonly #kernel: KernelLocation | undefined;
  readonly #description: GuestDescription | undefined;
  readonly #program: string;
  #present: { readonly counter: number; readonly guest: Guest; readonly memory: ReadMemory } | undefined;

  /** `program` is how messages call the kernel's file. */
  constructor(
    timeline: TimelineContract,
    program: string,
    kernel: KernelLocation | undefined,
    description: GuestDescription | undefined,
  ) {
    this.#timeline = timeline;
    this.#program = program;
    this.#kernel = kernel;
    this.#description = description;
  }

  /** The kernel's symbols, where it is; undefined when there are none. */
  get symbols(): KernelSymbols | undefined {
    return this.#kernel?.kernelSymbols;
  }

  /** Bytes between where the kernel was linked to be and where it runs; undefined as long as nothing tells. */
  get relocation(): bigint | undefined {
    return this.#kernel?.relocation;
  }

  get guest(): Guest {
    return this.#now.guest;
  }

  /** Memory by the kernel's own addresses, whatever the harts' privileges. */
  get memory(): ReadMemory {
    return this.#now.memory;
  }

  /** The address space that a hart's satp selects. */
  spaceOf(hart: number): bigint {
    return this.#hart(hart)?.readCsr(SATP) ?? 0n;
  }

  readonly readPhysical: ReadMemory = (address, length) => {
    const { bytes } = this.#timeline.readPhysical(address, length);
    return bytes.length === length ? bytes : undefined;
  };

  readonly readEntry = (physical: bigint): bigint | undefined => littleEndian(this.readPhysical(physical, 8));

  walk(satp: bigint, address: bigint): PageTableWalk {
    return walkPageTable(satp, address, this.readEntry);
  }

  get #now(): { readonly guest: Guest; readonly memory: ReadMemory } {
    const { counter } = this.#timeline;
    if (this.#present?.counter === counter) return this.#present;
    const satp = this.spaceOf(0);
    const mapped = memoryOfSpace(satp, this.readPhysical);
    // A kernel that gives user programs page tables without itself in them has itself mapped one to one.
    const memory: ReadMemory = (address, length) => mapped(address, length) ?? this.readPhysical(address, length);
    const guest = this.#recognize(satp, memory);
    this.#present = { counter, guest, memory };
    return this.#present;
  }

  #recognize(satp: bigint, read: ReadMemory): Guest {
    const { symbols } = this;
    if (symbols === undefined) return new BareMetal(this.#program);
    const physical = (address: bigint): bigint | undefined => {
      const { outcome } = this.walk(satp, address);
      return outcome.kind === 'mapped' ? outcome.physical : read(address, 1) && address;
    };
    const memory = { symbols, read, readPhysical: this.readPhysical, satp, physical };
    if (this.#description !== undefined) return new DeclaredGuest(this.#description, memory, this.#timeline.harts);
    const isLinux = LINUX_SYMBOLS.every((name) => symbols.address(name) !== undefined);
    return isLinux ? new LinuxGuest(memory, this.#timeline.harts) : new BareMetal(this.#program);
  }

  #hart(index: number): HartView | undefined {
    return this.#timeline.harts[index];
  }
}
