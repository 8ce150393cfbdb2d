// Hashes of pages: XXH3, 64 bits, seed 0, default secret, for exactly 4096 bytes; and their sums over a space.
import { PAGE_HASHES, RAM_LINEAR } from '../layout';

const PRIME32_1: u64 = 0x9e3779b1;
const PRIME32_2: u64 = 0x85ebca77;
const PRIME32_3: u64 = 0xc2b2ae3d;
const PRIME64_1: u64 = 0x9e3779b185ebca87;
const PRIME64_2: u64 = 0xc2b2ae3d27d4eb4f;
const PRIME64_3: u64 = 0x165667b19e3779f9;
const PRIME64_4: u64 = 0x85ebca77c2b2ae63;
const PRIME64_5: u64 = 0x27d4eb2f165667c5;
const PRIME_MX1: u64 = 0x165667919e3779f9;

/** XXH3 of a page of zeros. */
const ZERO_PAGE_HASH: u64 = 0x93d76fe148c689ba;

// prettier-ignore
const SECRET = memory.data<u8>([
  0xb8, 0xfe, 0x6c, 0x39, 0x23, 0xa4, 0x4b, 0xbe, 0x7c, 0x01, 0x81, 0x2c, 0xf7, 0x21, 0xad, 0x1c,
  0xde, 0xd4, 0x6d, 0xe9, 0x83, 0x90, 0x97, 0xdb, 0x72, 0x40, 0xa4, 0xa4, 0xb7, 0xb3, 0x67, 0x1f,
  0xcb, 0x79, 0xe6, 0x4e, 0xcc, 0xc0, 0xe5, 0x78, 0x82, 0x5a, 0xd0, 0x7d, 0xcc, 0xff, 0x72, 0x21,
  0xb8, 0x08, 0x46, 0x74, 0xf7, 0x43, 0x24, 0x8e, 0xe0, 0x35, 0x90, 0xe6, 0x81, 0x3a, 0x26, 0x4c,
  0x3c, 0x28, 0x52, 0xbb, 0x91, 0xc3, 0x00, 0xcb, 0x88, 0xd0, 0x65, 0x8b, 0x1b, 0x53, 0x2e, 0xa3,
  0x71, 0x64, 0x48, 0x97, 0xa2, 0x0d, 0xf9, 0x4e, 0x38, 0x19, 0xef, 0x46, 0xa9, 0xde, 0xac, 0xd8,
  0xa8, 0xfa, 0x76, 0x3f, 0xe3, 0x9c, 0x34, 0x3f, 0xf9, 0xdc, 0xbb, 0xc7, 0xc7, 0x0b, 0x4f, 0x1d,
  0x8a, 0x51, 0xe0, 0x4b, 0xcd, 0xb4, 0x59, 0x31, 0xc8, 0x9f, 0x7e, 0xc9, 0xd9, 0x78, 0x73, 0x64,
  0xea, 0xc5, 0xac, 0x83, 0x34, 0xd3, 0xeb, 0xc3, 0xc5, 0x81, 0xa0, 0xff, 0xfa, 0x13, 0x63, 0xeb,
  0x17, 0x0d, 0xdd, 0x51, 0xb7, 0xf0, 0xda, 0x49, 0xd3, 0x16, 0x55, 0x26, 0x29, 0xd4, 0x68, 0x9e,
  0x2b, 0x16, 0xbe, 0x58, 0x7d, 0x47, 0xa1, 0xfc, 0x8f, 0xf8, 0xb8, 0xd1, 0x7a, 0xd0, 0x31, 0xce,
  0x45, 0xcb, 0x3a, 0x8f, 0x95, 0x16, 0x04, 0x28, 0xaf, 0xd7, 0xfb, 0xca, 0xbb, 0x4b, 0x40, 0x7e,
], 16);

const STRIPE = 64;
const BLOCK = 1024;
const PAGE = 4096;
const SECRET_STEP = 8;
const SECRET_FOR_SCRAMBLE = 128;
const SECRET_FOR_LAST_STRIPE = 121;
const SECRET_FOR_MERGE = 11;

// @ts-ignore: a decorator of AssemblyScript
@inline
function accumulated(lanes: v128, data: usize, secret: usize): v128 {
  const bytes = v128.load(data);
  const keyed = v128.xor(bytes, v128.load(secret));
  const swapped = v128.shuffle<u64>(bytes, bytes, 1, 0);
  const low = v128.shuffle<u32>(keyed, keyed, 0, 2, 0, 2);
  const high = v128.shuffle<u32>(keyed, keyed, 1, 3, 1, 3);
  return v128.add<u64>(v128.add<u64>(lanes, swapped), v128.extmul_low<u32>(low, high));
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function scrambled(lanes: v128, secret: usize): v128 {
  const mixed = v128.xor(v128.xor(lanes, v128.shr<u64>(lanes, 47)), v128.load(secret));
  return v128.mul<u64>(mixed, v128.splat<u64>(PRIME32_1));
}

/** Both halves of the 128-bit product, one upon the other. */
function folded(a: u64, b: u64): u64 {
  const lowLow = (a & 0xffffffff) * (b & 0xffffffff);
  const highLow = (a >> 32) * (b & 0xffffffff);
  const lowHigh = (a & 0xffffffff) * (b >> 32);
  const highHigh = (a >> 32) * (b >> 32);
  const cross = (lowLow >> 32) + (highLow & 0xffffffff) + lowHigh;
  return ((highLow >> 32) + (cross >> 32) + highHigh) ^ ((cross << 32) | (lowLow & 0xffffffff));
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function merged(lanes: v128, secret: usize): u64 {
  return folded(
    v128.extract_lane<u64>(lanes, 0) ^ load<u64>(secret),
    v128.extract_lane<u64>(lanes, 1) ^ load<u64>(secret, 8),
  );
}

/** XXH3 of the 4096 bytes at `page`, less XXH3 of as many zeros, modulo 2^64: 0 for a page of zeros. */
export function pageHash(page: usize): u64 {
  let a = v128.replace_lane<u64>(v128.splat<u64>(PRIME32_3), 1, PRIME64_1);
  let b = v128.replace_lane<u64>(v128.splat<u64>(PRIME64_2), 1, PRIME64_3);
  let c = v128.replace_lane<u64>(v128.splat<u64>(PRIME64_4), 1, PRIME32_2);
  let d = v128.replace_lane<u64>(v128.splat<u64>(PRIME64_5), 1, PRIME32_1);
  // The last stripe of the page is the one that is always taken by itself.
  const last = page + PAGE - STRIPE;
  let secret = SECRET;
  let blockEnd = page + BLOCK;
  for (let at = page; at < last; at += STRIPE) {
    a = accumulated(a, at, secret);
    b = accumulated(b, at + 16, secret + 16);
    c = accumulated(c, at + 32, secret + 32);
    d = accumulated(d, at + 48, secret + 48);
    secret += SECRET_STEP;
    if (at + STRIPE === blockEnd) {
      a = scrambled(a, SECRET + SECRET_FOR_SCRAMBLE);
      b = scrambled(b, SECRET + SECRET_FOR_SCRAMBLE + 16);
      c = scrambled(c, SECRET + SECRET_FOR_SCRAMBLE + 32);
      d = scrambled(d, SECRET + SECRET_FOR_SCRAMBLE + 48);
      secret = SECRET;
      blockEnd += BLOCK;
    }
  }
  a = accumulated(a, last, SECRET + SECRET_FOR_LAST_STRIPE);
  b = accumulated(b, last + 16, SECRET + SECRET_FOR_LAST_STRIPE + 16);
  c = accumulated(c, last + 32, SECRET + SECRET_FOR_LAST_STRIPE + 32);
  d = accumulated(d, last + 48, SECRET + SECRET_FOR_LAST_STRIPE + 48);
  let hash = <u64>PAGE * PRIME64_1;
  hash += merged(a, SECRET + SECRET_FOR_MERGE);
  hash += merged(b, SECRET + SECRET_FOR_MERGE + 16);
  hash += merged(c, SECRET + SECRET_FOR_MERGE + 32);
  hash += merged(d, SECRET + SECRET_FOR_MERGE + 48);
  hash ^= hash >> 37;
  hash *= PRIME_MX1;
  return (hash ^ (hash >> 32)) - ZERO_PAGE_HASH;
}

let altered: u32 = 0;

/** How many pages had another hash before the last `rehashPages`. */
export function alteredPages(): u32 {
  return altered;
}

/**
 * Takes the present bytes of the `count` pages whose numbers stand at `list` into PAGE_HASHES. Returns what that adds to
 * the sum over all pages, modulo 2^64: each page's hash times an odd number that tells its place.
 */
export function rehashPages(list: usize, count: u32): u64 {
  const ram = load<u32>(RAM_LINEAR);
  const hashes = load<u32>(PAGE_HASHES);
  let added: u64 = 0;
  altered = 0;
  for (const end = list + (count << 2); list < end; list += 4) {
    const page = load<u32>(list);
    const at = hashes + (page << 3);
    const hash = pageHash(ram + (page << 12));
    const before = load<u64>(at);
    if (hash === before) continue;
    added += (hash - before) * (2 * <u64>page + 1);
    store<u64>(at, hash);
    altered++;
  }
  return added;
}
