import type { EventSource, HostEvent } from '../machine/machine.ts';
import { DivergenceError } from './divergence.ts';

type ConsoleInputEvent = HostEvent & { readonly kind: 'console-input' };
type EntropyEvent = HostEvent & { readonly kind: 'entropy' };

/** Where host input comes from beyond the end of history. */
export interface LiveInput {
  /** Exactly `length` bytes. */
  entropy(length: number): Uint8Array;
}

/**
 * The one door for host input (law 2). Before `frontier` it answers from the events that were recorded and throws a
 * DivergenceError when the machine asks for anything else. From `frontier` on, if there is a live input, it answers from
 * the host and adds what it answered to the recorded events; so going back and coming forward again needs no other
 * source.
 *
 * An event stamped n crosses after state n: the state at n, which digests, checkpoints and people see, is without it.
 */
export class EventHistory implements EventSource {
  readonly #inputs: ConsoleInputEvent[] = [];
  readonly #entropies: EntropyEvent[] = [];
  #nextInput = 0;
  #nextEntropy = 0;
  readonly #pending: { readonly device: string; readonly bytes: Uint8Array }[] = [];
  #idleTicks = 0;
  #wake: (() => void) | undefined;
  readonly #live: LiveInput | undefined;
  readonly #onRecorded: (event: HostEvent) => void;
  /** The last moment known to history. */
  frontier = 0;

  /** `onRecorded` hears of each live event in order. */
  constructor(
    recorded: readonly HostEvent[],
    live?: LiveInput,
    onRecorded: (event: HostEvent) => void = () => undefined,
  ) {
    for (const event of recorded) this.#append(event);
    this.#live = live;
    this.#onRecorded = onRecorded;
  }

  /** Takes in what was recorded behind what is known; `frontier` is the last moment known now. */
  extend(recorded: readonly HostEvent[], frontier: number): void {
    for (const event of recorded) this.#append(event);
    this.frontier = Math.max(this.frontier, frontier);
  }

  /** Makes the machine's next question be about `counter`; to be called after a restore. */
  seek(counter: number): void {
    this.#nextInput = firstAtOrAfter(this.#inputs, counter);
    this.#nextEntropy = firstAtOrAfter(this.#entropies, counter);
  }

  /** Everything that is known, in the order of counters. */
  get all(): readonly HostEvent[] {
    return [...this.#inputs, ...this.#entropies].sort((a, b) => a.counter - b.counter);
  }

  /** Input that the guest gets at the live end. */
  send(device: string, bytes: Uint8Array): void {
    if (this.#live === undefined) throw new Error('Only a live machine takes input.');
    if (bytes.length === 0) return;
    this.#pending.push({ device, bytes: bytes.slice() });
    this.#wake?.();
  }

  get hasPending(): boolean {
    return this.#pending.length > 0;
  }

  /** How far the clock of the waiting guest jumps as the pending input arrives. */
  setIdleTicks(ticks: number): void {
    this.#idleTicks = ticks;
  }

  /** Called once when input next arrives; undefined to forget. */
  onPending(wake: (() => void) | undefined): void {
    this.#wake = wake;
  }

  nextCounter(counter: number): number {
    const next = this.#inputs[this.#nextInput];
    if (next === undefined) return Infinity;
    if (next.counter < counter) throw new DivergenceError(next.counter, describe(next), 'the machine did not take it');
    return next.counter;
  }

  take(counter: number): readonly HostEvent[] {
    const taken: HostEvent[] = [];
    while (this.nextCounter(counter) === counter) {
      const event = this.#inputs[this.#nextInput++];
      if (event !== undefined) taken.push(event);
    }
    if (counter >= this.frontier && this.#nextInput === this.#inputs.length) {
      for (const { device, bytes } of this.#pending.splice(0)) {
        const event = { kind: 'console-input', counter, device, bytes, idleTicks: this.#idleTicks } as const;
        this.#idleTicks = 0;
        this.#record(event);
        this.#nextInput++;
        taken.push(event);
      }
    }
    return taken;
  }

  entropy(counter: number, length: number): Uint8Array {
    const next = this.#entropies[this.#nextEntropy];
    if (next !== undefined) {
      if (next.counter !== counter || next.bytes.length !== length) {
        throw new DivergenceError(next.counter, describe(next), `${length} bytes were asked for at counter ${counter}`);
      }
      this.#nextEntropy++;
      return next.bytes;
    }
    if (this.#live === undefined || counter < this.frontier) {
      throw new DivergenceError(counter, 'no entropy', `${length} bytes were asked for`);
    }
    const bytes = this.#live.entropy(length);
    this.#record({ kind: 'entropy', counter, bytes });
    this.#nextEntropy++;
    return bytes;
  }

  /** What crossed before `counter`. */
  before(counter: number): readonly HostEvent[] {
    return [...this.#inputs, ...this.#entropies].filter((event) => event.counter < counter);
  }

  /** History now ends at `counter`, where the machine stands. Input that nobody took yet is still to come. */
  endAt(counter: number): void {
    this.#inputs.splice(firstAtOrAfter(this.#inputs, counter));
    this.#entropies.splice(firstAtOrAfter(this.#entropies, counter));
    this.frontier = counter;
    this.seek(counter);
  }

  #record(event: HostEvent): void {
    this.#append(event);
    this.#onRecorded(event);
  }

  #append(event: HostEvent): void {
    if (event.kind === 'console-input') this.#inputs.push(event);
    else this.#entropies.push(event);
  }
}

function describe(event: HostEvent): string {
  const what = event.kind === 'entropy' ? 'of entropy' : `for ${event.device}`;
  return `${event.bytes.length} bytes ${what} at counter ${event.counter}`;
}

function firstAtOrAfter(events: readonly HostEvent[], counter: number): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((events[middle]?.counter ?? Infinity) < counter) low = middle + 1;
    else high = middle;
  }
  return low;
}
