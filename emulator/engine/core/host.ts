// What TypeScript provides to the core.

/** Loads from a device, zero-extended. Clears DEVICE_ANSWERED when none answers. */
export declare function mmioRead(address: u32, width: u32): u64;

/** Stores to a device. 0 when none answers. */
export declare function mmioWrite(address: u32, width: u32, value: u64): i32;
