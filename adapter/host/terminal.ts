import { readFile } from 'node:fs/promises';
import { fileError } from './file-error.ts';

/** The process's own console: standard streams, signals, the end. */

/**
 * What was printed since the event loop last turned, `gatheredLength` bytes: a guest prints byte by byte, and each write to the
 * stream is a call of the system.
 */
const gathered = new Uint8Array(1 << 14);
let gatheredLength = 0;

export function printOut(text: string | Uint8Array): void {
  if (typeof text === 'string' || text.length > gathered.length - gatheredLength) flushOut();
  if (typeof text === 'string' || text.length > gathered.length) {
    process.stdout.write(text);
    return;
  }
  if (gatheredLength === 0) setImmediate(flushOut);
  gathered.set(text, gatheredLength);
  gatheredLength += text.length;
}

function flushOut(): void {
  if (gatheredLength === 0) return;
  process.stdout.write(gathered.slice(0, gatheredLength));
  gatheredLength = 0;
}
process.once('exit', flushOut);

export function printError(text: string | Uint8Array): void {
  flushOut();
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
  flushOut();
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
