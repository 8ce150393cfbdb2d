/** What a device is to the board, and what the board offers to a device. */

/** A physical address range. Physical addresses fit 53 bits on this board, hence numbers. */
export interface Region {
  readonly base: number;
  readonly size: number;
}

/** One memory-mapped device. Its whole state is what `save` writes: a device has no other memory between steps. */
export interface Device {
  /** Unique on the board; names the device in checkpoints and in views. */
  readonly name: string;
  readonly region: Region;
  /**
   * A guest's load of `width` bytes at `offset`. May have effects (clearing an interrupt). The bus splits 8-byte accesses
   * into two of 4, low half first. Returns an unsigned number below 2^(8*width).
   */
  read(offset: number, width: 1 | 2 | 4): number;
  /** A guest's store. */
  write(offset: number, width: 1 | 2 | 4, value: number): void;
  /** What `read` would return, with no effect at all: for debuggers (law 6). */
  peek(offset: number, width: 1 | 2 | 4): number;
  /** State at power-on. */
  reset(): void;
  save(writer: StateWriter): void;
  /** The inverse of `save`. Throws when the bytes are not what this version writes. */
  restore(reader: StateReader): void;
}

/** Writes a device's state, little-endian. */
export interface StateWriter {
  u8(value: number): void;
  u32(value: number): void;
  u64(value: bigint): void;
  /** A non-negative integer below 2^53. */
  count(value: number): void;
  boolean(value: boolean): void;
  /** Length-prefixed. */
  bytes(value: Uint8Array): void;
}

/** Reads what StateWriter wrote; every method throws a RangeError past the end. */
export interface StateReader {
  u8(): number;
  u32(): number;
  u64(): bigint;
  count(): number;
  boolean(): boolean;
  bytes(): Uint8Array;
}

/** A wire into an interrupt controller. Setting the level it has already does nothing. */
export interface InterruptLine {
  set(level: boolean): void;
}

/** RAM as a bus master sees it (DMA): physical addresses. A device that is given a bad address by the guest must cope. */
export interface PhysicalMemory {
  /** True when the whole range is RAM. */
  contains(address: number, length: number): boolean;
  /** A copy of the bytes. Throws a RangeError when the range is not RAM. */
  read(address: number, length: number): Uint8Array;
  /** Writes, and drops whatever was derived from the old bytes (law 4). Throws a RangeError when it is not RAM. */
  write(address: number, bytes: Uint8Array): void;
}

/** Guest time: a function of the counter (law 3). */
export interface Clock {
  /** mtime: ticks of 100 ns (10 MHz) since power-on. */
  ticks(): bigint;
}

/** The door for host input that a device asks for and must have at once (law 2). */
export interface HostDoor {
  /** Exactly `length` bytes of entropy: from the host when live, from the recording in replay. */
  entropy(length: number): Uint8Array;
}

/** Where bytes that the guest prints go. */
export interface ConsoleOutput {
  write(bytes: Uint8Array): void;
}

/** A device that bytes from the person or a script can be sent to. */
export interface ConsoleInput {
  /** Bytes that have arrived and that the guest has not taken yet. */
  readonly waiting: number;
  /** Bytes arriving on the line. Never refuses: what the guest has not yet read waits in the device's state. */
  receive(bytes: Uint8Array): void;
}
