import type { StopCondition } from '../../../emulator/machine/stop.ts';
import type { MotionOptions, MotionOutcome, TimelineContract } from '../../../emulator/replay/timeline-contract.ts';
import type { HeldBits, Holder, MemoryHolder, RegisterHolder } from './holder.ts';
import { lastRegisterWrite } from './register-write.ts';

/** The answer to "who last wrote this?". The timeline stands at the moment that it names. */
export type LastWrite =
  /**
   * By a store of a hart; by a device while the hart stood at `pc`; by an instruction to a register; by the built-in SBI, which
   * answered a call; or by a trap that was taken or returned from.
   */
  | {
      readonly kind: 'store' | 'device' | 'register' | 'firmware' | 'trap';
      /** The moment before the step. */
      readonly counter: number;
      readonly pc: bigint;
      /** Which of the holders asked about. */
      readonly holder: Holder;
    }
  /** Everything is as it was at power-on. */
  | { readonly kind: 'initial' }
  | {
      readonly kind: 'ended';
      readonly outcome: Exclude<MotionOutcome, { kind: 'hit' | 'arrived' | 'start-of-recording' }>;
    };

/**
 * The last step before the present that wrote any of the bits. Stores are seen at any virtual address that leads there, and those
 * of devices too. Moves the timeline.
 */
export async function lastWrite(
  timeline: TimelineContract,
  held: readonly HeldBits[],
  options: MotionOptions,
): Promise<LastWrite> {
  const origin = timeline.counter;
  const memory = held.flatMap(({ holder, from, count }) =>
    holder.kind === 'memory' ? [written(holder, from, count)] : [],
  );
  let latest = memory.length === 0 ? ({ kind: 'initial' } as const) : await lastStore(timeline, memory, options);
  for (const { holder } of held) {
    if (holder.kind === 'memory') continue;
    const found = await lastToRegister(
      timeline,
      holder,
      origin,
      latest.kind === 'initial' ? 0 : counterOf(latest),
      options,
    );
    if (found.kind === 'ended') return found;
    if (found.kind !== 'initial') latest = found;
  }
  if (latest.kind !== 'initial' && latest.kind !== 'ended') await timeline.travelTo(latest.counter, options);
  return latest;
}

function counterOf(write: LastWrite): number {
  return 'counter' in write ? write.counter : 0;
}

/** The bytes that hold the bits. */
function written({ address }: MemoryHolder, from: number, count: number): MemoryHolder {
  const first = Math.floor(from / 8);
  return { kind: 'memory', address: address + BigInt(first), length: Math.ceil((from + count) / 8) - first };
}

async function lastStore(
  timeline: TimelineContract,
  memory: readonly MemoryHolder[],
  options: MotionOptions,
): Promise<LastWrite> {
  const conditions = memory.map(({ address, length }): StopCondition => ({
    kind: 'access',
    space: 'physical',
    address,
    length,
    access: 'write',
  }));
  const outcome = await timeline.runBackTo({ conditions }, options);
  switch (outcome.kind) {
    case 'hit': {
      const { counter } = timeline;
      const [first] = outcome.hits;
      const pc = timeline.harts[first?.hart ?? 0]?.pc ?? 0n;
      const holder = memory[first === undefined ? 0 : conditions.indexOf(first.condition)] ?? memory[0];
      if (holder === undefined) throw new Error('A store to nothing was found.');
      const isByDevice = outcome.hits.every((hit) => hit.kind === 'access' && hit.byDevice);
      return { kind: isByDevice ? 'device' : 'store', counter, pc, holder };
    }
    case 'start-of-recording':
      return { kind: 'initial' };
    case 'arrived':
      throw new Error('A search backwards without a bound arrived nowhere.');
    default:
      return { kind: 'ended', outcome };
  }
}

async function lastToRegister(
  timeline: TimelineContract,
  holder: RegisterHolder,
  origin: number,
  notBefore: number,
  options: MotionOptions,
): Promise<LastWrite> {
  const there = await timeline.travelTo(origin, options);
  if (there.kind === 'cancelled' || there.kind === 'diverged') return { kind: 'ended', outcome: there };
  const found = await lastRegisterWrite(timeline, holder, options, notBefore);
  if (found.kind !== 'written') return found;
  const { counter, pc, by } = found;
  return { kind: by === 'instruction' ? 'register' : by, counter, pc, holder };
}
