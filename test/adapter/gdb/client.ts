import type { Connection } from '../../../adapter/gdb/connection.ts';
import { encodePacket, PacketReader } from '../../../adapter/gdb/packet.ts';
import { textToHex } from '../../../adapter/gdb/hex.ts';

/** The client's end of a connection that exists in memory only. */
export class TestClient {
  readonly connection: Connection;
  /** Everything the server sent, in order: payloads, and `+`, `-` for acknowledgements. */
  readonly received: string[] = [];
  closed = false;
  #toServer: (bytes: Uint8Array) => void = () => undefined;
  #onClose: () => void = () => undefined;
  #wake: () => void = () => undefined;

  constructor() {
    const reader = new PacketReader();
    this.connection = {
      send: (bytes) => {
        for (const incoming of reader.read(bytes)) {
          if (incoming.kind === 'packet') this.received.push(incoming.payload);
          else if (incoming.kind === 'ack') this.received.push('+');
          else if (incoming.kind === 'nack') this.received.push('-');
        }
        this.#wake();
      },
      close: () => {
        this.closed = true;
      },
      onData: (listener) => (this.#toServer = listener),
      onClose: (listener) => (this.#onClose = listener),
    };
  }

  send(bytes: Uint8Array | string): void {
    this.#toServer(typeof bytes === 'string' ? Uint8Array.from(bytes, (c) => c.charCodeAt(0)) : bytes);
  }

  interrupt(): void {
    this.send('\x03');
  }

  /** Breaks the connection off. */
  leave(): void {
    this.#onClose();
  }

  /** Sends a packet and waits for the reply. */
  async ask(payload: string): Promise<string> {
    this.received.length = 0;
    this.send(encodePacket(payload));
    return this.reply();
  }

  async reply(): Promise<string> {
    for (;;) {
      const reply = this.received.find((text) => text !== '+');
      if (reply !== undefined) return reply;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  monitor(line: string): Promise<string> {
    return this.ask(`qRcmd,${textToHex(line)}`);
  }
}
