import { decode } from '../../riscv/decoder.ts';
import type { DecodedInstruction } from '../../riscv/instruction.ts';
import { coreFunctions } from '../core-interface.ts';
import {
  DECODED_COUNT,
  DECODED_COVERAGE,
  DECODED_COVERAGE_SIZE,
  DECODED_ENTRIES,
  DECODED_HEADER,
  DECODED_PHYSICAL,
  DECODED_POOL,
  DECODED_STRIDE,
  HANDLER_UNDECODED,
  HOT_COUNT,
  HOT_LIST,
  HOT_THRESHOLD,
  RECORD_BREAK,
  RECORD_HANDLER,
  RECORD_HANDLER_MASK,
  RECORD_REGION,
  RECORD_SIZE,
  REGION_ENTRY,
} from '../layout.ts';
import { WasmModule } from '../wasm/module.ts';
import { generateRegion, regionSignature } from './region-function.ts';
import type { RamPlace } from './region-memory-emitter.ts';
import { findRegion, type PageCode, type Region } from './region.ts';

/** Regions that can be alive at once: places in the table. */
export const REGIONS = 8192;

/** When to translate, and how much to keep. Nothing of it can be observed by the guest (law 4). */
export interface TranslationPolicy {
  /** Jumps to an address before its region is translated: 1 to 32,767. */
  readonly threshold: number;
  /** Instructions in a region, at most: 1 to 4,095. */
  readonly largestRegion: number;
  /** Regions kept, at most: 1 to REGIONS. The oldest batch goes first. */
  readonly capacity: number;
}

/**
 * Translating a region of a Linux kernel costs about as much as interpreting it 2,000 times (measured while Debian's boots:
 * 30 instructions, 0.3 ms of all threads). Most of what was entered that often is not entered as often again: with 6,000 the
 * small Linux boots in a ninth less time than with 2,000, and nothing in the bench takes longer.
 */
export const DEFAULT_TRANSLATION: TranslationPolicy = { threshold: 6000, largestRegion: 400, capacity: REGIONS };

const PAGE = 4096;
const SLOTS = 2048;
/** A region this small gains nothing over the interpreter, unless it is a loop. */
const SMALLEST_REGION = 3;

/** A translated region. */
interface Translation {
  /** Its place in the table. */
  readonly index: number;
  /** Linear address of the record of its page's first halfword: names the decoded page. */
  readonly first: number;
  readonly head: number;
  /** Bits of the slots that its instructions lie in, in the form of the page's coverage. */
  readonly coverage: Uint8Array;
}

/** The regions that are translated, and where the interpreter finds them. */
export class Translations {
  /** Holds the functions of all regions; imported by the interpreter only. */
  readonly table = new WebAssembly.Table({ initial: REGIONS, element: 'anyfunc' });
  readonly #memory: WebAssembly.Memory;
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  readonly #ram: RamPlace;
  #passesWatched = false;
  #core: object = {};
  #policy: TranslationPolicy | undefined;
  readonly #free = Array.from({ length: REGIONS }, (_, index) => REGIONS - 1 - index);
  readonly #byPage = new Map<number, Set<Translation>>();
  /** In the order they were made. */
  readonly #batches: (readonly Translation[])[] = [];
  #alive = 0;
  /** Heads that lie in another region and were not translated when they first became hot. */
  #deferred = new Set<number>();

  constructor(memory: WebAssembly.Memory, ram: RamPlace) {
    this.#memory = memory;
    this.#view = new DataView(memory.buffer);
    this.#bytes = new Uint8Array(memory.buffer);
    this.#ram = ram;
  }

  /** The core's exports, which regions call. */
  connect(core: object): void {
    this.#core = core;
  }

  /** Undefined: nothing is translated. Drops what was. A RangeError tells what is out of range. */
  setPolicy(policy: TranslationPolicy | undefined): void {
    if (policy) {
      requireWithin('threshold', policy.threshold, REGION_ENTRY - 1);
      requireWithin('largestRegion', policy.largestRegion, PAGE - 1);
      requireWithin('capacity', policy.capacity, REGIONS);
    }
    this.#policy = policy;
    this.dropAll();
    this.#view.setUint32(HOT_THRESHOLD, policy?.threshold ?? 0, true);
  }

  /**
   * From now on regions reach the bytes of a watched page that no condition touches. That makes each of their accesses longer,
   * so it waits for the first watchpoint; what was translated before is then forgotten. Not while a region runs.
   */
  passWatched(): void {
    if (this.#passesWatched) return;
    this.#passesWatched = true;
    this.dropAll();
  }

  /** Translates what has become hot. Not while a region runs. */
  translateHot(): void {
    const count = this.#view.getUint32(HOT_COUNT, true);
    if (count === 0) return;
    this.#view.setUint32(HOT_COUNT, 0, true);
    const records = Array.from({ length: count }, (_, index) => this.#view.getUint32(HOT_LIST + index * 4, true));
    const policy = this.#policy;
    if (policy) this.#translate(records.slice(0, policy.capacity), policy);
  }

  #translate(records: readonly number[], policy: TranslationPolicy): void {
    const regions: { first: number; region: Region }[] = [];
    for (const record of records) {
      const first = this.#firstOf(record);
      const slot = (record - first) / RECORD_SIZE;
      if (slot >= SLOTS || this.#isDeferred(record, first, slot, regions)) continue;
      const region = findRegion(this.#codeOf(first), slot * 2, policy.largestRegion);
      if (!region || (region.size < SMALLEST_REGION && !region.flow.isLoopHeader(0))) continue;
      regions.push({ first, region });
    }
    if (regions.length === 0) return;
    while (this.#alive + regions.length > policy.capacity) this.#dropOldestBatch();

    const module = new WasmModule();
    const imports = new Map<string, number>();
    const functionIndex = (name: string): number => {
      const known = imports.get(name);
      if (known !== undefined) return known;
      const signature = coreFunctions().get(name);
      if (!signature) throw new Error(`the core has no function ${name}`);
      const index = module.importFunction('core', name, signature);
      imports.set(name, index);
      return index;
    };
    const bodies = regions.map(({ region }) => generateRegion(region, functionIndex, this.#ram, this.#passesWatched));
    bodies.forEach((body, index) => module.defineFunction(`region${index}`, regionSignature, body));
    const instance = new WebAssembly.Instance(new WebAssembly.Module(module.encode()), {
      env: { memory: this.#memory },
      core: this.#core,
    });
    const functions = new Map<string, unknown>(Object.entries(instance.exports));
    this.#batches.push(
      regions.map(({ first, region }, index) => this.#install(first, region, functions.get(`region${index}`))),
    );
  }

  /**
   * A head inside of another region is usually reached from there: it must become hot a second time to get a region
   * of its own.
   */
  #isDeferred(
    record: number,
    first: number,
    slot: number,
    batch: readonly { readonly first: number; readonly region: Region }[],
  ): boolean {
    const offset = slot * 2;
    const inBatch = batch.some(
      (other) => other.first === first && other.region.blocks.some((block) => block.offset === offset),
    );
    if (!inBatch && !this.#isCovered(first, slot)) return false;
    if (this.#deferred.delete(record)) return false;
    this.#deferred.add(record);
    this.#view.setUint16(entryAddress(first, slot), 0, true);
    return true;
  }

  #install(first: number, region: Region, code: unknown): Translation {
    const index = this.#free.pop();
    if (index === undefined || typeof code !== 'function') throw new Error('no place for a region');
    this.table.set(index, code);
    const translation = { index, first, head: region.head, coverage: coverageOf(region) };
    const page = this.#byPage.get(first);
    if (page) page.add(translation);
    else this.#byPage.set(first, new Set([translation]));
    const covered = this.#coverage(first);
    translation.coverage.forEach((bits, at) => {
      covered[at] = (covered[at] ?? 0) | bits;
    });
    const slot = region.head / 2;
    this.#view.setUint16(entryAddress(first, slot), REGION_ENTRY | index, true);
    const handler = first + slot * RECORD_SIZE + RECORD_HANDLER;
    this.#view.setUint16(handler, this.#view.getUint16(handler, true) | RECORD_REGION, true);
    this.#alive++;
    return translation;
  }

  /** Forgets the regions of a decoded page that hold any slot of [from, to]. */
  dropRegions(first: number, from: number, to: number): void {
    for (const translation of this.#byPage.get(first) ?? []) {
      for (let slot = from; slot <= to; slot++) {
        if (isSet(translation.coverage, slot)) {
          this.#drop(translation);
          break;
        }
      }
    }
  }

  /** Forgets all regions, and how often anything was jumped to. */
  dropAll(): void {
    while (this.#batches.length > 0) this.#dropOldestBatch();
    this.#view.setUint32(HOT_COUNT, 0, true);
    this.#deferred.clear();
    const pool = this.#view.getUint32(DECODED_POOL, true);
    const pages = this.#view.getUint32(DECODED_COUNT, true);
    for (let page = 0; page < pages; page++) {
      const entries = pool + page * DECODED_STRIDE + DECODED_HEADER + DECODED_ENTRIES;
      this.#bytes.fill(0, entries, entries + SLOTS * 2);
    }
  }

  #dropOldestBatch(): void {
    for (const translation of this.#batches.shift() ?? []) {
      if (this.#byPage.get(translation.first)?.has(translation) === true) this.#drop(translation);
    }
  }

  #drop(translation: Translation): void {
    const { index, first, head } = translation;
    this.table.set(index, null);
    this.#free.push(index);
    this.#alive--;
    const page = this.#byPage.get(first);
    page?.delete(translation);
    if (page?.size === 0) this.#byPage.delete(first);
    this.#view.setUint16(entryAddress(first, head / 2), 0, true);
    const handler = first + (head / 2) * RECORD_SIZE + RECORD_HANDLER;
    this.#view.setUint16(handler, this.#view.getUint16(handler, true) & ~RECORD_REGION, true);
    const covered = this.#coverage(first);
    covered.fill(0);
    for (const other of page ?? []) {
      other.coverage.forEach((bits, at) => {
        covered[at] = (covered[at] ?? 0) | bits;
      });
    }
  }

  #coverage(first: number): Uint8Array {
    return this.#bytes.subarray(first + DECODED_COVERAGE, first + DECODED_COVERAGE + DECODED_COVERAGE_SIZE);
  }
  #isCovered(first: number, slot: number): boolean {
    return isSet(this.#coverage(first), slot);
  }

  /** The decoded page that holds a record. */
  #firstOf(record: number): number {
    const pool = this.#view.getUint32(DECODED_POOL, true);
    return pool + Math.floor((record - pool) / DECODED_STRIDE) * DECODED_STRIDE + DECODED_HEADER;
  }

  /** The instructions of a decoded page that the interpreter has met. */
  #codeOf(first: number): PageCode {
    const view = this.#view;
    const page = this.#ram.ramLinear + view.getUint32(first - DECODED_HEADER + DECODED_PHYSICAL, true) * PAGE;
    return {
      instructionAt: (offset): DecodedInstruction | undefined => {
        if (offset < 0 || offset >= PAGE) return undefined;
        const handler = view.getUint16(first + (offset / 2) * RECORD_SIZE + RECORD_HANDLER, true);
        if ((handler & RECORD_HANDLER_MASK) === HANDLER_UNDECODED || handler & RECORD_BREAK) return undefined;
        const low = view.getUint16(page + offset, true);
        if ((low & 3) !== 3) return decode(low);
        // The rest of an instruction that crosses the page's end is fetched anew at each execution.
        return offset === PAGE - 2 ? undefined : decode(low + view.getUint16(page + offset + 2, true) * 65536);
      },
    };
  }
}

function requireWithin(name: string, value: number, most: number): void {
  if (!Number.isInteger(value) || value < 1 || value > most) {
    throw new RangeError(`${name} is ${value}: it must be between 1 and ${most}`);
  }
}

function entryAddress(first: number, slot: number): number {
  return first + DECODED_ENTRIES + slot * 2;
}

function coverageOf(region: Region): Uint8Array {
  const coverage = new Uint8Array(DECODED_COVERAGE_SIZE);
  for (const { instructions } of region.blocks) {
    for (const { offset, decoded } of instructions) {
      for (let slot = offset / 2; slot < (offset + decoded.length) / 2; slot++) {
        coverage[slot >> 3] = (coverage[slot >> 3] ?? 0) | (1 << (slot & 7));
      }
    }
  }
  return coverage;
}

function isSet(coverage: Uint8Array, slot: number): boolean {
  return (((coverage[slot >> 3] ?? 0) >> (slot & 7)) & 1) !== 0;
}
