import type { Width } from '../riscv/emitter.ts';
import { decode } from '../riscv/decoder.ts';
import {
  ALL_ONES,
  BREAKPOINT_COUNT,
  BREAKPOINT_DETAILS,
  BREAKPOINT_MAX,
  BREAKPOINTS,
  CONTEXT_KEYS,
  DECODED_MAX,
  DECODED_PAGE_TABLE,
  DECODED_POOL,
  DECODED_STRIDE,
  DEVICE_ANSWERED,
  DIRTY_COUNT,
  DIRTY_LIST,
  FIXED_END,
  HANDLER_ILLEGAL,
  LEAVE,
  MROM_PAGES,
  PAGE_DIRTY,
  PAGE_FLAGS_TABLE,
  PAGE_HASHES,
  PC,
  PTE_MARKS_TABLE,
  RAM_LINEAR,
  RAM_PAGES,
  RECORD_ADVANCE,
  REGISTER_WATCH_COUNT,
  REMAINING,
  SCRATCH_SIZE,
  SKIP_COUNTER,
  SLICE_END,
  SLICE_LIMIT,
  TABLE_PLACES,
  WATCH_COUNT,
} from './layout.ts';
import { writeRecord } from './record.ts';
import { coreBytes, interpreterBytes } from './wasm-modules.ts';
import { generateInterpreter } from './interpreter.ts';
import { DEFAULT_TRANSLATION, Translations, type TranslationPolicy } from './translator/translations.ts';

/** Loads and stores that leave RAM. Physical addresses below 2^32. */
export interface DeviceAccess {
  /** The value, zero-extended; undefined when no device answers. */
  read(address: number, width: Width): bigint | undefined;
  /** False when no device answers. */
  write(address: number, width: Width, value: bigint): boolean;
}

/** The core's functions that TypeScript calls. */
interface CoreExports {
  readonly hashBegin: () => void;
  readonly hashUpdate: (address: number, length: number) => void;
  readonly hashFinish: (address: number, length: number) => bigint;
  readonly pageHash: (page: number) => bigint;
  readonly rehashPages: (list: number, count: number) => bigint;
  readonly alteredPages: () => number;
  readonly prepareWrite: (linear: number, length: number) => void;
  readonly noteDeviceStore: (watch: number, physical: bigint, length: number) => void;
  readonly translate: (address: bigint, access: number, privilege: number, effects: number) => bigint;
  readonly flushAll: () => void;
  readonly flushWrites: () => void;
  readonly resetTlb: () => void;
  readonly breakpointsChanged: () => void;
  readonly selectContexts: () => void;
  readonly pmpChanged: () => void;
  readonly mustWake: () => number;
  readonly updateTimers: () => void;
  readonly beginRegisters: () => void;
  readonly noteRegisters: (remaining: number, pc: bigint) => void;
}

interface InterpreterExports {
  readonly run: () => void;
  readonly csrPeek: (index: number) => bigint;
  readonly csrPoke: (index: number, value: bigint, change: number) => void;
}

const NO_TRANSLATION = 0xffff_ffff_ffff_ffffn;
const NO_COUNTER = 0xffff_ffff_ffff_ffffn;
const WASM_PAGE = 65536;
const PAGE = 4096;

/** V8 replaces a function by its optimised version only at the next call, so slices are kept short (steps). */
export const LONGEST_SLICE = 1 << 20;

const align = (value: number, to: number): number => Math.ceil(value / to) * to;

/** One hart's execution: the linear memory, the core and the interpreter. Knows nothing of devices or time. */
export class Engine {
  /** All state, by the addresses of layout.ts. The buffer never grows. */
  readonly view: DataView;
  readonly bytes: Uint8Array;
  /** Linear address of RAM; the boot ROM's pages follow it. */
  readonly ramLinear: number;
  readonly ramPages: number;
  /** The hash of each page of RAM, then of the boot ROM, as of its last `rehashPages`: two words, the low one first. */
  readonly pageHashes: Uint32Array;
  readonly #core: CoreExports;
  readonly #interpreter: InterpreterExports;
  readonly #instantiateWatching: () => InterpreterExports;
  /** Runs while there are conditions on registers. */
  #watching: InterpreterExports | undefined;
  readonly #scratch: number;
  readonly #translations: Translations;

  /** `ramBytes` is a multiple of 4096 of at most 3 GiB; a RangeError says so otherwise. */
  constructor(ramBytes: number, devices: DeviceAccess) {
    if (ramBytes <= 0 || ramBytes % PAGE !== 0 || ramBytes > 3 * 2 ** 30) {
      throw new RangeError(`RAM of ${ramBytes} bytes: it must be a multiple of 4096 between 4 KiB and 3 GiB`);
    }
    this.ramPages = ramBytes / PAGE;
    const pages = this.ramPages + MROM_PAGES;
    const flags = FIXED_END;
    const marks = align(flags + pages, 64);
    const decodedTable = align(marks + pages * 64, 64);
    const dirtyList = decodedTable + pages * 4;
    const hashes = align(dirtyList + pages * 4, 64);
    const places = hashes + pages * 8;
    const pool = align(places + pages * 8, 64);
    this.ramLinear = align(pool + DECODED_MAX * DECODED_STRIDE, PAGE);
    this.#scratch = this.ramLinear + pages * PAGE;
    const total = Math.ceil((this.#scratch + SCRATCH_SIZE) / WASM_PAGE);
    const memory = new WebAssembly.Memory({ initial: total, maximum: total });
    this.view = new DataView(memory.buffer);
    this.bytes = new Uint8Array(memory.buffer);
    this.#word(RAM_LINEAR, this.ramLinear);
    this.#word(RAM_PAGES, this.ramPages);
    this.#word(PAGE_FLAGS_TABLE, flags);
    this.#word(PTE_MARKS_TABLE, marks);
    this.#word(DECODED_PAGE_TABLE, decodedTable);
    this.#word(DIRTY_LIST, dirtyList);
    this.#word(DECODED_POOL, pool);
    this.#word(PAGE_HASHES, hashes);
    this.#word(TABLE_PLACES, places);
    this.pageHashes = new Uint32Array(memory.buffer, hashes, pages * 2);
    this.view.setBigUint64(SKIP_COUNTER, NO_COUNTER, true);
    this.bytes.fill(0xff, CONTEXT_KEYS, CONTEXT_KEYS + 128);

    this.#translations = new Translations(memory, this);
    const core = new WebAssembly.Instance(coreModule(), {
      env: { memory },
      host: {
        mmioRead: (address: number, width: number) => {
          const value = devices.read(address >>> 0, accessWidth(width));
          if (value === undefined) this.#word(DEVICE_ANSWERED, 0);
          return value ?? 0n;
        },
        mmioWrite: (address: number, width: number, value: bigint) =>
          devices.write(address >>> 0, accessWidth(width), BigInt.asUintN(64, value)) ? 1 : 0,
        decodeBits: (record: number, bits: number) => this.#decodeBits(record >>> 0, bits >>> 0),
        dropRegions: (first: number, from: number, to: number) => {
          this.#translations.dropRegions(first >>> 0, from, to);
        },
        dropAllRegions: () => {
          this.#translations.dropAll();
        },
      },
    });
    this.#translations.connect(core.exports);
    if (!isCore(core.exports)) throw new Error('the core lacks a function: run npm run generate');
    this.#core = core.exports;
    const imports = { env: { memory, regions: this.#translations.table }, core: core.exports };
    this.#interpreter = instantiate(interpreterModule(), imports);
    this.#instantiateWatching = () => instantiate(watchingModule(), imports);
    this.view.setBigUint64(ALL_ONES, NO_COUNTER, true);
    this.#core.resetTlb();
    this.#translations.setPolicy(DEFAULT_TRANSLATION);
  }

  /** When hot code is translated; 'off' leaves all to the interpreter. What was translated is forgotten. */
  set translation(policy: TranslationPolicy | 'off') {
    this.#translations.setPolicy(policy === 'off' ? undefined : policy);
  }

  /** Steps since power-on. A counter is below 2^53. */
  get counter(): number {
    return Number(this.view.getBigUint64(SLICE_END, true)) - this.view.getUint32(REMAINING, true);
  }
  set counter(value: number) {
    this.view.setBigUint64(SLICE_END, BigInt(value), true);
    this.view.setBigUint64(SLICE_LIMIT, BigInt(value), true);
    this.#word(REMAINING, 0);
  }

  /** Brings the timers' interrupt lines up to date with the clock; call when either was changed from outside. */
  updateTimers(): void {
    this.#core.updateTimers();
  }

  /** Runs at most `steps` (up to LONGEST_SLICE); returns why it left early, as bits LEAVE_*, or 0. */
  runSlice(steps: number): number {
    const counter = this.counter;
    const limit = BigInt(counter + steps);
    this.view.setBigUint64(SLICE_LIMIT, limit, true);
    this.view.setBigUint64(SLICE_END, limit, true);
    this.#word(REMAINING, steps);
    this.#core.updateTimers();
    this.#word(LEAVE, 0);
    if (this.watchesRegisters) (this.#watching ??= this.#instantiateWatching()).run();
    else this.#interpreter.run();
    this.#translations.translateHot();
    return this.view.getUint32(LEAVE, true);
  }

  /** There are conditions on registers: every step is interpreted. */
  get watchesRegisters(): boolean {
    return this.view.getUint32(REGISTER_WATCH_COUNT, true) > 0;
  }

  /** Between slices: the registers as they are now are what the next step may change. */
  beginRegisters(): void {
    this.#core.beginRegisters();
  }

  /** Between slices: notes what the last step changed of registers. */
  noteRegisters(): void {
    this.#core.noteRegisters(this.view.getUint32(REMAINING, true), this.pc);
  }

  /** The pc that `layout.PC` holds between slices. */
  get pc(): bigint {
    return this.view.getBigUint64(PC, true);
  }

  /** True when an enabled interrupt is pending, so that a waiting hart must wake. */
  mustWake(): boolean {
    return this.#core.mustWake() !== 0;
  }

  /** Drops all caches; call after architectural state was written from outside. */
  stateReplaced(): void {
    this.#core.pmpChanged();
    this.#core.resetTlb();
  }

  /** Drops cached translations; call when access conditions changed. */
  flushTranslations(): void {
    if (this.view.getUint32(WATCH_COUNT, true) > 0) this.#translations.passWatched();
    this.#core.flushAll();
    this.#core.selectContexts();
  }

  /** Reads a CSR by its index in the description, with no check and no effect. */
  peekCsr(index: number): bigint {
    return this.#atNextStep(() => BigInt.asUintN(64, this.#interpreter.csrPeek(index)));
  }
  /** Writes a CSR by its WARL rules, with no check of privilege. */
  pokeCsr(index: number, value: bigint): void {
    this.#atNextStep(() => {
      this.#interpreter.csrPoke(index, value, 0);
    });
  }

  /** CSR functions read the clock as the step that is being taken sees it: between steps, that is the next one. */
  #atNextStep<T>(access: () => T): T {
    const end = this.view.getBigUint64(SLICE_END, true);
    this.view.setBigUint64(SLICE_END, end + 1n, true);
    const result = access();
    this.view.setBigUint64(SLICE_END, end, true);
    return result;
  }

  /** The physical address behind a virtual one at this privilege (0, 1, 3), or undefined; no effects (law 6). */
  probe(address: bigint, privilege: number): bigint | undefined {
    const physical = BigInt.asUintN(64, this.#core.translate(address, 0, privilege, 0));
    return physical === NO_TRANSLATION ? undefined : physical;
  }

  /**
   * Breakpoints at these virtual addresses; the number of each is its index, `when` its predicate's. They cost nothing
   * elsewhere: core/breakpoint.ts says how, and what whoever derives code from decoded pages must heed.
   */
  setBreakpoints(breakpoints: readonly { readonly address: bigint; readonly when: number }[]): void {
    if (breakpoints.length > BREAKPOINT_MAX) {
      throw new RangeError(`${breakpoints.length} breakpoints: at most ${BREAKPOINT_MAX} can be set at once`);
    }
    const numbered = breakpoints.map((breakpoint, number) => ({ ...breakpoint, number }));
    numbered.sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
    numbered.forEach(({ address, number, when }, index) => {
      this.view.setBigUint64(BREAKPOINTS + index * 8, address, true);
      this.#word(BREAKPOINT_DETAILS + index * 4, number + when * 0x10000);
    });
    this.#word(BREAKPOINT_COUNT, numbered.length);
    this.#core.breakpointsChanged();
  }

  /** A page was or will be written from outside; drops what was derived from these bytes, which lie in one RAM page. */
  prepareWrite(linear: number, length: number): void {
    this.#core.prepareWrite(linear, length);
  }

  /** Notes that a device stores to what access condition number `watch` is about: `length` bytes at a physical address. */
  noteDeviceStore(watch: number, physical: number, length: number): void {
    this.#core.noteDeviceStore(watch, BigInt(physical), length);
  }

  /** The dirty pages, in the order in which they became dirty. A view: valid until the next step or write. */
  dirtyPages(): Uint32Array {
    const count = this.view.getUint32(DIRTY_COUNT, true);
    return new Uint32Array(this.view.buffer, this.view.getUint32(DIRTY_LIST, true), count);
  }

  /** The dirty pages; then none is, and the next store to each is seen. */
  takeDirty(): Uint32Array {
    const pages = this.dirtyPages().slice();
    const flags = this.view.getUint32(PAGE_FLAGS_TABLE, true);
    const { bytes } = this;
    for (const page of pages) bytes[flags + page] = (bytes[flags + page] ?? 0) & ~PAGE_DIRTY;
    this.#word(DIRTY_COUNT, 0);
    this.#core.flushWrites();
    return pages;
  }

  /**
   * Takes the present bytes of these pages into `pageHashes`. Returns how many of them had another hash before, and what that
   * adds to the sum of hash * (2 * page + 1) over all pages, modulo 2^64.
   */
  rehashPages(pages: Uint32Array): { readonly altered: number; readonly added: bigint } {
    const most = SCRATCH_SIZE / 4;
    const list = new Uint32Array(this.view.buffer, this.#scratch, most);
    let [added, altered] = [0n, 0];
    for (let done = 0; done < pages.length; done += most) {
      const some = pages.subarray(done, done + most);
      list.set(some);
      added += this.#core.rehashPages(this.#scratch, some.length);
      altered += this.#core.alteredPages();
    }
    return { altered, added: BigInt.asUintN(64, added) };
  }

  /** The hash of any 4096 bytes: XXH3 (64 bits, seed 0) less that of as many zeros, modulo 2^64. */
  hashPage(bytes: Uint8Array): bigint {
    this.bytes.set(bytes, this.#scratch);
    return BigInt.asUintN(64, this.#core.pageHash(this.#scratch));
  }

  /** XXH64 of any bytes. */
  hash(bytes: Uint8Array): bigint {
    this.#core.hashBegin();
    let done = 0;
    for (; bytes.length - done > SCRATCH_SIZE; done += SCRATCH_SIZE) {
      this.bytes.set(bytes.subarray(done, done + SCRATCH_SIZE), this.#scratch);
      this.#core.hashUpdate(this.#scratch, SCRATCH_SIZE);
    }
    this.bytes.set(bytes.subarray(done), this.#scratch);
    return BigInt.asUintN(64, this.#core.hashFinish(this.#scratch, bytes.length - done));
  }

  #word(address: number, value: number): void {
    this.view.setUint32(address, value, true);
  }

  #decodeBits(record: number, bits: number): number {
    const decoded = decode(bits);
    if (decoded) return writeRecord(this.view, record, decoded);
    this.view.setUint8(record + RECORD_ADVANCE, 0);
    return HANDLER_ILLEGAL;
  }
}

function accessWidth(width: number): Width {
  if (width === 1 || width === 2 || width === 4 || width === 8) return width;
  throw new RangeError(`a device access of ${width} bytes`);
}

let compiledCore: WebAssembly.Module | undefined;
function coreModule(): WebAssembly.Module {
  compiledCore ??= new WebAssembly.Module(coreBytes());
  return compiledCore;
}

let compiledInterpreter: WebAssembly.Module | undefined;
function interpreterModule(): WebAssembly.Module {
  compiledInterpreter ??= new WebAssembly.Module(interpreterBytes());
  return compiledInterpreter;
}

let compiledWatching: WebAssembly.Module | undefined;
/** The interpreter that looks at registers after each step: compiled when it is first needed. */
function watchingModule(): WebAssembly.Module {
  compiledWatching ??= new WebAssembly.Module(generateInterpreter(true));
  return compiledWatching;
}

function instantiate(module: WebAssembly.Module, imports: Readonly<Record<string, object>>): InterpreterExports {
  const { exports } = new WebAssembly.Instance(module, imports);
  if (!isInterpreter(exports)) throw new Error('the interpreter lacks a function');
  return exports;
}

const coreNames = [
  'hashBegin',
  'hashUpdate',
  'hashFinish',
  'pageHash',
  'rehashPages',
  'alteredPages',
  'prepareWrite',
  'noteDeviceStore',
  'translate',
  'flushAll',
  'flushWrites',
  'resetTlb',
  'breakpointsChanged',
  'selectContexts',
  'pmpChanged',
  'mustWake',
  'updateTimers',
  'beginRegisters',
  'noteRegisters',
] as const satisfies readonly (keyof CoreExports)[];

function isCore(exports: object): exports is CoreExports {
  return hasFunctions(exports, coreNames);
}

function isInterpreter(exports: object): exports is InterpreterExports {
  return hasFunctions(exports, ['run', 'csrPeek', 'csrPoke']);
}

function hasFunctions(exports: object, names: readonly string[]): boolean {
  const entries = new Map<string, unknown>(Object.entries(exports));
  return names.every((name) => typeof entries.get(name) === 'function');
}
