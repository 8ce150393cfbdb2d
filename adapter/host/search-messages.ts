import type { Hit, StopCondition } from '../../emulator/machine/stop.ts';
import type { Segment } from '../../emulator/replay/segment-scanner.ts';

/** What a timeline and its search workers say to each other. A worker has one scan at a time. */

export interface WorkerData {
  /** The recording's file. */
  readonly recording: string;
  /** Bytes for the contents that the worker's checkpoints hold. */
  readonly memoryBudget: number;
}

export type ToWorker =
  | {
      readonly kind: 'scan';
      readonly number: number;
      readonly segment: Segment;
      readonly conditions: readonly StopCondition[];
    }
  | { readonly kind: 'cancel'; readonly number: number };

/** A hit without its condition, which is named by its place in the list. */
export interface NumberedHit {
  readonly condition: number;
  readonly hit: Hit;
}

export type FromWorker =
  | { readonly kind: 'passed'; readonly number: number; readonly counter: number }
  | { readonly kind: 'scanned'; readonly number: number; readonly hits: readonly NumberedHit[] }
  | { readonly kind: 'failed'; readonly number: number; readonly message: string };
