import type { Change } from '../../../emulator/machine/change.ts';
import type { HartView, MemoryRead } from '../../../emulator/machine/machine.ts';
import type { Hit, StopCondition, StopSet } from '../../../emulator/machine/stop.ts';
import type { PrintedBytes } from '../../../emulator/recording/console-chunk.ts';
import type {
  MotionOptions,
  MotionOutcome,
  TimelineChange,
  TimelineContract,
} from '../../../emulator/replay/timeline.ts';

/**
 * A timeline whose every moment is known beforehand: at counter n, pc is CODE + 4 * (n mod LOOP), a0 is n, and the word at
 * VARIABLE is what the last scripted write before n left there. It lets the protocol be tested without a machine.
 */
export const CODE = 0x8000_0000n;
export const LOOP = 10;
export const VARIABLE = 0x8000_1000n;

const A0 = 10;

export interface ScriptedWrite {
  readonly counter: number;
  readonly value: bigint;
}

export class ScriptedTimeline implements TimelineContract {
  counter = 0;
  readonly end: number;
  readonly mode = 'replaying';
  readonly isOpenEnded = false;
  readonly branch = undefined;
  readonly exit = undefined;
  readonly kernelFile = undefined;
  readonly configuration = {
    memory: 0x100_0000,
    harts: 1,
    firmware: { kind: 'none' },
    append: '',
    stepsPerTick: 100,
    rtc: '0',
    seed: '00'.repeat(32),
    drives: [],
  } as const;
  /** What was asked to be changed. */
  readonly changed: Change[] = [];
  /** Motions wait for this before they begin: a test makes it late to interrupt them. */
  delay: Promise<void> = Promise.resolve();
  readonly #writes: readonly ScriptedWrite[];

  constructor(end: number, writes: readonly ScriptedWrite[] = []) {
    this.end = end;
    this.#writes = writes;
  }

  get harts(): readonly HartView[] {
    return [this.#hart()];
  }

  refresh(): Promise<boolean> {
    return Promise.resolve(false);
  }

  async run(stops: StopSet, options: MotionOptions & { until?: number } = {}): Promise<MotionOutcome> {
    await this.delay;
    if (options.signal?.aborted === true) return { kind: 'cancelled' };
    const last = Math.min(this.end, options.until ?? Infinity);
    for (let at = this.counter; at < last; at++) {
      const hits = this.#hitsAt(at, stops.conditions).filter((hit) => hit.kind === 'access' || at > this.counter);
      if (hits.length > 0) {
        this.counter = hits.some((hit) => hit.kind === 'access') ? at + 1 : at;
        return { kind: 'hit', hits };
      }
    }
    this.counter = last;
    return last === options.until ? { kind: 'arrived' } : { kind: 'end-of-recording', exit: undefined };
  }

  async runBackTo(stops: StopSet, options: MotionOptions & { notBefore?: number } = {}): Promise<MotionOutcome> {
    await this.delay;
    if (options.signal?.aborted === true) return { kind: 'cancelled' };
    const first = options.notBefore ?? 0;
    for (let at = this.counter - 1; at >= first; at--) {
      const hits = this.#hitsAt(at, stops.conditions);
      if (hits.length > 0) {
        this.counter = at;
        return { kind: 'hit', hits };
      }
    }
    this.counter = first;
    return first > 0 ? { kind: 'arrived' } : { kind: 'start-of-recording' };
  }

  step(count = 1): Promise<MotionOutcome> {
    return this.travelTo(this.counter + count);
  }

  reverseStep(count = 1): Promise<MotionOutcome> {
    return this.travelTo(this.counter - count);
  }

  travelTo(counter: number): Promise<MotionOutcome> {
    this.counter = Math.min(Math.max(counter, 0), this.end);
    if (counter < 0) return Promise.resolve({ kind: 'start-of-recording' });
    if (counter > this.end) return Promise.resolve({ kind: 'end-of-recording', exit: undefined });
    return Promise.resolve({ kind: 'arrived' });
  }

  digest(): string {
    return this.counter.toString(16).padStart(16, '0');
  }

  /** Only VARIABLE's page is there; it is zero but for the variable. */
  readVirtual(_hart: number, address: bigint, length: number): MemoryRead {
    const page = new Uint8Array(4096);
    new DataView(page.buffer).setBigUint64(0, this.#variable(), true);
    const offset = Number(address - VARIABLE);
    const bytes = offset < 0 ? new Uint8Array(0) : page.slice(offset, offset + length);
    const padded = new Uint8Array(length);
    padded.set(bytes);
    return { bytes: padded, unreadable: length - bytes.length };
  }

  virtqueues(): readonly [] {
    return [];
  }

  readPhysical(address: bigint, length: number): MemoryRead {
    return this.readVirtual(0, address + 0x1000n, length);
  }

  translate(): { readonly kind: 'unmapped' } {
    return { kind: 'unmapped' };
  }

  /** Takes note of the changes, and makes none; x0 is refused. */
  change(changes: readonly Change[]): Promise<TimelineChange> {
    if (changes.some((change) => change.kind === 'integer-register' && change.register === 0)) {
      return Promise.resolve({ kind: 'refused', why: 'x0 is always zero.' });
    }
    const began = this.changed.length === 0;
    this.changed.push(...changes);
    return Promise.resolve({ kind: 'changed', remarks: [], began, lost: undefined });
  }

  discardBranch(): Promise<MotionOutcome> {
    return Promise.resolve({ kind: 'arrived' });
  }

  compareBranch(): Promise<undefined> {
    throw new Error('This timeline has no branch.');
  }

  sendConsoleInput(): boolean {
    return false;
  }

  inputs(): readonly [] {
    return [];
  }

  waitingInput(): number {
    return 0;
  }

  consoleOutput(): readonly PrintedBytes[] {
    return [{ counter: 0, bytes: new TextEncoder().encode('one\ntwo\nthree\n') }];
  }

  onConsoleOutput(): { dispose(): void } {
    return { dispose: () => undefined };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #variable(): bigint {
    return this.#writes.findLast(({ counter }) => counter < this.counter)?.value ?? 0n;
  }

  #pcAt(counter: number): bigint {
    return CODE + 4n * BigInt(counter % LOOP);
  }

  #hitsAt(counter: number, conditions: readonly StopCondition[]): Hit[] {
    return conditions.flatMap((condition): Hit[] => {
      if (condition.kind === 'instruction') {
        const { address } = condition;
        return this.#pcAt(counter) === address ? [{ kind: 'instruction', counter, hart: 0, condition, address }] : [];
      }
      const write = this.#writes.some((other) => other.counter === counter);
      if (condition.kind !== 'access' || !write || condition.access === 'read') return [];
      return [
        {
          kind: 'access',
          counter,
          hart: 0,
          condition,
          pc: this.#pcAt(counter),
          address: VARIABLE,
          length: 8,
          write: true,
          byDevice: false,
        },
      ];
    });
  }

  #hart(): HartView {
    return {
      index: 0,
      pc: this.#pcAt(this.counter),
      privilege: 'M',
      waiting: false,
      readX: (register) => (register === A0 ? BigInt(this.counter) : 0n),
      readF: () => 0n,
      readCsr: (number) => (number === 0x300 ? 0x8_0000_2000n : undefined),
    };
  }
}
