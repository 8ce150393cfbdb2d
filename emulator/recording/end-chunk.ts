import type { GuestExit } from '../machine/machine.ts';
import { JsonReader, JsonShapeError } from './json.ts';
import { PayloadReader, PayloadWriter } from './payload.ts';

/** `ENDS`: the last chunk of a recording that was closed in order. */
export interface RecordingEnd {
  /** The last recorded moment. */
  readonly counter: number;
  readonly reason: EndReason;
}

/** How a recording ended. */
export type EndReason =
  | { readonly kind: 'guest-exit'; readonly exit: GuestExit }
  /** Somebody, or a limit that was set beforehand, stopped it while the guest was still running. */
  | { readonly kind: 'stopped'; readonly why: string };

export function encodeEnd(end: RecordingEnd): Uint8Array {
  return new PayloadWriter().count(end.counter).text(JSON.stringify(end.reason)).finish();
}

/** Throws a RangeError or a JsonShapeError for what encodeEnd cannot have written. */
export function decodeEnd(payload: Uint8Array): RecordingEnd {
  const reader = new PayloadReader(payload);
  const counter = reader.count();
  const json = JsonReader.parse(reader.text(), 'end');
  reader.end();
  const kind = json.text('kind');
  if (kind === 'stopped') {
    const reason = { kind, why: json.text('why') } as const;
    json.end();
    return { counter, reason };
  }
  if (kind !== 'guest-exit') throw new JsonShapeError('end.kind is not known');
  const reason = { kind, exit: decodeExit(json.object('exit')) } as const;
  json.end();
  return { counter, reason };
}

function decodeExit(json: JsonReader): GuestExit {
  const kind = json.text('kind');
  if (kind === 'reset') {
    json.end();
    return { kind };
  }
  if (kind !== 'power-off' && kind !== 'tohost') throw new JsonShapeError('end.exit.kind is not known');
  const exit = { kind, code: json.integer('code', 0, Number.MAX_SAFE_INTEGER) } as const;
  json.end();
  return exit;
}
