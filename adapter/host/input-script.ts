import type { TimelineContract } from '../../emulator/replay/timeline-contract.ts';

/** One line of an input script. */
export type ScriptLine =
  /** Waits until the guest has printed this text, after what earlier lines waited for. */
  | { readonly kind: 'expect'; readonly text: string }
  /** Types this text and a newline. */
  | { readonly kind: 'send'; readonly text: string };

/**
 * Reads `expect TEXT` and `send TEXT` lines; blank lines and those that begin with `#` are nothing. In a text `\n`, `\r`, `\t`,
 * `\\` and `\xHH` stand for the characters that they do in C. Throws an Error that names the line.
 */
export function parseInputScript(name: string, source: string): readonly ScriptLine[] {
  return source.split(/\r?\n/).flatMap((line, index): ScriptLine[] => {
    if (line.trim() === '' || line.startsWith('#')) return [];
    const [, kind, text = ''] = /^(expect|send)(?: (.*))?$/.exec(line) ?? [];
    if (kind === undefined || (kind === 'expect' && text === '')) {
      throw new Error(`${name}, line ${index + 1}: expected "expect TEXT" or "send TEXT", not "${line}".`);
    }
    return [{ kind: kind === 'expect' ? 'expect' : 'send', text: unescaped(text) }];
  });
}

function unescaped(text: string): string {
  const plain: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\' };
  return text.replace(/\\(?:x([0-9a-fA-F]{2})|([nrt\\]))/g, (_, hexadecimal: string | undefined, letter: string) =>
    hexadecimal === undefined ? (plain[letter] ?? letter) : String.fromCharCode(parseInt(hexadecimal, 16)),
  );
}

/** Plays an input script to the live end of a timeline: types when what it waits for has been printed. */
export class InputScriptPlayer {
  readonly #timeline: TimelineContract;
  readonly #lines: ScriptLine[];
  readonly #subscription: { dispose(): void };
  /** Runs of output that have been looked at, counted from power-on. */
  #runs = 0;
  /** Output that no line has taken yet, as Latin-1: one character for each byte. */
  #unread = '';
  #scheduled = false;

  constructor(timeline: TimelineContract, lines: readonly ScriptLine[]) {
    this.#timeline = timeline;
    this.#lines = [...lines];
    this.#subscription = timeline.onConsoleOutput(() => {
      // Output comes in many small runs; one look at all of them is enough.
      if (this.#scheduled) return;
      this.#scheduled = true;
      queueMicrotask(() => {
        this.#scheduled = false;
        this.#play();
      });
    });
    this.#play();
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #play(): void {
    // In the past there is nothing to type to, and what is printed there has been looked at.
    if (this.#timeline.mode !== 'recording') return;
    const runs = this.#timeline.consoleOutput();
    for (const { bytes } of runs.slice(this.#runs)) this.#unread += latin1(bytes);
    this.#runs = runs.length;
    for (let line = this.#lines[0]; line !== undefined; line = this.#lines[0]) {
      if (!this.#take(line)) return;
      this.#lines.shift();
    }
    this.#subscription.dispose();
  }

  /** False when the line must wait. */
  #take(line: ScriptLine): boolean {
    if (line.kind === 'send') return this.#timeline.sendConsoleInput(new TextEncoder().encode(`${line.text}\n`));
    const wanted = latin1(new TextEncoder().encode(line.text));
    const at = this.#unread.indexOf(wanted);
    if (at < 0) {
      // Only an end of it that may be the beginning of the text is needed again.
      this.#unread = this.#unread.slice(-wanted.length);
      return false;
    }
    this.#unread = this.#unread.slice(at + wanted.length);
    return true;
  }
}

function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}
