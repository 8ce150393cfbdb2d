import { PAGE_SIZE } from '../machine/paged-space.ts';
import type { Codec } from './codec.ts';
import { decodePageGroup } from './page-chunk.ts';
import { RecordingError } from './recording-error.ts';

/** Where a chunk's payload lies in the file. */
export interface PayloadPlace {
  readonly offset: number;
  readonly length: number;
  readonly checksum: number;
}

export interface PageGroupPlace extends PayloadPlace {
  readonly first: number;
  readonly count: number;
}

/** The part of a file that reading takes. */
export interface PlacedBytes {
  readonly name: string;
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Groups kept in memory, so that pages fetched one by one do not read their group each time. */
const GROUPS_KEPT = 16;

/** The pages of a recording's file by their numbers. */
export class PageGroups {
  readonly #file: PlacedBytes;
  readonly #codec: Codec;
  readonly #places: readonly PageGroupPlace[];
  readonly #kept = new Map<number, Uint8Array>();

  /** `places` are in order of their pages; more may be added behind them. */
  constructor(file: PlacedBytes, codec: Codec, places: readonly PageGroupPlace[]) {
    this.#file = file;
    this.#codec = codec;
    this.#places = places;
  }

  /** The bytes of pages (page 0 is not stored). Rejects with a RecordingError when they are damaged. */
  async pages(numbers: Iterable<number>): Promise<Map<number, Uint8Array>> {
    const found = new Map<number, Uint8Array>();
    // Ascending, so that each group is read once.
    for (const number of [...new Set(numbers)].sort((a, b) => a - b)) {
      const index = this.#groupOf(number);
      const place = this.#places[index];
      if (place === undefined || number >= place.first + place.count) {
        throw new RecordingError(
          'corrupt',
          `${this.#file.name} has no page ${number}: it was altered. Get the file again from where it came.`,
        );
      }
      const group = this.#kept.get(index) ?? (await this.#group(index, place));
      const at = (number - place.first) * PAGE_SIZE;
      found.set(number, group.subarray(at, at + PAGE_SIZE));
    }
    return found;
  }

  /** The last group whose first page is not after `number`. */
  #groupOf(number: number): number {
    let low = 0;
    let high = this.#places.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#places[middle]?.first ?? Infinity) <= number) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  async #group(index: number, place: PageGroupPlace): Promise<Uint8Array> {
    const group = await readPayload(this.#file, this.#codec, place, (payload) => decodePageGroup(payload, this.#codec));
    if (this.#kept.size >= GROUPS_KEPT) {
      for (const oldest of this.#kept.keys()) {
        this.#kept.delete(oldest);
        break;
      }
    }
    this.#kept.set(index, group);
    return group;
  }
}

/** Reads a payload, checks and decodes it. Rejects with a RecordingError when it is damaged. */
export async function readPayload(
  file: PlacedBytes,
  codec: Codec,
  place: PayloadPlace,
  decode: (payload: Uint8Array) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const payload = await file.read(place.offset, place.length);
  try {
    if (codec.crc32(payload) !== place.checksum) throw new RangeError('a checksum does not match');
    return await decode(payload);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RecordingError(
      'corrupt',
      `${file.name} is damaged at byte ${place.offset} (${error.message}). Get the file again from where it came.`,
      place.offset,
    );
  }
}
