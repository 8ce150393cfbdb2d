import type { Arguments } from '../host/arguments.ts';
import type { ScriptedConsole } from '../host/input-script.ts';
import { InputScript, latin1, parseInputScript } from '../host/input-script.ts';
import type { Input } from '../host/terminal.ts';
import { isInteractive, onInterrupt, printError, readInput, readTerminal, readText } from '../host/terminal.ts';
import type { CommandOptions } from './command.ts';
import { parseCounter, parseSeconds } from './values.ts';

/** What ends a live guest besides itself. */
export type StopCause =
  | { readonly kind: 'until-output'; readonly text: string }
  | { readonly kind: 'until-step'; readonly counter: number }
  | { readonly kind: 'timeout'; readonly seconds: number }
  | { readonly kind: 'interrupted' }
  /** The guest waits for input, and none will come. */
  | { readonly kind: 'no-more-input'; readonly script: string | undefined };

/** Options of commands with a live guest. */
export const liveOptions: CommandOptions = {
  'until-output': { type: 'string', value: 'TEXT', help: 'stop when the guest has printed TEXT' },
  'until-step': { type: 'string', value: 'N', help: 'stop at counter N' },
  timeout: { type: 'string', value: 'SECONDS', help: 'stop after this time' },
  'input-script': { type: 'string', value: 'FILE', help: "type what the file says, in place of this terminal's keys" },
};

export const LIVE_DETAILS = `Input: from this terminal every key goes to the guest, Ctrl-C too; Ctrl-A x ends the run, Ctrl-A
Ctrl-A sends Ctrl-A. Input that is piped in is sent as it comes. With --input-script FILE it is
what the file's lines say:
  expect TEXT    wait until the guest prints TEXT (after the previous match)
  send TEXT      type TEXT and Enter; no Enter when the line ends in \\c
where \\n \\r \\t \\e \\0 \\\\ \\xHH stand for bytes; empty lines and lines with # are skipped.
At a terminal an idle guest waits as long as its clock says; otherwise idle time is skipped.`;

/** The machine's side of a live session: a console, and a signal to stop at. */
export interface LiveGuest extends ScriptedConsole {
  run(until: number, signal: AbortSignal): Promise<void>;
}

/** One live guest with its input and everything that may stop it. */
export class LiveSession {
  readonly interactive: boolean;
  readonly untilStep: number;
  readonly #untilOutput: string | undefined;
  readonly #timeout: number | undefined;
  readonly #script: ReturnType<typeof parseInputScript> | undefined;
  readonly #abort = new AbortController();
  #running: InputScript | undefined;
  #inputEnded = false;
  #waiting = false;
  #cause: StopCause | undefined;

  private constructor(args: Arguments, script: ReturnType<typeof parseInputScript> | undefined) {
    const [untilStep, timeout] = [args.text('until-step'), args.text('timeout')];
    this.#script = script;
    this.#untilOutput = args.text('until-output');
    this.untilStep = untilStep === undefined ? Infinity : parseCounter('--until-step', untilStep);
    this.#timeout = timeout === undefined ? undefined : parseSeconds('--timeout', timeout);
    this.interactive = script === undefined && isInteractive();
  }

  /** Throws a UsageError, FileError or ScriptError. */
  static async prepare(args: Arguments): Promise<LiveSession> {
    const path = args.text('input-script');
    return new LiveSession(args, path === undefined ? undefined : parseInputScript(path, await readText(path)));
  }

  /** To be told when the guest begins to wait for input and nothing else can wake it. */
  readonly guestWaits = (): void => {
    this.#waiting = true;
    if (this.#running?.done === false || this.#inputEnded) {
      this.#stop({ kind: 'no-more-input', script: this.#running?.waitingFor });
    }
  };

  /** Runs the guest until it ends or something stops it; says what did. */
  async run(guest: LiveGuest): Promise<StopCause | undefined> {
    const matching = this.#watchOutput(guest);
    const input = this.#connectInput(guest);
    const timeout = this.#timeout;
    const timer =
      timeout === undefined
        ? undefined
        : setTimeout(() => {
            this.#stop({ kind: 'timeout', seconds: timeout / 1000 });
          }, timeout);
    onInterrupt(() => {
      this.#stop({ kind: 'interrupted' });
    });
    try {
      await guest.run(this.untilStep, this.#abort.signal);
    } finally {
      clearTimeout(timer);
      input?.stop();
      matching?.dispose();
    }
    return this.#cause;
  }

  #stop(cause: StopCause): void {
    this.#cause ??= cause;
    this.#abort.abort();
  }

  #watchOutput(guest: LiveGuest): { dispose(): void } | undefined {
    const text = this.#untilOutput;
    if (text === undefined) return undefined;
    const wanted = latin1(new TextEncoder().encode(text));
    let heard = '';
    return guest.onConsoleOutput(({ bytes }) => {
      heard += latin1(bytes);
      if (heard.includes(wanted)) this.#stop({ kind: 'until-output', text });
      heard = heard.slice(-wanted.length);
    });
  }

  #connectInput(guest: LiveGuest): Input | undefined {
    if (this.#script !== undefined) {
      this.#running = new InputScript(this.#script, guest);
      return undefined;
    }
    const send = (bytes: Uint8Array): void => {
      this.#waiting = false;
      guest.sendConsoleInput(bytes);
    };
    if (this.interactive) {
      printError('retrograde: Ctrl-A x ends the run.\n');
      return readTerminal(send, () => {
        this.#stop({ kind: 'interrupted' });
      });
    }
    return readInput(send, () => {
      this.#inputEnded = true;
      if (this.#waiting) this.guestWaits();
    });
  }
}

/** What stopped a guest, as a phrase. */
export function describeCause(cause: StopCause): string {
  switch (cause.kind) {
    case 'until-output':
      return `it printed ${JSON.stringify(cause.text)}`;
    case 'until-step':
      return `it reached counter ${cause.counter}`;
    case 'timeout':
      return `${cause.seconds} seconds were over`;
    case 'interrupted':
      return 'it was interrupted';
    case 'no-more-input':
      return cause.script === undefined
        ? 'it waits for input, and there is no more'
        : `it waits for input, and the input script waits for ${cause.script}`;
  }
}
