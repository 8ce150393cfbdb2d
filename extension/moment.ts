/** How moments are written for people, and read back. */

/** A counter with a thin grouping that survives copy and paste: 1,234,567. */
export function formatCounter(counter: number): string {
  return String(counter).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Where to travel: the words the person may type. */
export type Destination =
  | { readonly kind: 'counter'; readonly counter: number }
  /** A part of the recording, from 0 to 100. */
  | { readonly kind: 'percent'; readonly percent: number }
  /** Steps from the present moment; negative is into the past. */
  | { readonly kind: 'relative'; readonly steps: number }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' };

/**
 * Reads `1,234,567`, `1_234_567`, `1 234 567`, `+500`, `-500`, `50%`, `start` or `end`. Returns undefined for anything else, also
 * for numbers of 2^53 and above, which are no counters.
 */
export function parseDestination(text: string): Destination | undefined {
  const trimmed = text.trim().toLowerCase();
  if (trimmed === 'start' || trimmed === 'end') return { kind: trimmed };
  const percent = /^(\d+(?:\.\d+)?)\s*%$/.exec(trimmed)?.[1];
  if (percent !== undefined) return Number(percent) <= 100 ? { kind: 'percent', percent: Number(percent) } : undefined;
  const match = /^([+-]?)(\d[\d,_ ]*)$/.exec(trimmed);
  if (match === null) return undefined;
  const [, sign = '', digits = ''] = match;
  const magnitude = Number(digits.replace(/[,_ ]/g, ''));
  if (!Number.isSafeInteger(magnitude)) return undefined;
  if (sign === '') return { kind: 'counter', counter: magnitude };
  return { kind: 'relative', steps: sign === '-' ? -magnitude : magnitude };
}

/** The counter a destination names in a recording of `end` steps, seen from `present`; clamped to the recording. */
export function resolveDestination(destination: Destination, present: number, end: number): number {
  switch (destination.kind) {
    case 'start':
      return 0;
    case 'end':
      return end;
    case 'counter':
      return Math.min(destination.counter, end);
    case 'percent':
      return Math.floor((end * destination.percent) / 100);
    case 'relative':
      return Math.max(0, Math.min(present + destination.steps, end));
  }
}
