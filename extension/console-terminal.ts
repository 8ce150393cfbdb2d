import * as vscode from 'vscode';
import { formatCounter } from './moment.ts';
import { DEBUG_TYPE, Event, parseConsoleOutput, Request, type ConsoleOutput } from './protocol.ts';
import { TerminalText } from './terminal-text.ts';

/** The guest's console as a terminal: one for each session, kept readable when the session is over. */
export function provideConsoleTerminals(): vscode.Disposable {
  const consoles = new Map<string, Console>();
  const ended = new Set<Console>();
  return vscode.Disposable.from(
    vscode.debug.onDidStartDebugSession((session) => {
      if (session.type !== DEBUG_TYPE) return;
      for (const console of ended) console.dispose();
      ended.clear();
      consoleOf(consoles, session);
    }),
    vscode.debug.onDidReceiveDebugSessionCustomEvent(({ session, event, body }) => {
      if (session.type !== DEBUG_TYPE || event !== Event.console) return;
      const output = parseConsoleOutput(body);
      if (output !== undefined) consoleOf(consoles, session).print(output);
    }),
    vscode.debug.onDidTerminateDebugSession((session) => {
      const console = consoles.get(session.id);
      if (console === undefined) return;
      consoles.delete(session.id);
      console.end();
      ended.add(console);
    }),
    {
      dispose: () => {
        for (const console of [...consoles.values(), ...ended]) console.dispose();
      },
    },
  );
}

function consoleOf(consoles: Map<string, Console>, session: vscode.DebugSession): Console {
  const known = consoles.get(session.id);
  if (known !== undefined) return known;
  const console = new Console(session);
  consoles.set(session.id, console);
  return console;
}

class Console implements vscode.Pseudoterminal, vscode.Disposable {
  readonly #session: vscode.DebugSession;
  readonly #terminal: vscode.Terminal;
  readonly #text = new TerminalText();
  readonly #write = new vscode.EventEmitter<string>();
  /** What was printed before the terminal was there to show it; undefined once it is. */
  #pending: string[] | undefined = [];
  #over = false;
  /** Where the branch began in which the guest printed last. */
  #branch: number | undefined;

  readonly onDidWrite = this.#write.event;

  constructor(session: vscode.DebugSession) {
    this.#session = session;
    this.#terminal = vscode.window.createTerminal({
      name: `Guest: ${session.name}`,
      iconPath: new vscode.ThemeIcon('vm'),
      isTransient: true,
      pty: this,
    });
    // A guest that is being recorded may ask for input; one that was recorded cannot.
    if (session.configuration.request === 'launch') this.#terminal.show(true);
  }

  open(): void {
    const pending = this.#pending?.join('') ?? '';
    this.#pending = undefined;
    if (pending !== '') this.#write.fire(pending);
  }

  close(): void {
    // The person closed the terminal; the session goes on without it.
  }

  handleInput(text: string): void {
    if (this.#over) return;
    this.#session.customRequest(Request.consoleInput, { text }).then(undefined, (error: unknown) => {
      vscode.window.setStatusBarMessage(error instanceof Error ? error.message : String(error), 5000);
    });
  }

  print({ bytes, branch }: ConsoleOutput): void {
    if (branch !== this.#branch) {
      this.#branch = branch;
      const where =
        branch === undefined ? 'What is recorded goes on here.' : `In a branch from ${formatCounter(branch)}.`;
      this.#remark(where);
    }
    this.#show(this.#text.decode(bytes));
  }

  end(): void {
    this.#over = true;
    this.#remark('The session is over.');
  }

  dispose(): void {
    this.#terminal.dispose();
    this.#write.dispose();
  }

  /** A line that is not the guest's. */
  #remark(sentence: string): void {
    this.#show(`\r\n\x1b[2m[${sentence}]\x1b[0m\r\n`);
  }

  #show(text: string): void {
    if (this.#pending === undefined) this.#write.fire(text);
    else this.#pending.push(text);
  }
}
