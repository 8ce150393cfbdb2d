import type { HostEvent } from '../machine/machine.ts';
import { PayloadReader, PayloadWriter } from './payload.ts';

/** `EVNT`: host input in the order in which it crossed into the guest. */

const CONSOLE_INPUT = 1;
const ENTROPY = 2;

export function encodeEvents(events: readonly HostEvent[]): Uint8Array {
  const writer = new PayloadWriter().count(events.length);
  let previous = 0;
  for (const event of events) {
    writer.count(event.counter - previous);
    previous = event.counter;
    switch (event.kind) {
      case 'console-input':
        writer.u8(CONSOLE_INPUT).count(event.idleTicks).text(event.device).bytes(event.bytes);
        break;
      case 'entropy':
        writer.u8(ENTROPY).bytes(event.bytes);
        break;
    }
  }
  return writer.finish();
}

/** Throws a RangeError for what encodeEvents cannot have written. */
export function decodeEvents(payload: Uint8Array): HostEvent[] {
  const reader = new PayloadReader(payload);
  const events: HostEvent[] = [];
  let counter = 0;
  for (let left = reader.countOf(3); left > 0; left--) {
    counter += reader.count();
    if (!Number.isSafeInteger(counter)) throw new RangeError('the counter of an event exceeds 2^53');
    const kind = reader.u8();
    if (kind === CONSOLE_INPUT) {
      const idleTicks = reader.count();
      const device = reader.text();
      events.push({ kind: 'console-input', counter, device, bytes: reader.bytes(), idleTicks });
    } else if (kind === ENTROPY) {
      events.push({ kind: 'entropy', counter, bytes: reader.bytes() });
    } else {
      // Skipping an event would change what the guest does, so it is not an unknown chunk's case.
      throw new RangeError(`an event of kind ${kind} is not known`);
    }
  }
  reader.end();
  return events;
}
