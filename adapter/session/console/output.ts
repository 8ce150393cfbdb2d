import type { TimelineContract } from '../../../emulator/replay/timeline-contract.ts';
import { encodeBase64 } from '../base64.ts';
import type { Client } from '../client.ts';
import { PlainText } from './plain-text.ts';

/** Milliseconds that output waits for more of it: guests print a byte at a time. */
const BATCH = 20;

/** Output that has been passed on, counted from power-on. */
interface Passed {
  readonly runs: number;
  readonly bytes: number;
}

/**
 * Passes what the guest prints on to the client, each byte once in a session, as time first passes it: going back and
 * forward again prints nothing twice.
 */
export class ConsoleRelay {
  readonly #client: Client;
  readonly #timeline: TimelineContract;
  readonly #subscription: { dispose(): void };
  /** Keeps the first bytes of a character whose last ones have not been printed yet. */
  readonly #decoder = new TextDecoder();
  readonly #plain = new PlainText();
  /** Runs of output, counted from power-on, and bytes that have been passed on. */
  #history: Passed = { runs: 0, bytes: 0 };
  /** The same in the branch that the machine is in. */
  #branch: (Passed & { readonly base: number }) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(client: Client, timeline: TimelineContract) {
    this.#client = client;
    this.#timeline = timeline;
    this.#subscription = timeline.onConsoleOutput(() => {
      this.#timer ??= setTimeout(() => {
        this.flush();
      }, BATCH);
    });
  }

  /** Passes on what was printed up to the present moment and has not been. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { branch } = this.#timeline;
    if (branch === undefined) this.#branch = undefined;
    const before = branch === undefined ? this.#history : this.#branch;
    // A branch that nobody told of yet has printed nothing.
    if (before === undefined) return;
    const runs = this.#timeline.consoleOutput();
    const fresh = joined(runs.slice(before.runs).map((run) => run.bytes));
    if (fresh.length === 0) return;
    const passed = { runs: runs.length, bytes: before.bytes + fresh.length };
    if (branch === undefined) this.#history = passed;
    else this.#branch = { base: branch.base, ...passed };
    const mark = branch === undefined ? {} : { branch: branch.base };
    this.#client.event('retrograde/console', { data: encodeBase64(fresh), start: before.bytes, ...mark });
    const output = this.#decoder.decode(fresh, { stream: true });
    const shown = this.#client.showsStyling ? output : this.#plain.of(output);
    if (shown !== '') this.#client.event('output', { category: 'stdout', output: shown });
  }

  /** The state was changed where the machine stands: what the branch prints from here on is new. */
  branched(): void {
    const { branch } = this.#timeline;
    if (branch === undefined) return;
    this.flush();
    this.#branch = { base: branch.base, ...this.#printed() };
  }

  #printed(): Passed {
    const runs = this.#timeline.consoleOutput();
    return { runs: runs.length, bytes: runs.reduce((sum, run) => sum + run.bytes.length, 0) };
  }

  /** Must be called before the timeline is closed. */
  dispose(): void {
    this.#subscription.dispose();
    this.flush();
  }
}

/** The bytes of several runs as one array. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
