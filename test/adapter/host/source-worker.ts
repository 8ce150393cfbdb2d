import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { WorkerData } from '../../../adapter/host/search-messages.ts';

const file = fileURLToPath(new URL('../../../adapter/host/search-worker.ts', import.meta.url));

/** A search worker that runs from its source: Node gives a thread's first file to no loader. */
export function startFromSource(workerData: WorkerData): Worker {
  const program = `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(file)}); })`;
  return new Worker(program, { eval: true, workerData });
}
