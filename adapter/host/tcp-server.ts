import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** A byte stream to one client; the shape that the protocol servers of the adapter ask for. */
export interface TcpConnection {
  send(bytes: Uint8Array): void;
  close(): void;
  onData(listener: (bytes: Uint8Array) => void): void;
  onClose(listener: () => void): void;
}

export interface TcpServer {
  /** The port that was given, or chosen by the system for port 0. */
  readonly port: number;
  /** Takes no more clients and ends the connections there are. */
  close(): Promise<void>;
}

function connectionOf(socket: Socket): TcpConnection {
  // Small packets go back and forth; none of them should wait for company.
  socket.setNoDelay(true);
  // A broken stream closes too, and that is all there is to know.
  socket.on('error', () => socket.destroy());
  return {
    send: (bytes) => {
      if (!socket.destroyed) socket.write(bytes);
    },
    close: () => socket.end(),
    onData: (listener) => socket.on('data', listener),
    onClose: (listener) => socket.once('close', listener),
  };
}

/** Listens on host:port and calls `onConnection` for each client. Rejects with the system's error when it cannot. */
export function listenTcp(
  host: string,
  port: number,
  onConnection: (connection: TcpConnection) => void,
): Promise<TcpServer> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    onConnection(connectionOf(socket));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve({
        port: boundPort(server.address()),
        close: () =>
          new Promise((closed) => {
            for (const socket of sockets) socket.destroy();
            server.close(() => {
              closed();
            });
          }),
      });
    });
  });
}

function boundPort(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('A TCP server is bound to no port.');
  return address.port;
}
