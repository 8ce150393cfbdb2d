import { readFile } from 'node:fs/promises';
import { fileError } from './file-error.ts';

/** The process's own console: standard streams, signals, the end. */

export function printOut(text: string | Uint8Array): void {
  process.stdout.write(text);
}

export function printError(text: string | Uint8Array): void {
  process.stderr.write(text);
}

export function isInteractive(): boolean {
  return process.stdin.isTTY && process.stdout.isTTY;
}

/** Calls back once on the first Ctrl-C or request to terminate; the next one ends the process at once. */
export function onInterrupt(callback: () => void): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, callback);
}

export interface Input {
  /** Gives the stream back. */
  stop(): void;
}

/** Standard input, as it comes; `onEnd` when there will be no more. */
export function readInput(onBytes: (bytes: Uint8Array) => void, onEnd: () => void): Input {
  const { stdin } = process;
  const take = (chunk: unknown): void => {
    if (chunk instanceof Uint8Array) onBytes(chunk);
  };
  stdin.on('data', take);
  stdin.once('end', onEnd);
  stdin.once('error', onEnd);
  return {
    stop() {
      stdin.off('data', take);
      stdin.off('end', onEnd);
      stdin.pause();
    },
  };
}

/** Typed after the prefix, ends the run; the prefix typed twice is sent once. */
const PREFIX = 0x01;
const END_KEY = 'x'.charCodeAt(0);

/** The terminal in raw mode: every key goes to the guest, Ctrl-C too. Ctrl-A x ends, Ctrl-A Ctrl-A sends Ctrl-A. */
export function readTerminal(onBytes: (bytes: Uint8Array) => void, onEnd: () => void): Input {
  const { stdin } = process;
  stdin.setRawMode(true);
  let prefixed = false;
  const input = readInput((bytes) => {
    const typed: number[] = [];
    for (const byte of bytes) {
      if (prefixed) {
        prefixed = false;
        if (byte === END_KEY) onEnd();
        else if (byte === PREFIX) typed.push(byte);
      } else if (byte === PREFIX) prefixed = true;
      else typed.push(byte);
    }
    if (typed.length > 0) onBytes(new Uint8Array(typed));
  }, onEnd);
  return {
    stop() {
      stdin.setRawMode(false);
      input.stop();
    },
  };
}

/** A text file. Rejects with a FileError. */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw fileError(path, 'read', error, 'Name a text file that exists and may be read.');
  }
}

/** Ends the process once everything printed is out: a pipe's reader may be slow. */
export async function endProcess(code: number): Promise<never> {
  for (const stream of [process.stdout, process.stderr]) {
    // Written after everything else, so out after everything else.
    await new Promise<void>((resolve) => {
      stream.write('', () => {
        resolve();
      });
    });
  }
  process.exit(code);
}

/** The arguments of the command. */
export function commandArguments(): readonly string[] {
  return process.argv.slice(2);
}

/** A reader that went away (`retrograde replay FILE | head`) ends the process quietly. */
export function endWithReader(): void {
  process.stdout.on('error', () => process.exit(0));
}
