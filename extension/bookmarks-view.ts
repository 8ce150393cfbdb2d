import * as vscode from 'vscode';
import { formatCounter } from './moment.ts';
import { DEBUG_TYPE, Event, parseBookmarks, Request, type Bookmark } from './protocol.ts';
import type { SessionStatuses } from './session-status.ts';

const VIEW = 'retrograde.bookmarks';

/** The bookmarks of the recording that the active session holds; a click on one travels there. */
export class BookmarksView implements vscode.TreeDataProvider<Bookmark>, vscode.Disposable {
  readonly #statuses: SessionStatuses;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable;
  /** Those of each session, from its first status on. */
  readonly #bookmarks = new Map<string, readonly Bookmark[]>();
  /** The session whose bookmarks are shown. */
  #shown: string | undefined;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(statuses: SessionStatuses) {
    this.#statuses = statuses;
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      vscode.window.createTreeView(VIEW, { treeDataProvider: this }),
      statuses.onDidChange(() => {
        void this.#meet();
      }),
      vscode.debug.onDidReceiveDebugSessionCustomEvent(({ session, event, body }) => {
        if (session.type === DEBUG_TYPE && event === Event.bookmarks) this.#keep(session, body);
      }),
      vscode.debug.onDidTerminateDebugSession(({ id }) => {
        if (this.#bookmarks.delete(id)) this.#changed.fire();
      }),
    );
  }

  /** Names the present moment as the person says. */
  async add(): Promise<void> {
    const { active } = this.#statuses;
    if (active === undefined) return;
    const name = await vscode.window.showInputBox({
      title: `Bookmark: counter ${formatCounter(active.status.counter)}`,
      prompt: 'What to call this moment. Whoever opens the recording sees the name',
    });
    if (name === undefined || name.trim() === '') return;
    await active.session.customRequest(Request.addBookmark, { name: name.trim(), counter: active.status.counter });
  }

  async remove({ name }: Bookmark): Promise<void> {
    await this.#statuses.active?.session.customRequest(Request.removeBookmark, { name });
  }

  getChildren(bookmark?: Bookmark): Bookmark[] {
    const { active } = this.#statuses;
    if (bookmark !== undefined || active === undefined) return [];
    return [...(this.#bookmarks.get(active.session.id) ?? [])];
  }

  getTreeItem({ name, counter }: Bookmark): vscode.TreeItem {
    const item = new vscode.TreeItem(name);
    item.description = formatCounter(counter);
    item.tooltip = `Counter ${formatCounter(counter)}: click to travel there`;
    item.iconPath = new vscode.ThemeIcon('bookmark');
    item.contextValue = 'bookmark';
    const session = this.#statuses.active?.session;
    item.command = { command: 'retrograde.goToMoment', title: 'Go There', arguments: [session, counter] };
    return item;
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  /** Asks a session for its bookmarks when it is seen first; it tells of changes by itself. */
  async #meet(): Promise<void> {
    const session = this.#statuses.active?.session;
    if (session?.id !== this.#shown) {
      this.#shown = session?.id;
      this.#changed.fire();
    }
    if (session === undefined || this.#bookmarks.has(session.id)) return;
    this.#bookmarks.set(session.id, []);
    try {
      this.#keep(session, await session.customRequest(Request.bookmarks, {}));
    } catch {
      // The session has ended in the meantime.
    }
  }

  #keep(session: vscode.DebugSession, body: unknown): void {
    this.#bookmarks.set(session.id, parseBookmarks(body));
    this.#changed.fire();
  }
}
