import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Client } from './client.ts';

/**
 * The threads and modules that the client has been told of. They come and go as the machine moves, in either direction; a
 * client that has asked for a list hears of what changed in it at every stop.
 */
export class Roster {
  readonly threads: Told<DebugProtocol.Thread>;
  readonly modules: Told<DebugProtocol.Module>;

  constructor(client: Client) {
    this.threads = new Told(({ id }, change) => {
      // A thread has no event for another name.
      if (change !== 'changed')
        client.event('thread', { threadId: id, reason: change === 'new' ? 'started' : 'exited' });
    });
    this.modules = new Told((module, reason) => {
      client.event('module', { reason, module });
    });
  }
}

type Change = 'new' | 'changed' | 'removed';

/** A list as the client knows it. */
class Told<Item extends { readonly id: number | string }> {
  readonly #report: (item: Item, change: Change) => void;
  /** By identifier; undefined until the client has asked. */
  #known: ReadonlyMap<number | string, Item> | undefined;

  constructor(report: (item: Item, change: Change) => void) {
    this.#report = report;
  }

  /** The client has its list from a response. */
  tell(items: readonly Item[]): void {
    this.#known = new Map(items.map((item) => [item.id, item]));
  }

  /** Tells what is not as it was, at a stop. */
  review(present: () => readonly Item[]): void {
    const known = this.#known;
    if (known === undefined) return;
    const items = present();
    this.tell(items);
    for (const item of items) {
      const before = known.get(item.id);
      if (before === undefined) this.#report(item, 'new');
      else if (JSON.stringify(before) !== JSON.stringify(item)) this.#report(item, 'changed');
    }
    for (const item of known.values()) if (this.#known?.has(item.id) !== true) this.#report(item, 'removed');
  }
}
