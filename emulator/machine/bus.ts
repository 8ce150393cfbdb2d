import type { Device } from './device.ts';

export type BusWidth = 1 | 2 | 4 | 8;

/** The widths of access, in bytes, to which a device answers; all others fault. */
export interface AccessWidths {
  readonly minimum: 1 | 2 | 4;
  readonly maximum: 4 | 8;
}

interface Attachment {
  readonly device: Device;
  readonly widths: AccessWidths;
  readonly base: number;
  readonly end: number;
}

/**
 * Decodes physical addresses to devices. RAM is not here: the engine accesses it directly and asks the bus for the rest.
 * An access that no device answers (absent, misaligned, or of a width the device does not have) returns `undefined` or
 * false: the guest's access fault.
 */
export class Bus {
  /** Ascending by address. */
  readonly #attachments: Attachment[] = [];
  /** Polling loops stay with one device. */
  #last: Attachment | undefined;

  attach(device: Device, widths: AccessWidths): void {
    const { base, size } = device.region;
    const attachment: Attachment = { device, widths, base, end: base + size };
    const overlapping = this.#attachments.find((other) => base < other.end && other.base < attachment.end);
    if (overlapping) throw new Error(`${device.name} overlaps ${overlapping.device.name} on the bus`);
    this.#attachments.push(attachment);
    this.#attachments.sort((a, b) => a.base - b.base);
  }

  /** A guest's load, with its effects; zero-extended. */
  read(address: number, width: BusWidth): bigint | undefined {
    const found = this.#decode(address, width);
    if (!found) return undefined;
    const { device, base } = found;
    const offset = address - base;
    if (width !== 8) return BigInt(device.read(offset, width));
    const low = BigInt(device.read(offset, 4));
    return low | (BigInt(device.read(offset + 4, 4)) << 32n);
  }

  /** A guest's store of the low bytes of `value`. */
  write(address: number, width: BusWidth, value: bigint): boolean {
    const found = this.#decode(address, width);
    if (!found) return false;
    const { device, base } = found;
    const offset = address - base;
    if (width !== 8) {
      device.write(offset, width, Number(BigInt.asUintN(8 * width, value)));
    } else {
      device.write(offset, 4, Number(BigInt.asUintN(32, value)));
      device.write(offset + 4, 4, Number(BigInt.asUintN(32, value >> 32n)));
    }
    return true;
  }

  /** What `read` would return, without any effect. */
  peek(address: number, width: BusWidth): bigint | undefined {
    const found = this.#decode(address, width);
    if (!found) return undefined;
    const { device, base } = found;
    const offset = address - base;
    if (width !== 8) return BigInt(device.peek(offset, width));
    return BigInt(device.peek(offset, 4)) | (BigInt(device.peek(offset + 4, 4)) << 32n);
  }

  /** The name of the device whose registers lie at an address. */
  deviceAt(address: number): string | undefined {
    return this.#search(address)?.device.name;
  }

  #decode(address: number, width: BusWidth): Attachment | undefined {
    let found = this.#last;
    if (!found || address < found.base || address >= found.end) {
      found = this.#search(address);
      if (!found) return undefined;
      this.#last = found;
    }
    if (address + width > found.end || address % width !== 0) return undefined;
    return width < found.widths.minimum || width > found.widths.maximum ? undefined : found;
  }

  #search(address: number): Attachment | undefined {
    return this.#attachments.find((attachment) => address >= attachment.base && address < attachment.end);
  }
}
