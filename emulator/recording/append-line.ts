import type { ByteSink } from './byte-source.ts';
import { CHUNK_HEADER_SIZE, encodeChunkHeader } from './chunk.ts';
import type { Codec } from './codec.ts';
import type { PayloadPlace } from './page-groups.ts';

/** A payload that waits for its turn. */
interface Waiting {
  readonly kind: string;
  readonly pieces: readonly Uint8Array[];
  readonly length: number;
  /** Hears where the payload came to lie, or that it was not written. */
  readonly done: (written: PayloadPlace | undefined) => void;
}

/** Bytes of payload that are handed to the sink at once. */
const BATCH = 8 * 1024 * 1024;

/**
 * Appends chunks in the background, in the order in which they were put in line; what gathers while the sink is busy goes
 * to it in one piece. After a failure nothing more is written.
 */
export class AppendLine {
  readonly #sink: ByteSink;
  readonly #codec: Codec;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  #waitingBytes = 0;
  #offset = 0;
  #sequence = 0;
  #failure: Error | undefined;

  constructor(sink: ByteSink, codec: Codec) {
    this.#sink = sink;
    this.#codec = codec;
  }

  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Bytes of payload that are not written yet. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** The pieces of the payload must stay as they are until the promise resolves; to undefined when it was not written. */
  put(kind: string, ...pieces: readonly Uint8Array[]): Promise<PayloadPlace | undefined> {
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    return new Promise((done) => {
      this.#waiting.push({ kind, pieces, length, done });
      this.#waitingBytes += length;
      // Begun in a later turn, so that what is put in line in one go is written in one go.
      this.#running ??= Promise.resolve().then(() => this.#run());
    });
  }

  /** Resolves once everything put in line so far is written, or has failed. */
  async drained(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) await this.#appendBatch();
    this.#running = undefined;
  }

  async #appendBatch(): Promise<void> {
    const batch: Waiting[] = [];
    let length = 0;
    while (length < BATCH) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      batch.push(next);
      length += next.length;
    }
    const places = await this.#append(batch);
    this.#waitingBytes -= length;
    batch.forEach(({ done }, index) => {
      done(places?.[index]);
    });
  }

  /** Where each payload came to lie; undefined when nothing was written. */
  async #append(batch: readonly Waiting[]): Promise<readonly PayloadPlace[] | undefined> {
    if (this.#failure !== undefined) return undefined;
    const pieces: Uint8Array[] = [];
    const places: PayloadPlace[] = [];
    let [offset, sequence] = [this.#offset, this.#sequence];
    try {
      for (const { kind, pieces: payload, length } of batch) {
        const checksum = payload.reduce((before, piece) => this.#codec.crc32(piece, before), 0);
        pieces.push(encodeChunkHeader({ kind, sequence, length, payloadChecksum: checksum }), ...payload);
        places.push({ offset: offset + CHUNK_HEADER_SIZE, length, checksum });
        offset += CHUNK_HEADER_SIZE + length;
        sequence++;
      }
      await this.#sink.append(pieces);
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
      return undefined;
    }
    [this.#offset, this.#sequence] = [offset, sequence];
    return places;
  }
}
