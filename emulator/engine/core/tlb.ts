// The software TLB: one block for each context, a context being what translations are derived from (law 4).
import {
  ATTEND_INTERRUPTS, ATTENTION, DATA_TLB,
  FETCH_TLB,
  CONTEXT_KEYS,
  CONTEXT_CLOCK,
  TLB_POOL,
  TLB_CONTEXTS,
  TLB_CONTEXT_SIZE,
  TLB_ENTRIES,
  TLB_ENTRY_SIZE,
  TLB_ADDEND,
  TLB_WRITE,
  TLB_FETCH,
  SATP,
  PRIVILEGE,
  MSTATUS,
} from '../layout';
import { dataPrivilege, MACHINE, MSTATUS_MXR, MSTATUS_SUM } from './state';

const UNUSED: u64 = 0xffffffffffffffff;
const TLB_ARRAY_SIZE: u32 = TLB_ENTRIES * TLB_ENTRY_SIZE;

/** satp's mode and root page, without the ASID; the privilege; SUM and MXR for data. */
function keyOf(privilege: u32, bits: u64): u64 {
  if (privilege == MACHINE) return (<u64>MACHINE) << 44;
  return (load<u64>(SATP) & 0xf0000fffffffffff) | ((<u64>privilege) << 44) | bits;
}

function contextOf(key: u64): u32 {
  for (let i: u32 = 0; i < <u32>TLB_CONTEXTS; i++) {
    if (load<u64>(CONTEXT_KEYS + (i << 3)) == key) return TLB_POOL + i * TLB_CONTEXT_SIZE;
  }
  for (let i: u32 = 0; i < <u32>TLB_CONTEXTS; i++) {
    if (load<u64>(CONTEXT_KEYS + (i << 3)) == UNUSED) {
      store<u64>(CONTEXT_KEYS + (i << 3), key);
      return TLB_POOL + i * TLB_CONTEXT_SIZE;
    }
  }
  const victim = load<u32>(CONTEXT_CLOCK) % TLB_CONTEXTS;
  store<u32>(CONTEXT_CLOCK, victim + 1);
  const block = TLB_POOL + victim * TLB_CONTEXT_SIZE;
  memory.fill(block, 0xff, TLB_CONTEXT_SIZE);
  store<u64>(CONTEXT_KEYS + (victim << 3), key);
  return block;
}

/** Selects the blocks of the present privilege and translation. Call when any of what a key is made of changed. */
export function selectContexts(): void {
  const mstatus = load<u64>(MSTATUS);
  const bits: u64 = (mstatus & MSTATUS_SUM ? (<u64>1) << 46 : 0) | (mstatus & MSTATUS_MXR ? (<u64>1) << 47 : 0);
  const fetchKey = keyOf(load<u32>(PRIVILEGE), 0);
  const dataKey = keyOf(dataPrivilege(), bits);
  store<u32>(DATA_TLB, contextOf(dataKey));
  store<u32>(FETCH_TLB, contextOf(fetchKey));
  // With all blocks taken, finding the fetch block may have evicted the data block; the next victim is another one.
  store<u32>(DATA_TLB, contextOf(dataKey));
}

/**
 * Drops every translation, and lets the interpreter look up again where it is executing. Blocks that were never used since
 * the last flush are empty already.
 */
export function flushAll(): void {
  store<u32>(ATTENTION, load<u32>(ATTENTION) | ATTEND_INTERRUPTS);
  for (let i: u32 = 0; i < <u32>TLB_CONTEXTS; i++) {
    const key = CONTEXT_KEYS + (i << 3);
    if (load<u64>(key) == UNUSED) continue;
    const block = TLB_POOL + i * TLB_CONTEXT_SIZE;
    memory.fill(block, 0xff, TLB_CONTEXT_SIZE);
    if (block != load<u32>(DATA_TLB) && block != load<u32>(FETCH_TLB)) store<u64>(key, UNUSED);
  }
}

/**
 * Drops the translations of [start, start + size), a power of two of at least 4096, in every context; the interpreter looks up
 * again where it is executing.
 */
export function dropRange(start: u64, size: u64): void {
  store<u32>(ATTENTION, load<u32>(ATTENTION) | ATTEND_INTERRUPTS);
  for (let i: u32 = 0; i < <u32>TLB_CONTEXTS; i++) {
    if (load<u64>(CONTEXT_KEYS + (i << 3)) == UNUSED) continue;
    const block = TLB_POOL + i * TLB_CONTEXT_SIZE;
    if (size == 4096) {
      for (let array: u32 = 0; array < <u32>TLB_CONTEXT_SIZE; array += TLB_ARRAY_SIZE) {
        const entry = entryOf(block, array, start);
        if (load<u64>(entry) - start < size) store<u64>(entry, UNUSED);
      }
    } else {
      const end = block + TLB_CONTEXT_SIZE;
      for (let entry = block; entry < end; entry += TLB_ENTRY_SIZE) {
        if (load<u64>(entry) - start < size) store<u64>(entry, UNUSED);
      }
    }
  }
}

/** Drops permission to write to the page at a linear address without being seen. */
export function dropWrites(linear: u32): void {
  for (let i: u32 = 0; i < <u32>TLB_CONTEXTS; i++) {
    if (load<u64>(CONTEXT_KEYS + (i << 3)) == UNUSED) continue;
    const array = TLB_POOL + i * TLB_CONTEXT_SIZE + TLB_WRITE;
    for (let entry = array; entry < array + TLB_ARRAY_SIZE; entry += TLB_ENTRY_SIZE) {
      if ((load<u32>(entry) & 0xfffff000) + load<u32>(entry + TLB_ADDEND) == linear) store<u64>(entry, UNUSED);
    }
  }
}

/** Drops pointers to the decoded page whose first record this is. */
export function dropFetches(first: u32): void {
  for (let i: u32 = 0; i < <u32>TLB_CONTEXTS; i++) {
    if (load<u64>(CONTEXT_KEYS + (i << 3)) == UNUSED) continue;
    const array = TLB_POOL + i * TLB_CONTEXT_SIZE + TLB_FETCH;
    for (let entry = array; entry < array + TLB_ARRAY_SIZE; entry += TLB_ENTRY_SIZE) {
      if (load<u32>(entry + TLB_ADDEND) == first) store<u64>(entry, UNUSED);
    }
  }
}

function flushArray(offset: u32): void {
  for (let i: u32 = 0; i < <u32>TLB_CONTEXTS; i++) {
    if (load<u64>(CONTEXT_KEYS + (i << 3)) != UNUSED) {
      memory.fill(TLB_POOL + i * TLB_CONTEXT_SIZE + offset, 0xff, TLB_ARRAY_SIZE);
    }
  }
}

/** Drops permission to write without being seen: dirty tracking begins anew. */
export function flushWrites(): void {
  flushArray(TLB_WRITE);
}

/** Drops pointers to decoded pages. */
export function flushFetch(): void {
  flushArray(TLB_FETCH);
}

/** Empties all blocks and forgets the contexts; for power-on and for restored state. */
export function resetTlb(): void {
  memory.fill(TLB_POOL, 0xff, TLB_CONTEXTS * TLB_CONTEXT_SIZE);
  memory.fill(CONTEXT_KEYS, 0xff, TLB_CONTEXTS * 8);
  store<u32>(CONTEXT_CLOCK, 0);
  selectContexts();
}

/** The entry for a virtual address in one of a block's arrays. */
export function entryOf(block: u32, array: u32, address: u64): u32 {
  return block + array + ((<u32>(address >> 8)) & ((TLB_ENTRIES - 1) << 4));
}
