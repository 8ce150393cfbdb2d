import type { Hit, StopCondition } from '../machine/stop.ts';
import type { Advance } from './present.ts';

/** A stretch of history: the steps from `low` until `high`. */
export interface Segment {
  readonly low: number;
  readonly high: number;
}

export type ScanOutcome =
  /** What was met at the last moment in the segment at which anything was; empty: nothing was. */
  { readonly kind: 'scanned'; readonly hits: readonly Hit[] } | (Advance & { readonly kind: 'cancelled' | 'diverged' });

export interface ScanOptions {
  readonly signal: AbortSignal | undefined;
  /** Called now and then with the counter that was reached. */
  readonly onPassed: (counter: number) => void;
}

/**
 * Scans segments of a timeline's history elsewhere, with a machine of its own that was opened on the same recording: on a
 * worker thread, say. One segment at a time.
 */
export interface SegmentScanner {
  /** Rejects when the scanner is lost; the segment is then scanned by somebody else. */
  scan(segment: Segment, conditions: readonly StopCondition[], options: ScanOptions): Promise<ScanOutcome>;
}

/** The scanners that help a timeline. */
export interface SegmentScanners {
  /** Steps that a search examines by itself before it asks for help: what was met just before is found without. */
  readonly patience: number;
  /** All of them, made on the first call. None when the computer has no core to spare. */
  acquire(): readonly SegmentScanner[];
  /** Ends them; `acquire` may make them anew. */
  close(): Promise<void>;
}
