import { parentPort, workerData } from 'node:worker_threads';
import type { FromWorker, ToWorker, WorkerData } from './search-messages.ts';
import { openRecording, openTimeline } from './recording-files.ts';

/** A search worker: a timeline of its own on a recording, that scans the segments it is told to. */

/** Milliseconds between two words about how far a scan is. */
const BETWEEN_REPORTS = 50;

const port = parentPort;
if (port === null) throw new Error('search-worker runs as a worker thread.');
const say = (message: FromWorker): void => {
  port.postMessage(message);
};

// Only search-workers.ts starts this file, with exactly this.
const { recording, memoryBudget } = workerData as WorkerData;
const opened = openRecording(recording).then((content) => openTimeline(content, { memoryBudget }));
opened.catch(() => undefined);

/** A scan that was cancelled may still be ending when the next is asked for. */
let last: { readonly number: number; readonly abort: AbortController; readonly done: Promise<void> } | undefined;

port.on('message', (message: ToWorker) => {
  if (message.kind === 'cancel') {
    if (last?.number === message.number) last.abort.abort();
    return;
  }
  const abort = new AbortController();
  const before = last?.done ?? Promise.resolve();
  last = { number: message.number, abort, done: before.then(() => scan(message, abort)) };
});

async function scan(
  { number, segment, conditions }: ToWorker & { readonly kind: 'scan' },
  abort: AbortController,
): Promise<void> {
  let reported = performance.now();
  try {
    const timeline = await opened;
    const outcome = await timeline.scanSegment(segment, conditions, {
      signal: abort.signal,
      onPassed(counter) {
        const now = performance.now();
        if (now - reported < BETWEEN_REPORTS) return;
        reported = now;
        say({ kind: 'passed', number, counter });
      },
    });
    switch (outcome.kind) {
      case 'scanned':
        say({
          kind: 'scanned',
          number,
          hits: outcome.hits.map((hit) => ({ condition: conditions.indexOf(hit.condition), hit })),
        });
        return;
      case 'cancelled':
        // Who cancelled it no longer waits.
        return;
      case 'diverged':
        say({ kind: 'failed', number, message: `it diverged at counter ${outcome.counter}` });
    }
  } catch (error) {
    say({ kind: 'failed', number, message: error instanceof Error ? error.message : String(error) });
  }
}
