/** A byte stream to one client, as the host gives it to the server. */
export interface Connection {
  /** Sends bytes in order; never blocks. Without effect once the connection is closed. */
  send(bytes: Uint8Array): void;
  /** Ends the connection after what was sent. */
  close(): void;
  /** Called for bytes as they arrive, in pieces of any size. */
  onData(listener: (bytes: Uint8Array) => void): void;
  /** Called once, when either side has closed or the stream has failed. */
  onClose(listener: () => void): void;
}
