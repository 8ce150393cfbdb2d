import { freemem, availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Hit, StopCondition } from '../../emulator/machine/stop.ts';
import type {
  ScanOptions,
  ScanOutcome,
  Segment,
  SegmentScanner,
  SegmentScanners,
} from '../../emulator/replay/segment-scanner.ts';
import type { FromWorker, NumberedHit, ToWorker, WorkerData } from './search-messages.ts';

/** Steps that a search examines before it asks for help: some tenths of a second. */
const PATIENCE = 30_000_000;
/** Memory for the contents that one worker's checkpoints hold; what it needs besides, apart from the guest's own, bytes. */
const CHECKPOINT_MEMORY = 128 * 2 ** 20;
const ENGINE_MEMORY = 192 * 2 ** 20;
const MOST_WORKERS = 15;

export interface SearchWorkersOptions {
  /** As many as there are cores to spare, and memory, when absent. */
  readonly count?: number;
  readonly patience?: number;
  /** Starts a thread of search-worker.ts with this data; what lies beside this file when absent. */
  readonly start?: (data: WorkerData) => Worker;
}

/** Worker threads that scan segments of a recording, each with a machine of its own. They start when they are first needed. */
export class SearchWorkers implements SegmentScanners {
  readonly patience: number;
  readonly #recording: string;
  readonly #count: number;
  readonly #start: (data: WorkerData) => Worker;
  #scanners: WorkerScanner[] = [];

  /** `guestMemory` is the size of the guest's RAM in bytes. */
  constructor(recording: string, guestMemory: number, options: SearchWorkersOptions = {}) {
    this.#recording = recording;
    this.patience = options.patience ?? PATIENCE;
    this.#count = options.count ?? affordable(guestMemory);
    this.#start = options.start ?? startBeside;
  }

  acquire(): readonly SegmentScanner[] {
    this.#scanners = this.#scanners.filter((scanner) => !scanner.isLost);
    while (this.#scanners.length < this.#count)
      this.#scanners.push(
        new WorkerScanner(this.#start({ recording: this.#recording, memoryBudget: CHECKPOINT_MEMORY })),
      );
    return this.#scanners;
  }

  async close(): Promise<void> {
    await Promise.all(this.#scanners.splice(0).map((scanner) => scanner.close()));
  }
}

/** The timeline's own thread scans too. Workers take at most half of the memory that is free. */
function affordable(guestMemory: number): number {
  const each = guestMemory + CHECKPOINT_MEMORY + ENGINE_MEMORY;
  return Math.max(0, Math.min(availableParallelism() - 1, Math.floor(freemem() / 2 / each), MOST_WORKERS));
}

interface Scan {
  readonly number: number;
  readonly conditions: readonly StopCondition[];
  readonly onPassed: (counter: number) => void;
  readonly resolve: (outcome: ScanOutcome) => void;
  readonly reject: (error: Error) => void;
}

class WorkerScanner implements SegmentScanner {
  readonly #worker: Worker;
  #scan: Scan | undefined;
  #scans = 0;
  #isLost = false;

  constructor(worker: Worker) {
    this.#worker = worker;
    this.#worker.unref();
    this.#worker.on('message', (message: FromWorker) => {
      this.#hear(message);
    });
    this.#worker.on('error', (error) => {
      this.#lose(error);
    });
    this.#worker.on('exit', () => {
      this.#lose(new Error('The search worker ended.'));
    });
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  async scan(
    segment: Segment,
    conditions: readonly StopCondition[],
    { signal, onPassed }: ScanOptions,
  ): Promise<ScanOutcome> {
    if (this.#isLost) throw new Error('The search worker has ended.');
    if (this.#scan !== undefined) throw new Error('The search worker is scanning already.');
    if (signal?.aborted === true) return { kind: 'cancelled' };
    const number = ++this.#scans;
    // The process waits for a scan that is under way, and for nothing else of a worker.
    this.#worker.ref();
    let cancel: (() => void) | undefined;
    try {
      return await new Promise<ScanOutcome>((resolve, reject) => {
        this.#scan = { number, conditions, onPassed, resolve, reject };
        this.#say({ kind: 'scan', number, segment, conditions });
        cancel = () => {
          this.#say({ kind: 'cancel', number });
          resolve({ kind: 'cancelled' });
        };
        signal?.addEventListener('abort', cancel);
      });
    } finally {
      if (cancel !== undefined) signal?.removeEventListener('abort', cancel);
      this.#scan = undefined;
      this.#worker.unref();
    }
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #say(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #hear(message: FromWorker): void {
    const scan = this.#scan;
    if (scan?.number !== message.number) return;
    switch (message.kind) {
      case 'passed':
        scan.onPassed(message.counter);
        return;
      case 'scanned':
        scan.resolve({ kind: 'scanned', hits: message.hits.map((hit) => named(hit, scan.conditions)) });
        return;
      case 'failed':
        scan.reject(new Error(message.message));
    }
  }

  #lose(error: Error): void {
    this.#isLost = true;
    this.#scan?.reject(error);
  }
}

/** Gives a hit that crossed threads the very condition that was asked for. */
function named({ condition: number, hit }: NumberedHit, conditions: readonly StopCondition[]): Hit {
  const condition = conditions[number];
  if (condition?.kind === 'instruction' && hit.kind === 'instruction') return { ...hit, condition };
  if (condition?.kind === 'access' && hit.kind === 'access') return { ...hit, condition };
  if (condition?.kind === 'trap' && hit.kind === 'trap') return { ...hit, condition };
  if (condition?.kind === 'register-change' && hit.kind === 'register-change') return { ...hit, condition };
  throw new Error(`The search worker met condition ${number}, which is not there.`);
}

/** A bundle has the worker beside it, and `import.meta.url` is its path there: see scripts/build.mjs. */
function startBeside(data: WorkerData): Worker {
  const here = import.meta.url;
  const file = here.startsWith('file:')
    ? path.join(path.dirname(fileURLToPath(here)), 'search-worker.ts')
    : path.join(path.dirname(here), 'search-worker.cjs');
  return new Worker(file, { workerData: data, name: 'retrograde search' });
}
