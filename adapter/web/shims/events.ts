type Listener = (...values: unknown[]) => void;

/** As much of Node's class as @vscode/debugadapter uses: the bundle for the web has this in its place. */
export class EventEmitter {
  readonly #listeners = new Map<string, Listener[]>();

  on(event: string, listener: Listener): this {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
    return this;
  }

  emit(event: string, ...values: unknown[]): boolean {
    const listeners = this.#listeners.get(event) ?? [];
    for (const listener of listeners) listener(...values);
    return listeners.length > 0;
  }
}
