import type { PrintedBytes } from '../../emulator/recording/console-chunk.ts';

/** What a person would type, written down beforehand so that a run can be automated. */

/** What a guest prints; in a branch it is no part of the run that the script is for. */
type HeardBytes = PrintedBytes & { readonly inBranch?: boolean };

/** Where a script listens and types. */
export interface ScriptedConsole {
  /** Counters never decrease while the guest makes history; a visit to the past prints it again. */
  onConsoleOutput(listener: (run: HeardBytes) => void): { dispose(): void };
  sendConsoleInput(bytes: Uint8Array): boolean;
}

type ScriptLine =
  | { readonly kind: 'expect'; readonly text: Uint8Array; readonly line: number }
  | { readonly kind: 'send'; readonly text: Uint8Array; readonly line: number };

/** A script that cannot be read; the message names the line. */
export class ScriptError extends Error {
  override readonly name = 'ScriptError';
}

const escapes: ReadonlyMap<string, number> = new Map([
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
  ['e', 0x1b],
  ['0', 0x00],
  ['\\', 0x5c],
]);

/**
 * Lines are `expect TEXT` (wait until the guest prints TEXT, counted from the previous match) and `send TEXT` (type TEXT
 * and Enter, a newline; none when the line ends in `\c`). In TEXT `\n \r \t \e \0 \\` and `\xHH` stand for bytes. Empty
 * lines and those that begin with `#` are skipped.
 */
export function parseInputScript(name: string, source: string): readonly ScriptLine[] {
  const lines: ScriptLine[] = [];
  for (const [index, text] of source.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(text)) continue;
    const line = index + 1;
    const match = /^\s*(expect|send)(?: (.*))?$/.exec(text);
    if (match === null) {
      throw new ScriptError(
        `${name}, line ${line}: '${text.trim()}' is neither 'expect TEXT' nor 'send TEXT'. Write one.`,
      );
    }
    const [, kind, argument = ''] = match;
    if (kind === 'send') lines.push({ kind, text: unescape(argument, true, name, line), line });
    else if (argument === '')
      throw new ScriptError(`${name}, line ${line}: 'expect' has no text. Write what to wait for.`);
    else lines.push({ kind: 'expect', text: unescape(argument, false, name, line), line });
  }
  return lines;
}

function unescape(argument: string, enter: boolean, name: string, line: number): Uint8Array {
  const open = enter && argument.endsWith('\\c') && !argument.endsWith('\\\\c');
  const text = open ? argument.slice(0, -2) : argument;
  const bytes: number[] = [];
  for (const part of text.match(/\\x[0-9a-fA-F]{2}|\\.|\\$|[^\\]+/g) ?? []) {
    if (!part.startsWith('\\')) {
      bytes.push(...new TextEncoder().encode(part));
      continue;
    }
    const byte = part.length === 4 ? parseInt(part.slice(2), 16) : escapes.get(part.slice(1));
    if (byte === undefined)
      throw new ScriptError(`${name}, line ${line}: '${part}' is no escape. Write \\\\ for a backslash.`);
    bytes.push(byte);
  }
  if (enter && !open) bytes.push(0x0a);
  return new Uint8Array(bytes);
}

/** A script at work on a console. */
export class InputScript {
  readonly #lines: ScriptLine[];
  readonly #console: ScriptedConsole;
  readonly #listening: { dispose(): void };
  /** Output since the last match. */
  #heard = '';
  /** The counter of the last output heard, and whether more of the same counter belongs to it. */
  #heardAt = -1;
  #sameBatch = false;

  constructor(lines: readonly ScriptLine[], console: ScriptedConsole) {
    this.#lines = [...lines];
    this.#console = console;
    this.#listening = console.onConsoleOutput((run) => {
      this.#hear(run);
    });
    this.#proceed();
  }

  /** True when every line was matched or sent. */
  get done(): boolean {
    return this.#lines.length === 0;
  }

  /** What the script waits for, as a phrase; undefined when it is done. */
  get waitingFor(): string | undefined {
    const [next] = this.#lines;
    return next === undefined ? undefined : `line ${next.line}, which expects ${JSON.stringify(latin1(next.text))}`;
  }

  dispose(): void {
    this.#listening.dispose();
  }

  #hear({ counter, bytes, inBranch = false }: HeardBytes): void {
    if (inBranch) return;
    // What a visit to the past prints again was heard before. All output of one counter comes at once.
    if (counter < this.#heardAt || (counter === this.#heardAt && !this.#sameBatch)) return;
    this.#heardAt = counter;
    if (!this.#sameBatch) {
      this.#sameBatch = true;
      queueMicrotask(() => {
        this.#sameBatch = false;
      });
    }
    this.#heard += latin1(bytes);
    this.#proceed();
  }

  #proceed(): void {
    for (let next = this.#lines[0]; next !== undefined; next = this.#lines[0]) {
      if (next.kind === 'send') {
        if (!this.#console.sendConsoleInput(next.text)) return;
      } else {
        const text = latin1(next.text);
        const at = this.#heard.indexOf(text);
        if (at < 0) {
          // Only as much as the text's beginning could still be part of a match.
          this.#heard = this.#heard.slice(-(text.length - 1) || this.#heard.length);
          return;
        }
        this.#heard = this.#heard.slice(at + text.length);
      }
      this.#lines.shift();
    }
    this.#listening.dispose();
  }
}

/** Bytes as characters of the same numbers: output is compared as bytes, whatever its encoding. */
export function latin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
