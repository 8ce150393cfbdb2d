// XXH64 (the xxHash fast digest algorithm, version 0.1.1), seed 0.
const P1: u64 = 0x9e3779b185ebca87;
const P2: u64 = 0xc2b2ae3d27d4eb4f;
const P3: u64 = 0x165667b19e3779f9;
const P4: u64 = 0x85ebca77c2b2ae63;
const P5: u64 = 0x27d4eb2f165667c5;

function round(lane: u64, input: u64): u64 {
  return rotl<u64>(lane + input * P2, 31) * P1;
}

function merge(hash: u64, lane: u64): u64 {
  return (hash ^ round(0, lane)) * P1 + P4;
}

// Lanes of a hash in the making, so that what lies outside linear memory can pass through it in pieces.
let lane1: u64 = 0;
let lane2: u64 = 0;
let lane3: u64 = 0;
let lane4: u64 = 0;
let total: u64 = 0;

export function hashBegin(): void {
  lane1 = P1 + P2;
  lane2 = P2;
  lane3 = 0;
  lane4 = 0 - P1;
  total = 0;
}

/** Takes in `length` bytes, a multiple of 32. */
export function hashUpdate(address: u32, length: u32): void {
  let a = lane1;
  let b = lane2;
  let c = lane3;
  let d = lane4;
  const end = address + length;
  for (let at = address; at < end; at += 32) {
    a = round(a, load<u64>(at));
    b = round(b, load<u64>(at, 8));
    c = round(c, load<u64>(at, 16));
    d = round(d, load<u64>(at, 24));
  }
  lane1 = a;
  lane2 = b;
  lane3 = c;
  lane4 = d;
  total += length;
}

/** Takes in the last bytes, of any number, and ends the hash. */
export function hashFinish(address: u32, length: u32): u64 {
  const whole = length & ~31;
  hashUpdate(address, whole);
  let at = address + whole;
  const end = address + length;
  let result: u64;
  if (total >= 32) {
    result = rotl<u64>(lane1, 1) + rotl<u64>(lane2, 7) + rotl<u64>(lane3, 12) + rotl<u64>(lane4, 18);
    result = merge(merge(merge(merge(result, lane1), lane2), lane3), lane4);
  } else {
    result = P5;
  }
  result += total + (length - whole);
  for (; at + 8 <= end; at += 8) result = rotl<u64>(result ^ round(0, load<u64>(at)), 27) * P1 + P4;
  if (at + 4 <= end) {
    result = rotl<u64>(result ^ (<u64>load<u32>(at) * P1), 23) * P2 + P3;
    at += 4;
  }
  for (; at < end; at++) result = rotl<u64>(result ^ (<u64>load<u8>(at) * P5), 11) * P1;
  result = (result ^ (result >> 33)) * P2;
  result = (result ^ (result >> 29)) * P3;
  return result ^ (result >> 32);
}
