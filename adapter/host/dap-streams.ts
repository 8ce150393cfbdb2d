import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { SessionHost } from '../session/host.ts';
import { RetrogradeSession } from '../session/session.ts';

/** Serves one session over standard input and output. Resolves once it is over. */
export function serveStdio(host: SessionHost): Promise<void> {
  return new Promise((resolve) => {
    const session = new RetrogradeSession(host, resolve);
    // Editors end an adapter by a signal; the recording is closed all the same.
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        session.shutdown();
      });
    }
    session.start(process.stdin, process.stdout);
  });
}

/** A listening adapter. */
export interface DapServer {
  readonly port: number;
  /** Takes no more clients, and ends the sessions there are. */
  close(): Promise<void>;
}

/** Serves a session to each client that connects to host:port; port 0 lets the system choose. */
export function serveTcp(host: SessionHost, address: string, port: number): Promise<DapServer> {
  const sessions = new Set<RetrogradeSession>();
  const server: Server = createServer((socket) => {
    const session = new RetrogradeSession(host, () => {
      sessions.delete(session);
      socket.end();
    });
    sessions.add(session);
    session.setRunAsServer(true);
    session.start(socket, socket);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => {
      server.off('error', reject);
      resolve({
        port: (server.address() as AddressInfo).port,
        close: () =>
          new Promise((closed) => {
            for (const session of sessions) session.shutdown();
            server.close(() => {
              closed();
            });
          }),
      });
    });
  });
}
