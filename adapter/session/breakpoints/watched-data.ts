import type { StopCondition } from '../../../emulator/machine/stop.ts';
import { formatAddress } from '../address.ts';
import { watchedRegister, type WatchedRegister } from '../registers.ts';
import type { Restriction } from './modes.ts';
import type { DataAccess } from './requests.ts';

/** Memory that a data breakpoint watches. */
export interface WatchedData {
  readonly space: 'virtual' | 'physical';
  readonly address: bigint;
  /** Bytes. */
  readonly length: number;
}

/** The most bytes that one data breakpoint watches: 1 GiB. */
export const LONGEST_WATCH = 2 ** 30;

/** Data, and where accesses to it count. */
interface DataIdentifier {
  readonly data: WatchedData | WatchedRegister;
  readonly restriction: Restriction | undefined;
}

/** The identifier by which the client names it: it says all, and so outlives the session. */
export function dataIdOf(data: WatchedData | WatchedRegister, restriction: Restriction | undefined): string {
  const where = restriction === undefined ? '' : `@${restriction.kind}:${formatAddress(restriction.value)}`;
  if (data.space === 'register') return data.name + where;
  const { space, address, length } = data;
  return `${space === 'physical' ? 'p:' : ''}${formatAddress(address)},${length}${where}`;
}

/** The inverse of `dataIdOf`; undefined for anything else. */
export function parseDataId(dataId: string): DataIdentifier | undefined {
  const [, text = '', kind, value] = /^([^@]*)(?:@(space|task):(0x[0-9a-f]{1,16}))?$/i.exec(dataId) ?? [];
  const data = text.startsWith('$') ? watchedRegister(text) : memoryOf(text);
  if (data === undefined) return undefined;
  if (value === undefined) return { data, restriction: undefined };
  return { data, restriction: { kind: kind === 'space' ? 'space' : 'task', value: BigInt(value) } };
}

function memoryOf(text: string): WatchedData | undefined {
  const match = /^(p:)?(0x[0-9a-f]{1,16}),(\d{1,10})$/i.exec(text);
  const [, physical, address, digits] = match ?? [];
  if (address === undefined || digits === undefined) return undefined;
  const length = Number(digits);
  if (length < 1 || length > LONGEST_WATCH) return undefined;
  return { space: physical === undefined ? 'virtual' : 'physical', address: BigInt(address), length };
}

/**
 * The condition for an access. `write` is met by every store, also one that leaves the same bytes: who last stored to a
 * variable is asked more often than who changed it. Registers are watched for changes, whatever the access.
 */
export function conditionOf(data: WatchedData | WatchedRegister, access: DataAccess): StopCondition {
  if (data.space === 'register') {
    const { register, mask } = data;
    return { kind: 'register-change', register, ...(mask === undefined ? {} : { mask }) };
  }
  return { kind: 'access', ...data, access: access === 'readWrite' ? 'read-write' : access };
}
