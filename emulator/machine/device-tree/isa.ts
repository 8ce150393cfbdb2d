/** What the device tree says about the harts' instruction set. */

const BASE = 'rv64i';
const SINGLE_LETTER = ['m', 'a', 'f', 'd', 'c'] as const;
/** Multi-letter extensions in the canonical order of the ISA manual's naming chapter: Z by category, then S. */
const MULTI_LETTER = [
  'zicbom',
  'zicbop',
  'zicboz',
  'zicntr',
  'zicond',
  'zicsr',
  'zifencei',
  'zihintpause',
  'zba',
  'zbb',
  'zbs',
  'sstc',
  'svinval',
  'svnapot',
  'svpbmt',
] as const;

/** The deprecated `riscv,isa` string, the only one that Linux before 6.7 reads. */
export const ISA_STRING = `${BASE}${SINGLE_LETTER.join('')}_${MULTI_LETTER.join('_')}`;
/** `riscv,isa-base` and `riscv,isa-extensions`, which replace it (Linux Documentation/devicetree/bindings/riscv/extensions.yaml). */
export const ISA_BASE = BASE;
export const ISA_EXTENSIONS: readonly string[] = ['i', ...SINGLE_LETTER, ...MULTI_LETTER];

/** Bytes that a cache-block instruction works on. */
export const CACHE_BLOCK_SIZE = 64;
