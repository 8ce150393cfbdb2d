import { RAM_BASE } from '../../../../emulator/machine/memory-map.ts';
import type { Access } from '../access-script/access-script.ts';
import type { TestBoard } from '../test-board.ts';

/** Carries out a driver's accesses on a board, without a guest. Returns what its loads gave. */
export function perform({ memory, read, write }: TestBoard, accesses: readonly Access[]): readonly bigint[] {
  const loaded: bigint[] = [];
  for (const access of accesses) {
    const { address, width } = access;
    const inRam = memory.contains(address, width);
    const offset = address - RAM_BASE;
    if (access.kind === 'store') {
      if (!inRam) write(address, access.value, width);
      else
        for (let byte = 0; byte < width; byte++)
          memory.bytes[offset + byte] = Number((access.value >> BigInt(8 * byte)) & 0xffn);
      continue;
    }
    const value = inRam ? ramValue(memory.bytes.subarray(offset, offset + width)) : (read(address, width) ?? -1n);
    if (access.kind === 'load') loaded.push(value);
    else if (value !== access.value)
      throw new Error(`waiting in vain for ${access.value} at ${address.toString(16)}: ${value}`);
  }
  return loaded;
}

function ramValue(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
