import { RetrogradeSession } from '../session/session.ts';
import { GivenFiles } from './given-files.ts';
import { parseFromPage, type RecordingMessage } from './messages.ts';
import { WebTimelines } from './web-timelines.ts';

/** A worker's own end of its connection with the page. */
export interface WorkerScope {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  postMessage(message: unknown): void;
  /** Ends the worker. */
  close(): void;
}

/** Serves one session to the page, then ends the worker. `program` names the maker of recordings. */
export function serveWorker(scope: WorkerScope, program: string): void {
  const files = new GivenFiles();
  const timelines = new WebTimelines(files, program, (name, content) => {
    scope.postMessage({ type: 'retrograde/recording', name, content } satisfies RecordingMessage);
  });
  const session = new RetrogradeSession({ timelines, files }, () => {
    scope.close();
  });
  session.onDidSendMessage((message) => {
    scope.postMessage(message);
  });
  scope.onmessage = ({ data }) => {
    const message = parseFromPage(data);
    if (message === undefined) {
      console.error(
        'Retrograde: the worker takes DAP requests and retrograde/files, and was posted something else:',
        data,
      );
    } else if (message.type === 'dap') {
      session.handleMessage(message.message);
    } else {
      for (const [name, file] of message.files) files.give(name, file);
    }
  };
}
