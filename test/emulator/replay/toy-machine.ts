import { createHash } from 'node:crypto';
import type { Change, ChangeOutcome } from '../../../emulator/machine/change.ts';
import type { MachineConfiguration } from '../../../emulator/machine/configuration.ts';
import type {
  EventSource,
  GuestExit,
  Machine,
  MemoryRead,
  RunOutcome,
  SmallState,
  Translation,
  WritableHart,
} from '../../../emulator/machine/machine.ts';
import type { PagedSpace } from '../../../emulator/machine/paged-space.ts';
import { PageHashes } from '../../../emulator/machine/page-hashes.ts';
import { PAGE_SIZE } from '../../../emulator/machine/paged-space.ts';
import type { Hit, StopCondition, StopSet } from '../../../emulator/machine/stop.ts';
import { holds } from '../../../emulator/machine/predicate-evaluation.ts';

/**
 * A small computer with everything that a timeline has to cope with: memory and a drive that change a page at a time,
 * code that overwrites itself, a console, entropy, a timer, idle time, traps and an end. Its instructions are single
 * bytes, so that any bytes are a program. Written for tests of the timeline, where it is run step by step against
 * what the timeline does.
 */

const RAM_PAGES = 96;
const DRIVE_PAGES = 5;
export const CODE_SIZE = 256;
const STEPS_PER_TICK = 3;
const REGISTERS = 8;

export const TOY_CONFIGURATION: MachineConfiguration = {
  memory: RAM_PAGES * PAGE_SIZE,
  harts: 1,
  firmware: { kind: 'none' },
  append: '',
  stepsPerTick: STEPS_PER_TICK,
  rtc: '0',
  seed: '00'.repeat(32),
  drives: [{ name: 'toy.img', size: DRIVE_PAGES * PAGE_SIZE, readOnly: false }],
};

/** Any hash will do for a machine that no file is exchanged with; this one is quick here. */
function hash64(bytes: Uint8Array): bigint {
  return createHash('md5').update(bytes).digest().readBigUInt64LE(0);
}

/** 0 for a page of zeros, like the real machine's. */
function pageHash(page: Uint8Array): bigint {
  return BigInt.asUintN(64, hash64(page) - ZERO_PAGE_HASH);
}

const ZERO_PAGE_HASH = hash64(new Uint8Array(PAGE_SIZE));

class ToySpace implements PagedSpace {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly #dirty = new Set<number>();
  readonly #hashes: PageHashes;

  constructor(name: string, pageCount: number) {
    this.name = name;
    this.bytes = new Uint8Array(pageCount * PAGE_SIZE);
    this.#hashes = new PageHashes(pageCount);
  }

  /** Contents at power-on. */
  fill(value: number, from: number, to: number): void {
    for (let address = from; address < to; address++) this.store(address, value);
  }

  get pageCount(): number {
    return this.bytes.length / PAGE_SIZE;
  }

  store(address: number, value: number): void {
    this.bytes[address] = value;
    this.#dirty.add(Math.floor(address / PAGE_SIZE));
  }

  dirtyPages(): Uint32Array {
    return Uint32Array.from(this.#dirty);
  }

  takeDirty(): Uint32Array {
    const dirty = this.dirtyPages();
    this.#dirty.clear();
    return dirty;
  }

  page(index: number): Uint8Array {
    return this.bytes.subarray(index * PAGE_SIZE, (index + 1) * PAGE_SIZE);
  }

  writePage(index: number, bytes: Uint8Array): void {
    this.page(index).set(bytes);
    this.#dirty.add(index);
  }

  rehash(pages: Uint32Array): number {
    let altered = 0;
    for (const index of pages) if (this.#hashes.set(index, pageHash(this.page(index)))) altered++;
    return altered;
  }

  get hashes(): Uint32Array {
    return this.#hashes.words;
  }

  get hashSum(): bigint {
    return this.#hashes.sum;
  }
}

/** All but memory; copied whole. */
interface ToyState {
  pc: number;
  registers: number[];
  deadline: number;
  idleTicks: number;
  waiting: boolean;
  received: number[];
  exit: GuestExit | undefined;
}

/** What a step did that a condition may name. */
type Effect =
  { readonly kind: 'store' | 'load'; readonly address: number; readonly changed: boolean } | 'trap' | undefined;

export class ToyMachine implements Machine {
  readonly #ram = new ToySpace('ram', RAM_PAGES);
  readonly #drive = new ToySpace('drive0', DRIVE_PAGES);
  readonly spaces = [this.#ram, this.#drive];
  readonly tohost = undefined;
  #counter = 0;
  #state: ToyState = {
    pc: 0,
    registers: Array.from({ length: REGISTERS }, (_, index) => index * 0x9e37 + 1),
    deadline: 0,
    idleTicks: 0,
    waiting: false,
    received: [],
    exit: undefined,
  };
  #source: EventSource | undefined;
  #skipsIdle = true;
  #skipsOnce = false;
  #listener: ((counter: number, bytes: Uint8Array) => void) | undefined;

  constructor(program: Uint8Array) {
    program.subarray(0, CODE_SIZE).forEach((byte, address) => {
      this.#ram.store(address, byte);
    });
    for (let page = 0; page < DRIVE_PAGES; page += 2) {
      this.#drive.fill(page + 1, page * PAGE_SIZE, page * PAGE_SIZE + 9);
    }
    this.#ram.fill(7, 40 * PAGE_SIZE, 42 * PAGE_SIZE);
  }

  get counter(): number {
    return this.#counter;
  }

  get exit(): GuestExit | undefined {
    return this.#state.exit;
  }

  get harts(): readonly WritableHart[] {
    const state = this.#state;
    const ticks = BigInt(this.#ticks());
    return [
      {
        index: 0,
        pc: BigInt(state.pc),
        privilege: 'M',
        waiting: state.waiting,
        readX: (register) => BigInt(state.registers[register] ?? 0),
        readF: () => 0n,
        readCsr: (number) => (number === 0xc01 ? ticks : undefined),
        writeX: (register, value) => {
          state.registers[register] = Number(BigInt.asUintN(32, value));
        },
        writeF: () => undefined,
        writeCsr: () => false,
        writePc: (value) => {
          state.pc = Number(value) % CODE_SIZE;
        },
        setWaiting: (waiting) => {
          state.waiting = waiting;
        },
      },
    ];
  }

  setEventSource(source: EventSource): void {
    this.#source = source;
  }

  setIdlePolicy(policy: 'skip' | 'return'): void {
    this.#skipsIdle = policy === 'skip';
  }

  skipIdle(): void {
    if (!this.#state.waiting || this.#state.deadline === 0) throw new Error('The toy is not idle with a deadline.');
    this.#skipsOnce = true;
  }

  /** It has no code to translate. */
  translateCode(): void {
    return;
  }

  onConsoleOutput(listener: ((counter: number, bytes: Uint8Array) => void) | undefined): void {
    this.#listener = listener;
  }

  run(limit: number, stops?: StopSet, skipFirst = false): RunOutcome {
    const first = this.#counter;
    for (;;) {
      if (this.exit !== undefined) return { kind: 'exit', exit: this.exit };
      if (this.#counter >= limit) return { kind: 'limit' };
      if (this.#takeEvents()) continue;
      if (this.#state.waiting) {
        const { deadline } = this.#state;
        if (deadline === 0 || !(this.#skipsIdle || this.#skipsOnce)) {
          return { kind: 'idle', deadline: deadline === 0 ? undefined : BigInt(deadline) };
        }
        this.#skipsOnce = false;
        this.#counter++;
        this.#state.idleTicks += Math.max(0, deadline - this.#ticks());
        this.#state.waiting = false;
        continue;
      }
      const before = this.#counter;
      const skipped = skipFirst && before === first;
      const reached = skipped ? [] : this.#instructionHits(stops, before);
      if (reached.length > 0 && stops?.tally === undefined) return { kind: 'hit', hits: reached };
      const pc = BigInt(this.#state.pc);
      const effect = this.#step();
      const hits = skipped ? [] : this.#effectHits(stops, effect, before, pc);
      if (stops?.tally !== undefined) stops.tally.add(reached.length + hits.length > 0 ? 1 : 0, [...reached, ...hits]);
      else if (hits.length > 0) return { kind: 'hit', hits };
    }
  }

  saveSmall(): SmallState {
    const text = JSON.stringify(this.#state);
    return { counter: this.#counter, harts: new TextEncoder().encode(text), devices: new Uint8Array([1, 2, 3]) };
  }

  restoreSmall(state: SmallState): void {
    this.#counter = state.counter;
    const parsed: ToyState = JSON.parse(new TextDecoder().decode(state.harts)) as ToyState;
    this.#state = { ...parsed, exit: parsed.exit };
  }

  hash(bytes: Uint8Array): bigint {
    return hash64(bytes);
  }

  hashPage(page: Uint8Array): bigint {
    return pageHash(page);
  }

  /** The whole state in one text, found without any help of the timeline's. */
  fingerprint(): string {
    const hash = createHash('sha1');
    for (const space of this.spaces) hash.update(space.bytes);
    return `${this.#counter} ${JSON.stringify(this.#state)} ${hash.digest('hex')}`;
  }

  readVirtual(_hart: number, address: bigint, length: number): MemoryRead {
    return this.readPhysical(address, length);
  }

  waitingInput(): number {
    return 0;
  }

  virtqueues(): readonly [] {
    return [];
  }

  readPhysical(address: bigint, length: number): MemoryRead {
    const bytes = this.#ram.bytes.slice(Number(address), Number(address) + length);
    return { bytes, unreadable: length - bytes.length };
  }

  change(changes: readonly Change[]): ChangeOutcome {
    const [hart] = this.harts;
    for (const change of changes) {
      switch (change.kind) {
        case 'integer-register':
          if (change.register >= REGISTERS) return { kind: 'refused', why: 'The toy has no such register.' };
          hart?.writeX(change.register, change.value);
          break;
        case 'pc':
          hart?.writePc(change.value);
          hart?.setWaiting(false);
          break;
        case 'physical-memory':
          for (const [offset, byte] of change.bytes.entries()) this.#ram.store(Number(change.address) + offset, byte);
          break;
        default:
          return { kind: 'refused', why: `The toy has no ${change.kind}.` };
      }
    }
    return { kind: 'changed', remarks: [] };
  }

  writePhysical(): boolean {
    return false;
  }

  translate(_hart: number, address: bigint): Translation {
    return { kind: 'mapped', physical: address };
  }

  #ticks(): number {
    return Math.floor(this.#counter / STEPS_PER_TICK) + this.#state.idleTicks;
  }

  /** Input arrives as a step of its own, so that a counter names one state. True when there was any. */
  #takeEvents(): boolean {
    const events = this.#source?.take(this.#counter) ?? [];
    if (events.length === 0) return false;
    this.#counter++;
    for (const event of events) {
      if (event.kind !== 'console-input') throw new Error('Entropy is asked for.');
      this.#state.idleTicks += event.idleTicks;
      this.#state.received.push(...event.bytes);
    }
    this.#state.waiting &&= !this.#mustWake();
    return true;
  }

  #mustWake(): boolean {
    const { received, deadline } = this.#state;
    return received.length > 0 || (deadline !== 0 && this.#ticks() >= deadline);
  }

  #instructionHits(stops: StopSet | undefined, counter: number): Hit[] {
    const address = BigInt(this.#state.pc);
    const hits = (stops?.conditions ?? []).flatMap((condition): Hit[] =>
      condition.kind === 'instruction' && condition.address === address && this.#holds(condition)
        ? [{ kind: 'instruction', counter, hart: 0, condition, address }]
        : [],
    );
    return hits.filter((hit) => stops?.accept?.(hit) ?? true);
  }

  #holds({ when }: StopCondition): boolean {
    const [hart] = this.harts;
    if (hart === undefined) throw new Error('The toy has a hart.');
    return when === undefined || holds(when, hart, (address, width) => this.readPhysical(address, width).bytes);
  }

  #effectHits(stops: StopSet | undefined, effect: Effect, counter: number, pc: bigint): Hit[] {
    if (stops === undefined || effect === undefined) return [];
    const hits: Hit[] = [];
    for (const condition of stops.conditions) {
      if (effect === 'trap') {
        if (condition.kind === 'trap' && this.#holds(condition)) {
          hits.push({ kind: 'trap', counter, hart: 0, condition, pc, code: 2, interrupt: false });
        }
      } else if (condition.kind === 'access' && touches(condition, effect) && this.#holds(condition)) {
        const address = BigInt(effect.address);
        const write = effect.kind === 'store';
        const byDevice = false;
        hits.push({ kind: 'access', counter, hart: 0, condition, pc, address, length: 1, write, byDevice });
      }
    }
    return hits.filter((hit) => stops.accept?.(hit) ?? true);
  }

  #step(): Effect {
    const state = this.#state;
    const instruction = this.#ram.bytes[state.pc] ?? 0;
    const [a, b] = [(instruction >> 4) & 7, ((instruction >> 4) + 3) & 7];
    const x = (register: number): number => state.registers[register] ?? 0;
    const set = (register: number, value: number): void => {
      state.registers[register] = value >>> 0;
    };
    const before = this.#counter++;
    state.pc = (state.pc + 1) % CODE_SIZE;
    switch (instruction & 15) {
      case 0:
      case 1:
      case 2:
        set(a, Math.imul(x(a), 1664525) + x(b) + 1);
        return undefined;
      case 3:
      case 4: {
        const address = ((x(a) ^ (x(a) >>> 7)) >>> 0) % this.#ram.bytes.length;
        const changed = this.#ram.bytes[address] !== (x(b) & 255);
        this.#ram.store(address, x(b) & 255);
        return { kind: 'store', address, changed };
      }
      case 5: {
        // Few places, written often: what watchpoints are for.
        const address = CODE_SIZE + (x(a) % 16);
        const changed = this.#ram.bytes[address] !== (x(b) & 3);
        this.#ram.store(address, x(b) & 3);
        return { kind: 'store', address, changed };
      }
      case 6: {
        const address = x(a) % this.#ram.bytes.length;
        set(b, x(b) ^ (this.#ram.bytes[address] ?? 0));
        return { kind: 'load', address, changed: false };
      }
      case 7:
        this.#listener?.(before, new Uint8Array([x(a) & 255]));
        return undefined;
      case 8:
        set(a, new DataView(this.#entropy(before)).getUint32(0, true));
        return undefined;
      case 9:
        set(a, x(a) + (state.received.shift() ?? 0) * 257);
        return undefined;
      case 10:
        state.waiting = (x(a) & 1) === 0 && !this.#mustWake();
        return undefined;
      case 11:
        state.deadline = this.#ticks() + (x(b) & 255) + 1;
        return undefined;
      case 12:
        state.pc = (state.pc + (x(a) & 127)) % CODE_SIZE;
        return undefined;
      case 13:
        this.#drive.store(x(a) % this.#drive.bytes.length, x(b) & 255);
        return undefined;
      case 14:
        state.pc = (x(a) & 15) * 16;
        return 'trap';
      default:
        if ((x(a) & 0x3fff) === 0x123) state.exit = { kind: 'power-off', code: x(b) & 255 };
        set(a, Math.imul(x(a), 22695477) + 1);
        return undefined;
    }
  }

  #entropy(counter: number): ArrayBuffer {
    if (this.#source === undefined) throw new Error('The toy has no source of entropy.');
    return new Uint8Array(this.#source.entropy(counter, 4)).buffer;
  }
}

function touches(
  condition: StopCondition & { readonly kind: 'access' },
  effect: { readonly kind: 'store' | 'load'; readonly address: number; readonly changed: boolean },
): boolean {
  const offset = BigInt(effect.address) - condition.address;
  if (offset < 0n || offset >= BigInt(condition.length)) return false;
  switch (condition.access) {
    case 'read':
      return effect.kind === 'load';
    case 'write':
      return effect.kind === 'store';
    case 'read-write':
      return true;
    case 'change':
      return effect.changed;
  }
}
