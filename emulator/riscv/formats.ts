import type { Format } from './instruction.ts';

/** Which operands a format carries, and how its immediate is read. */
export interface FormatFields {
  readonly rd: boolean;
  readonly rs1: boolean;
  readonly rs2: boolean;
  readonly rs3: boolean;
  readonly rm: boolean;
  readonly csr: boolean;
  /** The immediate of an encoding, sign-extended where the format says so; 0 for formats without one. */
  readonly immediate: (bits: number) => number;
}

type RegisterField = 'rd' | 'rs1' | 'rs2' | 'rs3' | 'rm' | 'csr';

function fields(present: readonly RegisterField[], immediate: (bits: number) => number = noImmediate): FormatFields {
  const has = (field: RegisterField): boolean => present.includes(field);
  return {
    rd: has('rd'),
    rs1: has('rs1'),
    rs2: has('rs2'),
    rs3: has('rs3'),
    rm: has('rm'),
    csr: has('csr'),
    immediate,
  };
}

const noImmediate = (): number => 0;
const immediateI = (bits: number): number => bits >> 20;
const immediateS = (bits: number): number => ((bits >> 25) << 5) | ((bits >>> 7) & 0x1f);
const immediateB = (bits: number): number =>
  ((bits >> 31) << 12) | ((bits & 0x80) << 4) | ((bits >>> 20) & 0x7e0) | ((bits >>> 7) & 0x1e);
const immediateU = (bits: number): number => bits & ~0xfff;
const immediateJ = (bits: number): number =>
  ((bits >> 31) << 20) | (bits & 0xff000) | ((bits >>> 9) & 0x800) | ((bits >>> 20) & 0x7fe);
const shiftAmount6 = (bits: number): number => (bits >>> 20) & 0x3f;
const shiftAmount5 = (bits: number): number => (bits >>> 20) & 0x1f;
/** The zero-extended immediate in the place of rs1 (csrrwi, csrrsi, csrrci). */
const immediateCsr = (bits: number): number => (bits >>> 15) & 0x1f;
/** S-type with the low five bits taken as zero: prefetches name a 32-byte multiple. */
const immediatePrefetch = (bits: number): number => (bits >> 25) << 5;
/** Predecessor set in bits 7 to 4, successor set in bits 3 to 0, each as i, o, r, w from the top. */
const fenceSets = (bits: number): number => (bits >>> 20) & 0xff;

/** The fields of every format (The RISC-V Instruction Set Manual, Volume I, "Base Instruction Formats"). */
export const formatFields: Readonly<Record<Format, FormatFields>> = {
  R: fields(['rd', 'rs1', 'rs2']),
  'R-unary': fields(['rd', 'rs1']),
  I: fields(['rd', 'rs1'], immediateI),
  shift6: fields(['rd', 'rs1'], shiftAmount6),
  shift5: fields(['rd', 'rs1'], shiftAmount5),
  load: fields(['rd', 'rs1'], immediateI),
  S: fields(['rs1', 'rs2'], immediateS),
  B: fields(['rs1', 'rs2'], immediateB),
  U: fields(['rd'], immediateU),
  J: fields(['rd'], immediateJ),
  csr: fields(['rd', 'rs1', 'csr']),
  'csr-imm': fields(['rd', 'csr'], immediateCsr),
  atomic: fields(['rd', 'rs1', 'rs2']),
  'load-reserved': fields(['rd', 'rs1']),
  address: fields(['rs1']),
  prefetch: fields(['rs1'], immediatePrefetch),
  fence: fields([], fenceSets),
  sfence: fields(['rs1', 'rs2']),
  none: fields([]),
  FR: fields(['rd', 'rs1', 'rs2']),
  'FR-rm': fields(['rd', 'rs1', 'rs2', 'rm']),
  FR4: fields(['rd', 'rs1', 'rs2', 'rs3', 'rm']),
  'F-unary-rm': fields(['rd', 'rs1', 'rm']),
  'F-load': fields(['rd', 'rs1'], immediateI),
  'F-store': fields(['rs1', 'rs2'], immediateS),
  'F-compare': fields(['rd', 'rs1', 'rs2']),
  'F-to-x': fields(['rd', 'rs1']),
  'F-to-x-rm': fields(['rd', 'rs1', 'rm']),
  'x-to-F': fields(['rd', 'rs1']),
  'x-to-F-rm': fields(['rd', 'rs1', 'rm']),
};
