// What TypeScript provides to the core.

/** Loads from a device, zero-extended. Clears DEVICE_ANSWERED when none answers. */
export declare function mmioRead(address: u32, width: u32): u64;

/** Stores to a device. 0 when none answers. */
export declare function mmioWrite(address: u32, width: u32, value: u64): i32;

/**
 * Writes the operands of an instruction into the record at `record`; returns its handler. HANDLER_ILLEGAL for bits that encode
 * none, whose record advances by nothing.
 */
export declare function decodeBits(record: u32, bits: u32): u32;

/** Forgets the regions of a page that hold any of these slots; `first` is the record of its first halfword. */
export declare function dropRegions(first: u32, from: u32, to: u32): void;

/** Forgets all regions. */
export declare function dropAllRegions(): void;
