import type { Client } from '../client.ts';

/** Milliseconds between two events that carry results. */
const INTERVAL = 100;

/**
 * Tells a client that asked for it what has been found so far of the answer to a request, by events `retrograde/results`: the first
 * result at once, others together, in the order in which they were found.
 */
export class ResultStream {
  readonly #client: Client;
  readonly #request: number;
  readonly #isWanted: boolean;
  #waiting: Promise<unknown>[] = [];
  #sending: Promise<void> = Promise.resolve();
  #lastSent = 0;

  constructor(client: Client, request: number, isWanted: boolean) {
    this.#client = client;
    this.#request = request;
    this.#isWanted = isWanted;
  }

  /** A part of the answer, which may still be being described. */
  add(result: Promise<unknown>): void {
    if (!this.#isWanted) return;
    this.#waiting.push(result);
    if (Date.now() - this.#lastSent >= INTERVAL) this.#send();
  }

  /** Resolves once everything has been sent. */
  async end(): Promise<void> {
    this.#send();
    await this.#sending;
  }

  #send(): void {
    this.#lastSent = Date.now();
    const waiting = this.#waiting.splice(0);
    if (waiting.length === 0) return;
    this.#sending = this.#sending.then(async () => {
      const results = await Promise.all(waiting);
      this.#client.event('retrograde/results', { requestId: this.#request, results });
    });
  }
}
