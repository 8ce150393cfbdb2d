import type { TimelineContract } from '../../emulator/replay/timeline.ts';
import { listenTcp } from '../host/tcp-server.ts';
import { serveGdb } from './serve.ts';

export interface GdbServerOptions {
  /** The address to listen on; whoever can connect can read the whole guest, so a loopback address by default. */
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

export interface GdbServer {
  readonly host: string;
  readonly port: number;
  /** Settles when a client has killed the session, or `close` was called. */
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

/**
 * Serves a timeline to gdb, one client after the other; a second one is turned away while the first is there. A client that
 * detaches or breaks off leaves the timeline where it is for the next; `kill` ends the server. Rejects when it cannot
 * listen.
 */
export async function runGdbServer(timeline: TimelineContract, options: GdbServerOptions): Promise<GdbServer> {
  let serving = false;
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const listener = await listenTcp(options.host, options.port, (connection) => {
    if (serving) {
      connection.close();
      return;
    }
    serving = true;
    void serveGdb(timeline, connection).then((end) => {
      serving = false;
      if (end === 'killed') finish();
    });
  });
  return {
    host: options.host,
    port: listener.port,
    closed: finished.then(() => listener.close()),
    close: async () => {
      finish();
      await listener.close();
    },
  };
}
