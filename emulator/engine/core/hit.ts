// Hits of stop conditions. A hit is noted, and stops the engine only at the moment that the run asked for: a search lets it
// run on, and looks at the last hits afterwards.
import {
  HIT_ADDRESS,
  HIT_BY_DEVICE,
  HIT_CONDITION,
  HIT_COUNT,
  HIT_COUNTER,
  HIT_KIND,
  HIT_LENGTH,
  HIT_MAX,
  HIT_MOMENTS,
  HIT_PC,
  HIT_SIZE,
  HIT_WRITE,
  HITS,
  LAST_HIT_COUNTER,
  LEAVE_AT_MOMENTS,
} from '../layout';

/**
 * Notes that a condition was met at `counter`, the moment before the step. `address` is that of the access, or the cause of
 * the trap. True when the engine must leave.
 */
export function noteHit(
  kind: u32,
  condition: u32,
  counter: u64,
  pc: u64,
  address: u64,
  length: u32,
  write: bool,
): bool {
  const count = load<u32>(HIT_COUNT);
  const hit = HITS + (count % HIT_MAX) * HIT_SIZE;
  store<u64>(hit + HIT_COUNTER, counter);
  store<u32>(hit + HIT_KIND, kind);
  store<u32>(hit + HIT_CONDITION, condition);
  store<u64>(hit + HIT_PC, pc);
  store<u64>(hit + HIT_ADDRESS, address);
  store<u32>(hit + HIT_LENGTH, length);
  store<u32>(hit + HIT_WRITE, write ? 1 : 0);
  store<u32>(hit + HIT_BY_DEVICE, 0);
  // Never back to 0 and thus to an empty ring: 2^31 is a multiple of HIT_MAX.
  store<u32>(HIT_COUNT, count == 0xffffffff ? 0x80000000 : count + 1);
  let moments = load<u64>(HIT_MOMENTS);
  if (load<u64>(LAST_HIT_COUNTER) != counter) {
    store<u64>(LAST_HIT_COUNTER, counter);
    store<u64>(HIT_MOMENTS, ++moments);
  }
  return moments >= load<u64>(LEAVE_AT_MOMENTS);
}

/** The hit noted last was a device's doing. */
export function lastHitWasByDevice(): void {
  const last = load<u32>(HIT_COUNT) - 1;
  store<u32>(HITS + (last % HIT_MAX) * HIT_SIZE + HIT_BY_DEVICE, 1);
}
