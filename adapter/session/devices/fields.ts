import type { TimelineContract } from '../../../emulator/replay/timeline-contract.ts';
import { littleEndian } from '../../guests/memory/memory.ts';

/** A part of a device's state, as a view shows it: a register, or a group of them. */
export interface DeviceField {
  readonly name: string;
  readonly text: string;
  readonly parts?: readonly DeviceField[];
}

/** Reads a register of a device with no effect on it; zero where none answers. */
export type PeekRegister = (address: number, width: 1 | 4) => number;

export function peekRegister(timeline: Pick<TimelineContract, 'readPhysical'>): PeekRegister {
  return (address, width) => Number(littleEndian(timeline.readPhysical(BigInt(address), width).bytes));
}

export function hexadecimal(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}

/** `0x23 [DTR RTS]`: a register, and the names of its bits that are set. */
export function flagged(value: number, bits: readonly (readonly [bit: number, name: string])[]): string {
  const names = bits.filter(([bit]) => (value & bit) !== 0).map(([, name]) => name);
  return names.length === 0 ? hexadecimal(value) : `${hexadecimal(value)} [${names.join(' ')}]`;
}
