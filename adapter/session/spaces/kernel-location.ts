import type { StopCondition } from '../../../emulator/machine/stop.ts';
import type { TimelineContract } from '../../../emulator/replay/timeline-contract.ts';
import type { KernelSymbols } from '../../guests/kernel-object.ts';
import { littleEndian, memoryOfSpace, type ReadMemory } from '../../guests/memory/memory.ts';
import { executableMappings, walkPageTable } from '../../guests/memory/page-table.ts';
import type { Program as Symbols } from '../../symbols/program.ts';
import { FileKernelSymbols } from '../guest/kernel-symbols.ts';
import { biasByCode, codeSample, hasSample, type CodeSample } from './code-places.ts';

/** CSR numbers (privileged specification, chapter 2). */
const SATP = 0x180;
const STVEC = 0x105;
const SATP_MODE = 60n;
/** Where kernels are loaded that do not say so themselves: behind firmware, and at the start of RAM. */
const USUAL_LOAD_ADDRESSES = [0x8020_0000n, 0x8000_0000n];
/** Places in memory at which code was looked for in the file, for nothing; more of them are in vain, too. */
const MOST_ATTEMPTS = 64;

/**
 * Where the kernel is: a kernel may move itself (KASLR), be loaded elsewhere than it was linked to be, and before it turns paging
 * on it executes at its physical address. What was found out stays true for the whole run, and is kept.
 */
export class KernelLocation {
  readonly #linked: Symbols;
  readonly #timeline: TimelineContract;
  readonly #sample: CodeSample | undefined;
  readonly #known = new Map<bigint, { readonly symbols: Symbols; readonly kernel: KernelSymbols }>();
  readonly #attempted = new Set<bigint>();
  #relocation: bigint | undefined;
  #physical: bigint | undefined;
  #looked = -1;

  /** `relocation` is what the person says it is; undefined to find it out. */
  constructor(linked: Symbols, timeline: TimelineContract, relocation: bigint | undefined) {
    this.#linked = linked;
    this.#timeline = timeline;
    this.#sample = codeSample(linked);
    this.#relocation = relocation;
  }

  /** Bytes between where the kernel was linked to be and where it runs; undefined as long as nothing tells. */
  get relocation(): bigint | undefined {
    this.#look();
    return this.#relocation;
  }

  /** The kernel where it runs; where it was linked to be, as long as nothing tells. */
  get symbols(): Symbols {
    return this.#at(this.relocation ?? 0n).symbols;
  }

  /** The same, as guests ask for it. */
  get kernelSymbols(): KernelSymbols {
    return this.#at(this.relocation ?? 0n).kernel;
  }

  /** The kernel where it is in physical memory; undefined when nothing tells, and for one that runs there anyhow. */
  get physicalSymbols(): Symbols | undefined {
    this.#look();
    const bias = this.#physical;
    return bias === undefined || bias === (this.#relocation ?? 0n) ? undefined : this.#at(bias).symbols;
  }

  /** Whether the hart executes at physical addresses. */
  get isTranslationOff(): boolean {
    const [hart] = this.#timeline.harts;
    return hart === undefined || hart.privilege === 'M' || this.#satp >> SATP_MODE === 0n;
  }

  /** Where a kernel turns paging on that is not yet where it was linked to be; nothing once its place is known. */
  get arrivals(): readonly StopCondition[] {
    if (this.relocation !== undefined || this.#physical === undefined) return [];
    // A kernel may try out modes of paging before it moves, and is mapped one to one then.
    const pc = this.#timeline.harts[0]?.pc ?? 0n;
    if (!this.isTranslationOff && this.physicalSymbols?.contains(pc) !== true) return [];
    return [{ kind: 'register-change', register: { file: 'csr', number: SATP } }];
  }

  #at(bias: bigint): { readonly symbols: Symbols; readonly kernel: KernelSymbols } {
    const known = this.#known.get(bias);
    if (known !== undefined) return known;
    const symbols = bias === 0n ? this.#linked : this.#linked.relocated(bias);
    const found = { symbols, kernel: new FileKernelSymbols(symbols) };
    this.#known.set(bias, found);
    return found;
  }

  get #satp(): bigint {
    return this.#timeline.harts[0]?.readCsr(SATP) ?? 0n;
  }

  readonly #readPhysical: ReadMemory = (address, length) => {
    const { bytes } = this.#timeline.readPhysical(address, length);
    return bytes.length === length ? bytes : undefined;
  };

  readonly #readEntry = (at: bigint): bigint | undefined => littleEndian(this.#readPhysical(at, 8));

  /** Once for each moment, as long as something is not known. */
  #look(): void {
    const { counter } = this.#timeline;
    if (this.#looked === counter || (this.#relocation !== undefined && this.#physical !== undefined)) return;
    this.#looked = counter;
    this.#physical ??= this.#findPhysical();
    this.#relocation ??= this.#findRelocation();
  }

  #findPhysical(): bigint | undefined {
    const sample = this.#sample;
    if (sample === undefined) return undefined;
    const { address } = sample;
    const walked = walkPageTable(this.#satp, address + (this.#relocation ?? 0n), this.#readEntry).outcome;
    const named = this.#linked.physicalOffset(address);
    const candidates = [
      ...(walked.kind === 'mapped' ? [walked.physical - address] : []),
      ...(named === undefined ? [] : [named]),
      ...USUAL_LOAD_ADDRESSES.map((base) => base - address),
    ].map((bias) => BigInt.asIntN(64, bias));
    const found = candidates.find((bias) => hasSample(sample, bias, this.#readPhysical) === true);
    return found ?? (this.isTranslationOff ? this.#byCode(this.#timeline.harts[0]?.pc, this.#readPhysical) : undefined);
  }

  #findRelocation(): bigint | undefined {
    const sample = this.#sample;
    if (sample === undefined) return undefined;
    const read = this.isTranslationOff ? this.#readPhysical : memoryOfSpace(this.#satp, this.#readPhysical);
    if (hasSample(sample, 0n, read) === true) return 0n;
    const physical = this.#physical;
    if (this.isTranslationOff) {
      // With paging off a kernel may still be on its way to another address.
      if (physical !== undefined) return this.#hasPagingToCome ? undefined : physical;
    } else if (physical !== undefined) {
      const mapped = this.#mappedAt(sample, physical);
      if (mapped !== undefined) return mapped;
    }
    const [hart] = this.#timeline.harts;
    const vector = (hart?.readCsr(STVEC) ?? 0n) & ~3n;
    const pc = hart?.privilege === 'U' ? undefined : hart?.pc;
    const found = this.#byCode(vector === 0n ? undefined : vector, read) ?? this.#byCode(pc, read);
    return found === physical && this.#hasPagingToCome ? undefined : found;
  }

  /** By the page tables: where the kernel's code is executable, other than at its physical address on the way there. */
  #mappedAt({ address }: CodeSample, physical: bigint): bigint | undefined {
    const at = BigInt.asUintN(64, address + physical);
    const places = executableMappings(this.#satp, at, this.#readEntry);
    const moved = places.find((place) => place !== at) ?? (this.#hasPagingToCome ? undefined : places[0]);
    return moved === undefined ? undefined : BigInt.asIntN(64, moved - address);
  }

  /** A kernel whose file names other physical addresses than virtual ones runs at those later. */
  get #hasPagingToCome(): boolean {
    const address = this.#sample?.address ?? 0n;
    return address >> 63n === 1n || this.#linked.physicalOffset(address) !== 0n;
  }

  #byCode(address: bigint | undefined, read: ReadMemory): bigint | undefined {
    if (address === undefined || this.#attempted.has(address) || this.#attempted.size >= MOST_ATTEMPTS)
      return undefined;
    this.#attempted.add(address);
    return biasByCode(this.#linked, address, read);
  }
}
