import { formatCounter } from './moment.ts';
import { isRecord } from './protocol.ts';

/** A moment in an answer about the past, as a row shows it. */
export interface MomentRow {
  readonly counter: number;
  /** What happened there. */
  readonly label: string;
  /** Where it was. */
  readonly place: string;
}

/** An answer about the past: what was asked, a sentence about it as a whole, and its moments in order. */
export interface PastAnswer {
  readonly title: string;
  readonly note: string;
  readonly rows: readonly MomentRow[];
}

/** `timer_interrupt, timer.c:38`, as far as the moment knows it. */
function placeOf(moment: Readonly<Record<string, unknown>>): string {
  const source = isRecord(moment['source']) ? text(moment['source']['name']) : '';
  const line = typeof moment['line'] === 'number' ? `:${moment['line']}` : '';
  return [text(moment['function']), source === '' ? '' : `${source}${line}`].filter((part) => part !== '').join(', ');
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function records(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function row(moment: unknown, label: string): readonly MomentRow[] {
  if (!isRecord(moment) || typeof moment['counter'] !== 'number') return [];
  return [{ counter: moment['counter'], label, place: placeOf(moment) }];
}

/** How a search ended, where it did not see everything. */
function endNote(ended: unknown): string {
  switch (ended) {
    case 'enough':
      return 'There are more.';
    case 'cancelled':
      return 'Cancelled: there may be more.';
    case 'diverged':
      return 'Replay diverged from the recording: this is not all.';
    default:
      return '';
  }
}

/** The answer to `retrograde/lastWrite`. */
export function lastWriteAnswer(name: string, body: unknown): PastAnswer {
  const title = `Who last wrote ${name}`;
  if (!isRecord(body)) return { title, note: 'No answer.', rows: [] };
  const values = [text(body['beforeValue']) || text(body['before']), text(body['afterValue']) || text(body['after'])];
  const change = values.every((value) => value !== '') ? `: ${values.join(' \u2192 ')}` : '';
  const rows = row(body['moment'], `${name}${change}`);
  const kind = text(body['kind']);
  const notes: Readonly<Record<string, string>> = {
    initial: `Nothing has written ${name} since power-on.`,
    cancelled: 'Cancelled before an answer was found.',
    device: 'A device wrote it.',
    firmware: 'The firmware wrote it.',
    trap: 'A trap, or the return from one, wrote it.',
  };
  return { title, note: notes[kind] ?? text(body['holder']), rows };
}

/** The answer to `retrograde/origin`: from the present back. */
export function originAnswer(name: string, body: unknown): PastAnswer {
  const title = `Where ${name} came from`;
  if (!isRecord(body)) return { title, note: 'No answer.', rows: [] };
  const rows = records(body['links']).flatMap((link) =>
    row(link['moment'], `${text(link['holder'])} = ${text(link['value'])}  ${text(link['instruction'])}`),
  );
  const origin = isRecord(body['origin']) ? body['origin'] : {};
  const inputs = records(origin['inputs']).map((input) => `${text(input['name'])} = ${text(input['value'])}`);
  const from = inputs.length === 0 ? '' : ` from ${inputs.join(', ')}`;
  return { title, note: `Its origin: ${text(origin['kind']).replace('-', ' ')}${from}.`, rows };
}

/** The answer to `retrograde/valueHistory`. */
export function valueHistoryAnswer(name: string, body: unknown): PastAnswer {
  const title = `Values of ${name}`;
  if (!isRecord(body)) return { title, note: 'No answer.', rows: [] };
  const initial = text(body['initialText']) || text(body['initial']);
  const rows = records(body['changes']).flatMap((change) => row(change, text(change['text']) || text(change['value'])));
  const end = endNote(body['ended']);
  return { title, note: `At first ${initial}. ${end}`.trim(), rows };
}

/** The answer to `retrograde/calls`. */
export function callsAnswer(name: string, body: unknown): PastAnswer {
  const title = `Calls of ${name}`;
  if (!isRecord(body)) return { title, note: 'No answer.', rows: [] };
  const rows = records(body['calls']).flatMap((call) => {
    const passed = Array.isArray(call['arguments']) ? call['arguments'].map(String).join(', ') : '';
    const returned = isRecord(call['returned']) ? text(call['returned']['value']) || text(call['returned']['a0']) : '';
    const result = returned === '' ? '' : ` \u2192 ${returned}`;
    return row({ ...call, function: text(call['task']) }, `${name}(${passed})${result}`);
  });
  return { title, note: [text(body['note']), endNote(body['ended'])].join(' ').trim(), rows };
}

/** What a row says to those who cannot see it, and in its tooltip. */
export function rowTooltip({ counter, label, place }: MomentRow): string {
  return [label, place, `Counter ${formatCounter(counter)}: click to travel there`]
    .filter((part) => part !== '')
    .join('\n');
}
