import * as vscode from 'vscode';
import { DEBUG_TYPE, Event, parseStatus, type Status } from './protocol.ts';

/** What every running Retrograde session last said of itself. */
export class SessionStatuses implements vscode.Disposable {
  readonly #statuses = new Map<string, Status>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable;

  /** The status of the active session, or the session the person looks at, has changed. */
  readonly onDidChange = this.#changed.event;

  constructor() {
    this.#subscriptions = vscode.Disposable.from(
      vscode.debug.onDidReceiveDebugSessionCustomEvent(({ session, event, body }) => {
        if (session.type !== DEBUG_TYPE || event !== Event.status) return;
        const status = parseStatus(body);
        if (status === undefined) return;
        this.#statuses.set(session.id, status);
        this.#changed.fire();
      }),
      vscode.debug.onDidTerminateDebugSession(({ id }) => {
        if (this.#statuses.delete(id)) this.#changed.fire();
      }),
      vscode.debug.onDidChangeActiveDebugSession(() => {
        this.#changed.fire();
      }),
    );
  }

  /** The active session when it is one of ours, and its status once it has told one. */
  get active(): { readonly session: vscode.DebugSession; readonly status: Status } | undefined {
    const session = vscode.debug.activeDebugSession;
    const status = session && this.#statuses.get(session.id);
    return session && status && { session, status };
  }

  /** Whether a session holds this recording open. */
  holds(recording: string): boolean {
    return [...this.#statuses.values()].some((status) => status.recording === recording);
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }
}
