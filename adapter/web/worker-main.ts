import { PROGRAM } from '../cli/program-name.ts';
import { serveWorker, type WorkerScope } from './serve-worker.ts';

/** The debug adapter in a web worker: one worker, one session. */
declare const self: WorkerScope;

serveWorker(self, PROGRAM);
