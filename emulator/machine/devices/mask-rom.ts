import type { Device } from '../device.ts';
import { MASK_ROM } from '../memory-map.ts';

/** The boot ROM. Stores to it are ignored; it has no state, for its contents follow from the machine's configuration. */
export class MaskRom implements Device {
  readonly name = 'mrom';
  readonly region = MASK_ROM;
  readonly #view: DataView;

  /** `contents` is at most as long as the region; the rest reads as zero. */
  constructor(contents: Uint8Array) {
    const bytes = new Uint8Array(MASK_ROM.size);
    bytes.set(contents);
    this.#view = new DataView(bytes.buffer);
  }

  read(offset: number, width: 1 | 2 | 4): number {
    return this.peek(offset, width);
  }

  peek(offset: number, width: 1 | 2 | 4): number {
    switch (width) {
      case 1:
        return this.#view.getUint8(offset);
      case 2:
        return this.#view.getUint16(offset, true);
      case 4:
        return this.#view.getUint32(offset, true);
    }
  }

  write(): void {
    // A ROM.
  }

  reset(): void {
    // Nothing changes in a ROM.
  }

  save(): void {
    // No state.
  }

  restore(): void {
    // No state.
  }
}
