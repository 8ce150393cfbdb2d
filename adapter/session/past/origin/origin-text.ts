import type { OriginAnswer } from '../answer-origin.ts';
import { momentText } from '../moment.ts';
import type { Origin, OriginLink } from './origin.ts';

/** Links that a person reads: of a longer chain those at its ends. */
const MOST_SHOWN = 60;

/** The way that a value has come, as the debug console prints it: from the present back, and what it came from. */
export function originText({ links, origin }: OriginAnswer): string {
  const lines = links.map(linkText);
  const left = lines.length - MOST_SHOWN;
  if (left > 0) lines.splice(MOST_SHOWN / 2, left, `... ${left} more copies ...`);
  return [...lines, endText(origin, links.at(-1))].join('\n');
}

function linkText({ moment, instruction, holder, value }: OriginLink): string {
  return `${value} in ${holder}  by ${instruction}  at ${momentText(moment)}`;
}

function endText(origin: Origin, last: OriginLink | undefined): string {
  switch (origin.kind) {
    case 'constant':
      return 'It is a constant of the code there.';
    case 'initial':
      return `${last === undefined ? 'It' : 'What was copied there'} has been there since power-on.`;
    case 'console-input':
      return (
        `It was typed: ${character(origin.byte)}, byte ${origin.index} of the input of ${origin.device}, ` +
        `which arrived at counter ${origin.counter.toLocaleString('en')}.`
      );
    case 'entropy':
      return `It is random: the guest asked for it at counter ${origin.counter.toLocaleString('en')}.`;
    case 'drive':
      return `It was read from the drive ${origin.drive}: sector ${origin.sector}, byte ${origin.offset}.`;
    case 'clock':
      return `It was read from the guest's clock, ${origin.what}.`;
    case 'device':
      return `It was given by ${origin.device}: ${origin.what}.`;
    case 'firmware':
      return 'It is an answer of the SBI.';
    case 'trap':
      return 'It was left by a trap, or by the return from one.';
    case 'computed': {
      const inputs = origin.inputs.map(({ name, value }) => `${name} = ${value}`);
      return inputs.length === 0 ? 'It was computed there.' : `It was computed there from ${inputs.join(' and ')}.`;
    }
    case 'enough':
      return 'It was copied from further back.';
    case 'cancelled':
      return 'Cancelled.';
    case 'diverged':
      return `Replay diverged from the recording at counter ${origin.counter}. Please report this with the recording.`;
  }
}

function character(byte: number): string {
  return byte > 0x20 && byte < 0x7f ? `"${String.fromCharCode(byte)}"` : `0x${byte.toString(16).padStart(2, '0')}`;
}
