import type { TimelineContract } from '../../../emulator/replay/timeline-contract.ts';
import { RequestFailure } from '../failure.ts';

/** The step that printed a byte of the console's output. */
export interface ConsoleMoment {
  /** The moment before it. */
  readonly counter: number;
  /** Of the bytes that it printed, which one this is. */
  readonly index: number;
}

/** The moment before the step that printed the byte at an offset of all output up to the present. */
export function consoleMomentOf(timeline: TimelineContract, offset: number): ConsoleMoment {
  let before = 0;
  for (const { counter, bytes } of timeline.consoleOutput()) {
    if (offset >= before && offset < before + bytes.length) return { counter, index: offset - before };
    before += bytes.length;
  }
  throw new RequestFailure(
    before === 0
      ? 'The guest had printed nothing at the present moment.'
      : `The guest had printed ${before} bytes at the present moment: "offset" must be from 0 to ${before - 1}.`,
  );
}

/** A place in the console's output. */
export interface ConsoleText {
  /** The moment before the step that printed the text's first byte. */
  readonly counter: number;
  /** Of that byte in all that was printed since power-on. */
  readonly offset: number;
  /** The line that the text is in. */
  readonly line: string;
}

/** Where a text is in the console's output up to the present, in order; at most `most` places. */
export function consoleTexts(timeline: TimelineContract, text: string, most: number): readonly ConsoleText[] {
  const runs = timeline.consoleOutput();
  const length = runs.reduce((sum, { bytes }) => sum + bytes.length, 0);
  // One character a byte, so that places in the text are offsets.
  let printed = '';
  const counters = new Float64Array(length);
  for (const { counter, bytes } of runs) {
    counters.fill(counter, printed.length, printed.length + bytes.length);
    for (const byte of bytes) printed += String.fromCharCode(byte);
  }
  const wanted = String.fromCharCode(...new TextEncoder().encode(text));
  const found: ConsoleText[] = [];
  for (let at = printed.indexOf(wanted); at >= 0 && found.length < most; at = printed.indexOf(wanted, at + 1)) {
    const begin = printed.lastIndexOf('\n', at) + 1;
    const newline = printed.indexOf('\n', at);
    const line = printed.slice(begin, newline < 0 ? undefined : newline).replace(/\r$/, '');
    const bytes = Uint8Array.from(line, (character) => character.charCodeAt(0));
    found.push({ counter: counters[at] ?? 0, offset: at, line: new TextDecoder().decode(bytes) });
  }
  return found;
}
