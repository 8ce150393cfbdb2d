import type { TranslationPolicy } from '../engine/translator/translations.ts';
import type { Change, ChangeOutcome } from './change.ts';
import type { PagedSpace } from './paged-space.ts';
import type { Hit, StopSet } from './stop.ts';

/** Why the guest is over. */
export type GuestExit =
  /** The test finisher: pass is code 0. */
  | { readonly kind: 'power-off'; readonly code: number }
  | { readonly kind: 'reset' }
  /** A write to the kernel's `tohost` symbol. */
  | { readonly kind: 'tohost'; readonly code: number };

/** Why `Machine.run` returned. */
export type RunOutcome =
  /** The counter asked for. */
  | { readonly kind: 'limit' }
  /** All that were met at this moment. See Hit for where the machine stands. */
  | { readonly kind: 'hit'; readonly hits: readonly Hit[] }
  /**
   * Every hart waits and no input is there. `deadline` is the mtime at which a timer will wake the guest; undefined when
   * only the host can. With the idle policy `skip` a guest that has a deadline never gets here.
   */
  | { readonly kind: 'idle'; readonly deadline: bigint | undefined }
  | { readonly kind: 'exit'; readonly exit: GuestExit };

/** Host input that crossed into the guest. Applied after state `counter` and before the step that follows it. */
export type HostEvent =
  /**
   * Bytes for a console; `device` is the device's name on the board (`uart0`). `idleTicks` is how far the clock of a
   * waiting guest jumps as they arrive: 0 unless a live session paces the guest's idle time by the host's clock.
   */
  | {
      readonly kind: 'console-input';
      readonly counter: number;
      readonly device: string;
      readonly bytes: Uint8Array;
      readonly idleTicks: number;
    }
  /** Entropy that a device asked for during the step that follows `counter`. */
  | { readonly kind: 'entropy'; readonly counter: number; readonly bytes: Uint8Array };

/** The one door for host input (law 2). The machine cannot tell a live source from a replaying one. */
export interface EventSource {
  /** The counter of the next event that is already known, or Infinity. The machine stops there and calls `take`. */
  nextCounter(counter: number): number;
  /** The asynchronous events that arrive at this counter, in order; asked before each slice and when the guest idles. */
  take(counter: number): readonly HostEvent[];
  /** Entropy a device asks for now. */
  entropy(counter: number, length: number): Uint8Array;
}

/** Everything but the paged spaces: small, and saved whole. */
export interface SmallState {
  readonly counter: number;
  /** Hart registers and CSRs, in the layout of emulator/engine/layout.ts. */
  readonly harts: Uint8Array;
  /** Guest clock and devices, in the order of the board. */
  readonly devices: Uint8Array;
}

/** What memory reads for people return: bytes as far as they could be read. */
export interface MemoryRead {
  readonly bytes: Uint8Array;
  /** Bytes at the end of the request that are not mapped or not readable. */
  readonly unreadable: number;
}

/** The result of a page-table walk for people: never sets A or D, never fills the TLB. */
export type Translation = { readonly kind: 'mapped'; readonly physical: bigint } | { readonly kind: 'unmapped' };

/** One queue of a virtio device, as the device sees it. */
export interface VirtqueueState {
  /** The device's name on the board. */
  readonly device: string;
  /** The queue's number in the device. */
  readonly queue: number;
  /** The driver has placed it, and the device serves it. */
  readonly ready: boolean;
  /** Entries. */
  readonly size: number;
  /** Physical addresses of its parts, as the driver gave them. */
  readonly descriptors: bigint;
  readonly available: bigint;
  readonly used: bigint;
  /** Index, modulo 2^16, of the available entry that the device takes next, and of the used entry that it writes next. */
  readonly nextAvailable: number;
  readonly nextUsed: number;
}

/** One hart, as a debugger sees it between steps. */
export interface HartView {
  readonly index: number;
  readonly pc: bigint;
  readonly privilege: 'U' | 'S' | 'M';
  /** Waiting in wfi. */
  readonly waiting: boolean;
  readX(register: number): bigint;
  readF(register: number): bigint;
  /** By CSR number; without effects and without privilege checks. Undefined when this machine has no such CSR. */
  readCsr(number: number): bigint | undefined;
}

/** A hart whose registers can be written: by `Machine.change`, and by tests. */
export interface WritableHart extends HartView {
  writeX(register: number, value: bigint): void;
  writeF(register: number, value: bigint): void;
  /** By the CSR's rules (WARL), without privilege checks. False when this machine has no such CSR. */
  writeCsr(number: number, value: bigint): boolean;
  writePc(value: bigint): void;
  setWaiting(waiting: boolean): void;
}

/** The deterministic machine: a pure function of its initial state and its events. */
export interface Machine {
  /** Steps since power-on. */
  readonly counter: number;
  readonly harts: readonly WritableHart[];
  /** RAM first, then drives. */
  readonly spaces: readonly PagedSpace[];
  /** The physical address of the kernel's `tohost` symbol, if it has one: part of what a recording must keep. */
  readonly tohost: number | undefined;
  /** Set once the guest is over; `run` then returns it at once. */
  readonly exit: GuestExit | undefined;

  /** Replaces the source of host input; the timeline does this when it travels. */
  setEventSource(source: EventSource): void;
  /**
   * What `run` does when every hart waits and a timer is set: `skip` (the default) jumps the clock to the deadline;
   * `return` comes back with `idle`, so that a live session can wait for input meanwhile, then call `skipIdle`.
   */
  setIdlePolicy(policy: 'skip' | 'return'): void;
  /** Jumps the clock to the deadline of an idle guest. */
  skipIdle(): void;
  /** Called for each run of bytes the guest prints, with the moment before the step that printed them. */
  onConsoleOutput(listener: ((counter: number, bytes: Uint8Array) => void) | undefined): void;
  /** Bytes of a console's input that have arrived and that the guest has not taken yet. */
  waitingInput(device: string): number;
  /**
   * Runs until the counter is `limit`, a stop condition is met, or the guest idles or is over. Synchronous: ask for
   * slices of at most about a million steps. Conditions at the starting moment are not met again when
   * `skipFirst` is true (so that `continue` leaves a breakpoint).
   */
  run(limit: number, stops?: StopSet, skipFirst?: boolean): RunOutcome;
  /**
   * When hot code is translated: a matter of speed that the guest cannot observe. 'off' interprets everything. A RangeError
   * tells what is out of range.
   */
  translateCode(policy: TranslationPolicy | 'off'): void;

  /** The small part of the state, for a checkpoint. */
  saveSmall(): SmallState;
  /** Restores it; the caller restores the pages. All caches of derived data are dropped. */
  restoreSmall(state: SmallState): void;
  /** XXH64 (seed 0) of any bytes, with the engine's speed. */
  hash(bytes: Uint8Array): bigint;
  /** The hash of 4096 bytes, as a PagedSpace has it for each of its pages. */
  hashPage(page: Uint8Array): bigint;

  /** Reads for people by virtual address, with the present translation of the hart; never has effects (law 6). */
  readVirtual(hart: number, address: bigint, length: number): MemoryRead;
  readPhysical(address: bigint, length: number): MemoryRead;
  /** The queues of all virtio devices, for people. */
  virtqueues(): readonly VirtqueueState[];
  translate(hart: number, address: bigint): Translation;
  /** Changes the present state as a person asks, all or nothing; between two steps, of which it is none. */
  change(changes: readonly Change[]): ChangeOutcome;
  /** Places bytes in RAM before anything runs. False when any byte is not RAM; then nothing is written. */
  writePhysical(address: bigint, bytes: Uint8Array): boolean;
}
