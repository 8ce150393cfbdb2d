import { Engine, LONGEST_SLICE } from '../engine/engine.ts';
import {
  ATTEND_LEAVE,
  ATTENTION,
  BUILTIN_SBI,
  HART_STATE,
  HART_STATE_END,
  LEAVE,
  LEAVE_BREAKPOINT,
  LEAVE_DEVICE,
  LEAVE_OWN_ACCESS,
  LEAVE_SBI,
  MCOUNTEREN,
  MEDELEG,
  MENVCFG,
  MIDELEG,
  PRIVILEGE,
  RESERVATION,
  SCOUNTEREN,
  STIMECMP,
} from '../engine/layout.ts';
import type { TranslationPolicy } from '../engine/translator/translations.ts';
import { createBoard, type Board } from './board.ts';
import type { Change, ChangeOutcome } from './change.ts';
import type { MachineConfiguration, MachineImages } from './configuration.ts';
import { EngineHart, MEIP, MSIP, SEIP } from './engine-hart.ts';
import { GuestClock } from './guest-clock.ts';
import { GuestMemory, MemoryViewer } from './guest-memory.ts';
import { loadMachine, type LoadedMachine } from './loaders/load-machine.ts';
import type {
  EventSource,
  GuestExit,
  HostEvent,
  Machine,
  MemoryRead,
  RunOutcome,
  SmallState,
  Translation,
  VirtqueueState,
  WritableHart,
} from './machine.ts';
import { makeChanges } from './make-changes.ts';
import { MASK_ROM } from './memory-map.ts';
import { PAGE_SIZE, type PagedSpace } from './paged-space.ts';
import { RamSpace } from './ram-space.ts';
import { Sbi } from './sbi/sbi.ts';
import { ByteStateReader, ByteStateWriter } from './state.ts';
import { StopConditions } from './stop-conditions.ts';
import type { Hit, StopSet } from './stop.ts';

const noStops: StopSet = { conditions: [] };

/** No input, and no entropy: a machine has it until it is given another source. */
const silence: EventSource = {
  nextCounter: () => Infinity,
  take: () => [],
  entropy: () => {
    throw new Error('the machine has no source of entropy yet');
  },
};

/** Exceptions and interrupts that the built-in firmware leaves to S-mode: all but calls to the firmware itself. */
const DELEGATED_EXCEPTIONS = 0xb1ffn;
const DELEGATED_INTERRUPTS = 0x222n;
const ALL_COUNTERS = 0xffff_ffffn;
/** STCE, PBMTE, CBZE, CBCFE, CBIE. */
const SUPERVISOR_ENVIRONMENT = 0xc000_0000_0000_00f0n;
const NEVER = 0xffff_ffff_ffff_ffffn;

/**
 * The machine that `configuration` describes, at power-on. Throws a LoadError, which says what is wrong in a sentence, when
 * the images do not fit it.
 */
export function createMachine(configuration: MachineConfiguration, images: MachineImages): Machine {
  return new VirtMachine(configuration, loadMachine(configuration, images), images.drives);
}

/**
 * A machine for a recording's states: its memory is empty, and the caller restores all of it, the checkpoint at counter 0
 * first. `tohost` is the address that `machine.tohost` had when the recording was made.
 */
export function createEmptyMachine(configuration: MachineConfiguration, tohost: number | undefined): Machine {
  const drives = configuration.drives.map(({ size }) => new Uint8Array(size));
  const start = { pc: 0, a0: 0, a1: 0, a2: 0, privilege: 'M' } as const;
  const deviceTree = { address: 0, blob: new Uint8Array(0) };
  return new VirtMachine(configuration, { writes: [], mrom: new Uint8Array(0), start, tohost, deviceTree }, drives);
}

/** QEMU's `virt` board with one hart, run by the engine. */
class VirtMachine implements Machine {
  readonly spaces: readonly PagedSpace[];
  readonly harts: readonly WritableHart[];
  readonly tohost: number | undefined;
  readonly #engine: Engine;
  readonly #hart: EngineHart;
  readonly #board: Board;
  readonly #clock: GuestClock;
  readonly #memory: GuestMemory;
  readonly #viewer: MemoryViewer;
  readonly #sbi: Sbi | undefined;
  readonly #stops: StopConditions;
  #source: EventSource = silence;
  #output: ((counter: number, bytes: Uint8Array) => void) | undefined;
  #exit: GuestExit | undefined;
  #idlePolicy: 'skip' | 'return' = 'skip';
  #skipOnce = false;
  #inStep = false;
  /** The counter at which a timer's level changes next. */
  #deviceCounter = 0;
  /** The devices' state as last saved. The engine keeps mtimecmp, and lets the guest write it unseen. */
  #savedBoard: { readonly mtimecmp: bigint; readonly bytes: Uint8Array } | undefined;
  /** Something may have changed a device since. */
  #devicesTouched = true;

  constructor(configuration: MachineConfiguration, loaded: LoadedMachine, driveImages: readonly Uint8Array[]) {
    this.tohost = loaded.tohost;
    this.#engine = new Engine(configuration.memory, {
      read: (address, width) => {
        this.#devicesTouched = true;
        return this.#board.bus.read(address, width);
      },
      write: (address, width, value) => {
        this.#devicesTouched = true;
        return this.#board.bus.write(address, width, value);
      },
    });
    this.#hart = new EngineHart(this.#engine);
    this.harts = [this.#hart];
    this.#clock = new GuestClock(this.#engine, configuration.stepsPerTick);
    this.#memory = new GuestMemory(this.#engine, (address, before, after) => {
      this.#stops.deviceStores(address, before, after, (virtual) => {
        const translation = this.#viewer.translate(virtual);
        return translation.kind === 'mapped' ? translation.physical : undefined;
      });
    });
    this.#board = createBoard(configuration, {
      memory: this.#memory,
      clock: this.#clock,
      host: { entropy: (length) => this.#source.entropy(this.#stepCounter(), length) },
      harts: [
        {
          msip: this.#hart.pin(MSIP),
          meip: this.#hart.pin(MEIP),
          seip: this.#hart.pin(SEIP),
          mtimecmp: this.#clock.mtimecmp,
        },
      ],
      mrom: loaded.mrom,
      driveImages,
      hashPage: (page) => this.#engine.hashPage(page),
      onOutput: (_device, bytes) => this.#output?.(this.#stepCounter(), bytes),
      onTimerChange: () => {
        this.#requestLeave();
      },
      onExit: (exit) => {
        this.#end(exit);
      },
    });
    this.#viewer = new MemoryViewer(this.#engine, this.#memory, this.#board.bus, () => this.#hart.privilegeNumber);
    this.#sbi =
      configuration.firmware.kind === 'builtin'
        ? new Sbi({
            harts: [this.#hart],
            memory: this.#memory,
            console: this.#board.uart,
            onExit: (exit) => {
              this.#end(exit);
            },
          })
        : undefined;
    this.#stops = new StopConditions(this.#engine, loaded.tohost);
    const ram = new RamSpace(this.#engine);
    this.spaces = [ram, ...this.#board.drives];
    this.#powerOn(loaded, ram);
  }

  get counter(): number {
    return this.#engine.counter;
  }
  get exit(): GuestExit | undefined {
    return this.#exit;
  }

  setEventSource(source: EventSource): void {
    this.#source = source;
  }
  setIdlePolicy(policy: 'skip' | 'return'): void {
    this.#idlePolicy = policy;
  }
  skipIdle(): void {
    this.#skipOnce = true;
  }
  onConsoleOutput(listener: ((counter: number, bytes: Uint8Array) => void) | undefined): void {
    this.#output = listener;
  }

  translateCode(policy: TranslationPolicy | 'off'): void {
    this.#engine.translation = policy;
  }

  run(limit: number, stops: StopSet = noStops, skipFirst = false): RunOutcome {
    this.#stops.install(stops.conditions);
    this.#stops.skip(skipFirst ? this.counter : undefined);
    const { tally } = stops;
    const tallies = tally !== undefined && stops.accept === undefined;
    this.#stops.begin(!tallies);
    if (this.#engine.watchesRegisters) this.#engine.beginRegisters();
    const outcome = this.#run(limit, stops);
    if (tallies && this.#stops.moments > 0) tally.add(this.#stops.moments, this.#stops.lastHits());
    return outcome;
  }

  #run(furthest: number, stops: StopSet): RunOutcome {
    let limit = furthest;
    for (;;) {
      if (this.#exit) return { kind: 'exit', exit: this.#exit };
      const { counter } = this;
      if (counter >= limit) return { kind: 'limit' };
      const events = this.#source.take(counter);
      if (events.length > 0) {
        stops.eachStep?.();
        this.#deliver(events);
        const hits = this.#takeHits(stops, false);
        if (hits.length > 0) return { kind: 'hit', hits };
        continue;
      }
      if (this.#hart.waiting && !this.#engine.mustWake()) {
        const deadline = this.#clock.wakingTick(this.#board);
        if (deadline === undefined || (this.#idlePolicy === 'return' && !this.#skipOnce)) {
          return { kind: 'idle', deadline };
        }
        this.#skipOnce = false;
        stops.eachStep?.();
        this.#passTime(deadline - this.#clock.ticks());
        const hits = this.#takeHits(stops, false);
        if (hits.length > 0) return { kind: 'hit', hits };
        continue;
      }
      stops.eachStep?.();
      const horizon = Math.min(
        stops.eachStep === undefined ? limit : counter + 1,
        this.#source.nextCounter(counter),
        this.#deviceCounter,
      );
      const hits = this.#runSlice(Math.min(horizon - counter, LONGEST_SLICE), stops);
      if (hits.length > 0) return { kind: 'hit', hits };
      // Not here: the next run would ask about what is met at this moment again.
      if (stops.isLate?.() === true) limit = Math.min(limit, this.counter + 1);
    }
  }

  saveSmall(): SmallState {
    const writer = new ByteStateWriter();
    writer.u64(this.#clock.idleTicks);
    saveExit(writer, this.#exit);
    this.#sbi?.save(writer);
    writer.raw(this.#saveBoard());
    return {
      counter: this.counter,
      harts: this.#engine.bytes.slice(HART_STATE, HART_STATE_END),
      devices: writer.finish(),
    };
  }

  /** Most digests of a guest that computes find the devices as the one before did. */
  #saveBoard(): Uint8Array {
    const mtimecmp = this.#clock.mtimecmp.get();
    const saved = this.#savedBoard;
    if (saved?.mtimecmp === mtimecmp && !this.#devicesTouched) return saved.bytes;
    const writer = new ByteStateWriter();
    this.#board.save(writer);
    const bytes = writer.finish();
    this.#savedBoard = { mtimecmp, bytes };
    this.#devicesTouched = false;
    return bytes;
  }

  restoreSmall(state: SmallState): void {
    this.#devicesTouched = true;
    if (state.harts.length !== HART_STATE_END - HART_STATE) {
      throw new RangeError(
        `a hart state of ${state.harts.length} bytes: this version has ${HART_STATE_END - HART_STATE}`,
      );
    }
    const reader = new ByteStateReader(state.devices);
    this.#engine.counter = state.counter;
    this.#clock.idleTicks = reader.u64();
    this.#exit = restoreExit(reader);
    this.#sbi?.restore(reader);
    this.#board.restore(reader);
    // The hart's state holds the levels of its pins: it comes last.
    this.#engine.bytes.set(state.harts, HART_STATE);
    this.#engine.stateReplaced();
    this.#updateTimers();
  }

  hash(bytes: Uint8Array): bigint {
    return this.#engine.hash(bytes);
  }
  hashPage(page: Uint8Array): bigint {
    return this.#engine.hashPage(page);
  }

  readVirtual(_hart: number, address: bigint, length: number): MemoryRead {
    return this.#viewer.readVirtual(address, length);
  }
  readPhysical(address: bigint, length: number): MemoryRead {
    return this.#viewer.readPhysical(address, length);
  }
  waitingInput(device: string): number {
    return this.#board.consoleInput(device)?.waiting ?? 0;
  }
  virtqueues(): readonly VirtqueueState[] {
    return this.#board.virtqueues();
  }
  translate(_hart: number, address: bigint): Translation {
    return this.#viewer.translate(address);
  }
  change(changes: readonly Change[]): ChangeOutcome {
    const before = this.saveSmall();
    const outcome = makeChanges({ harts: this.harts, memory: this.#memory, viewer: this.#viewer }, changes);
    this.#devicesTouched = true;
    // A checkpoint of this moment begins with nothing derived from registers, and so does what goes on from here (law 7).
    this.restoreSmall(outcome.kind === 'refused' ? before : this.saveSmall());
    return outcome;
  }
  writePhysical(address: bigint, bytes: Uint8Array): boolean {
    if (!this.#memory.contains(Number(address), bytes.length)) return false;
    this.#memory.write(Number(address), bytes);
    return true;
  }

  #powerOn(loaded: LoadedMachine, ram: RamSpace): void {
    const { view } = this.#engine;
    this.#devicesTouched = true;
    this.#board.reset();
    this.#sbi?.reset();
    for (const { address, bytes } of loaded.writes) this.#memory.write(address, bytes);
    if (loaded.mrom.length > MASK_ROM.size) throw new RangeError('the boot ROM is too small for its contents');
    this.#writeMrom(loaded.mrom, ram);
    const { start } = loaded;
    this.#hart.writePc(BigInt(start.pc));
    this.#hart.writeX(10, BigInt(start.a0));
    this.#hart.writeX(11, BigInt(start.a1));
    this.#hart.writeX(12, BigInt(start.a2));
    view.setUint32(PRIVILEGE, start.privilege === 'M' ? 3 : 1, true);
    view.setBigUint64(RESERVATION, NEVER, true);
    view.setBigUint64(STIMECMP, this.#sbi ? NEVER : 0n, true);
    if (this.#sbi) {
      view.setUint32(BUILTIN_SBI, 1, true);
      view.setBigUint64(MEDELEG, DELEGATED_EXCEPTIONS, true);
      view.setBigUint64(MIDELEG, DELEGATED_INTERRUPTS, true);
      view.setBigUint64(MCOUNTEREN, ALL_COUNTERS, true);
      view.setBigUint64(SCOUNTEREN, ALL_COUNTERS, true);
      view.setBigUint64(MENVCFG, SUPERVISOR_ENVIRONMENT, true);
    }
    this.#engine.stateReplaced();
    this.#updateTimers();
  }

  #writeMrom(mrom: Uint8Array, ram: RamSpace): void {
    for (let done = 0; done < mrom.length; done += PAGE_SIZE) {
      const page = new Uint8Array(PAGE_SIZE);
      page.set(mrom.subarray(done, done + PAGE_SIZE));
      ram.writePage(this.#engine.ramPages + done / PAGE_SIZE, page);
    }
  }

  /** The counter before the step being taken: what the events of that step are stamped with. */
  #stepCounter(): number {
    return this.#inStep ? this.counter - 1 : this.counter;
  }

  /** Input arrives. This is a step of its own, so that there is one state for each counter. */
  #deliver(events: readonly HostEvent[]): void {
    this.#devicesTouched = true;
    this.#engine.counter = this.counter + 1;
    for (const event of events) {
      if (event.kind !== 'console-input') throw new Error(`${event.kind} does not arrive by itself`);
      if (this.#hart.waiting) this.#clock.idleTicks += BigInt(event.idleTicks);
      const device = this.#board.consoleInput(event.device);
      if (!device) throw new RangeError(`this machine has no console ${event.device}`);
      device.receive(event.bytes);
    }
    this.#updateTimers();
  }

  /** The clock of a waiting guest jumps: a step of its own too. */
  #passTime(ticks: bigint): void {
    this.#engine.counter = this.counter + 1;
    this.#clock.idleTicks += ticks;
    this.#updateTimers();
  }

  #runSlice(steps: number, stops: StopSet): readonly Hit[] {
    this.#inStep = true;
    const leave = this.#clock.during(() => {
      const reasons = this.#engine.runSlice(steps);
      if (reasons & LEAVE_SBI) {
        this.#devicesTouched = true;
        this.#sbi?.handle(this.#hart);
      }
      return reasons;
    });
    this.#inStep = false;
    this.#updateTimers();
    if (leave & LEAVE_OWN_ACCESS) this.#checkTohost();
    return this.#takeHits(stops, (leave & LEAVE_BREAKPOINT) !== 0);
  }

  /** What was met since the last time and counts, for a run that stops at it; a run that only tallies is not asked. */
  #takeHits(stops: StopSet, atBreakpoint: boolean): readonly Hit[] {
    // The last step may have changed registers after the engine left it, or without the engine.
    if (this.#engine.watchesRegisters) this.#engine.noteRegisters();
    if (this.#stops.moments === 0 || (stops.tally !== undefined && stops.accept === undefined)) return [];
    const hits = this.#stops.lastHits();
    const accepted = stops.accept ? hits.filter(stops.accept) : hits;
    stops.tally?.add(accepted.length > 0 ? 1 : 0, accepted);
    const goesOn = accepted.length === 0 || stops.tally !== undefined;
    if (goesOn && atBreakpoint) this.#stops.skip(this.counter);
    this.#stops.begin(true);
    return goesOn ? [] : accepted;
  }

  #updateTimers(): void {
    // A deadline that has come changes its device.
    if (this.#board.deadline() !== undefined) this.#devicesTouched = true;
    this.#deviceCounter = this.#clock.update(this.#board);
  }

  #requestLeave(): void {
    const { view } = this.#engine;
    view.setUint32(LEAVE, view.getUint32(LEAVE, true) | LEAVE_DEVICE, true);
    view.setUint32(ATTENTION, view.getUint32(ATTENTION, true) | ATTEND_LEAVE, true);
  }

  #end(exit: GuestExit): void {
    this.#exit ??= exit;
    this.#requestLeave();
  }

  /** The convention of RISC-V test programs: 1 is success, another odd value v is exit code v >> 1. */
  #checkTohost(): void {
    if (this.tohost === undefined) return;
    const { bytes } = this.#viewer.readPhysical(BigInt(this.tohost), 8);
    const value = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getBigUint64(0, true);
    if ((value & 1n) === 1n) this.#exit ??= { kind: 'tohost', code: Number(value >> 1n) };
  }
}

function saveExit(writer: ByteStateWriter, exit: GuestExit | undefined): void {
  writer.u8(exit === undefined ? 0 : { 'power-off': 1, reset: 2, tohost: 3 }[exit.kind]);
  writer.u64(exit === undefined || exit.kind === 'reset' ? 0n : BigInt(exit.code));
}

function restoreExit(reader: ByteStateReader): GuestExit | undefined {
  const kind = reader.u8();
  const code = Number(reader.u64());
  switch (kind) {
    case 0:
      return undefined;
    case 1:
      return { kind: 'power-off', code };
    case 2:
      return { kind: 'reset' };
    case 3:
      return { kind: 'tohost', code };
    default:
      throw new RangeError(`a guest exit of kind ${kind}: this version knows 0 to 3`);
  }
}
