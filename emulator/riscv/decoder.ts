/**
 * From bits to a decoded instruction. Tables are built once from the description: 32-bit encodings are looked up by
 * major opcode and funct3, 16-bit ones by quadrant and funct3, then by match and mask, the more specific first.
 */
import type { CompressedInstruction } from './compressed.ts';
import { formatFields } from './formats.ts';
import type { FormatFields } from './formats.ts';
import type { DecodedInstruction, Instruction } from './instruction.ts';
import { instructions } from './instructions.ts';
import { rv64c } from './rv64c.ts';

interface Candidate {
  readonly match: number;
  readonly mask: number;
  readonly instruction: Instruction;
  readonly fields: FormatFields;
}

/** Bits 6 to 2 and 14 to 12 of an encoding: 256 buckets. */
const bucketOf = (bits: number): number => ((bits >>> 2) & 0x1f) | ((bits >>> 7) & 0xe0);
const bucketBits = (bucket: number): number => ((bucket & 0x1f) << 2) | ((bucket & 0xe0) << 7) | 3;
const BUCKET_MASK = 0x707f;

/** Bits 1 to 0 and 15 to 13: 32 buckets, of which those of quadrant 3 stay empty. */
const compressedBucketOf = (bits: number): number => (bits & 3) | ((bits >>> 11) & 0x1c);
const compressedBucketBits = (bucket: number): number => (bucket & 3) | ((bucket & 0x1c) << 11);
const COMPRESSED_BUCKET_MASK = 0xe003;

const populationCount = (bits: number): number => {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
};

const moreSpecificFirst = (a: { mask: number }, b: { mask: number }): number =>
  populationCount(b.mask) - populationCount(a.mask);

const buckets: readonly (readonly Candidate[])[] = Array.from({ length: 256 }, (_, bucket) =>
  instructions
    .filter(({ match, mask }) => ((match ^ bucketBits(bucket)) & mask & BUCKET_MASK) === 0)
    .sort(moreSpecificFirst)
    // Bitwise operators yield signed numbers: kept signed, so that comparing needs no conversion.
    .map((instruction) => ({
      match: instruction.match | 0,
      mask: instruction.mask | 0,
      instruction,
      fields: formatFields[instruction.format],
    })),
);

const compressedBuckets: readonly (readonly CompressedInstruction[])[] = Array.from({ length: 32 }, (_, bucket) =>
  rv64c
    .filter(({ match, mask }) => ((match ^ compressedBucketBits(bucket)) & mask & COMPRESSED_BUCKET_MASK) === 0)
    .sort(moreSpecificFirst),
);

/**
 * Decodes an instruction: 32 bits, or 16 in the low half when the lowest two bits are not both set (the upper half is
 * then ignored). Undefined for encodings that are reserved or belong to extensions the machine does not have.
 */
export function decode(bits: number): DecodedInstruction | undefined {
  return (bits & 3) === 3 ? decodeFull(bits) : decodeCompressed(bits & 0xffff);
}

function decodeFull(bits: number): DecodedInstruction | undefined {
  const bucket = buckets[bucketOf(bits)];
  if (bucket === undefined) return undefined;
  for (const { match, mask, instruction, fields } of bucket) {
    if ((bits & mask) !== match) continue;
    return {
      instruction,
      length: 4,
      compressedName: undefined,
      rd: fields.rd ? (bits >>> 7) & 0x1f : 0,
      rs1: fields.rs1 ? (bits >>> 15) & 0x1f : 0,
      rs2: fields.rs2 ? (bits >>> 20) & 0x1f : 0,
      rs3: fields.rs3 ? bits >>> 27 : 0,
      imm: fields.immediate(bits),
      rm: fields.rm ? (bits >>> 12) & 7 : 0,
      csr: fields.csr ? bits >>> 20 : 0,
    };
  }
  return undefined;
}

function decodeCompressed(bits: number): DecodedInstruction | undefined {
  const entry = findCompressed(bits);
  if (entry === undefined) return undefined;
  return {
    instruction: entry.expansion,
    length: 2,
    compressedName: entry.name,
    rd: entry.rd(bits),
    rs1: entry.rs1(bits),
    rs2: entry.rs2(bits),
    rs3: 0,
    imm: entry.imm(bits),
    rm: 0,
    csr: 0,
  };
}

/** The compressed instruction that 16 bits encode, if any. */
export function findCompressed(bits: number): CompressedInstruction | undefined {
  const bucket = compressedBuckets[compressedBucketOf(bits)];
  return bucket?.find(
    ({ match, mask, nonzero }) => (bits & mask) === match && nonzero.every((field) => (bits & field) !== 0),
  );
}
