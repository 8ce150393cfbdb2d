import type { Connection } from './connection.ts';
import { encodePacket, PacketReader } from './packet.ts';

const PLUS = Uint8Array.of(0x2b);
const MINUS = Uint8Array.of(0x2d);

/** What comes over a link. */
export interface LinkListener {
  packet(payload: string): void;
  interrupt(): void;
  closed(): void;
}

/** Packets over a connection, acknowledged until the client asks to leave that out (QStartNoAckMode). */
export class PacketLink {
  readonly #connection: Connection;
  #acknowledging = true;
  #lastSent: Uint8Array | undefined;

  constructor(connection: Connection, listener: LinkListener) {
    this.#connection = connection;
    const reader = new PacketReader();
    connection.onData((bytes) => {
      for (const incoming of reader.read(bytes)) {
        switch (incoming.kind) {
          case 'packet':
            if (this.#acknowledging) connection.send(PLUS);
            listener.packet(incoming.payload);
            break;
          case 'damaged':
            if (this.#acknowledging) connection.send(MINUS);
            break;
          case 'nack':
            if (this.#acknowledging && this.#lastSent !== undefined) connection.send(this.#lastSent);
            break;
          case 'interrupt':
            listener.interrupt();
            break;
          case 'ack':
            break;
        }
      }
    });
    connection.onClose(() => {
      listener.closed();
    });
  }

  send(payload: string): void {
    this.#lastSent = encodePacket(payload);
    this.#connection.send(this.#lastSent);
  }

  /** From the next packet on. */
  stopAcknowledging(): void {
    this.#acknowledging = false;
  }

  close(): void {
    this.#connection.close();
  }
}
