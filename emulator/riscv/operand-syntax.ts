import type { Format } from './instruction.ts';

/** How one operand is written in assembly. */
export type OperandSyntax =
  | 'rd'
  | 'rs1'
  | 'rs2'
  | 'fd'
  | 'fs1'
  | 'fs2'
  | 'fs3'
  /** The immediate in decimal. */
  | 'imm'
  /** The immediate in hexadecimal: shift amounts and bit indices. */
  | 'shift'
  /** The upper twenty bits of the immediate, in hexadecimal. */
  | 'upper'
  /** pc + imm: an address. */
  | 'target'
  /** imm(rs1) */
  | 'memory'
  /** (rs1) */
  | 'address'
  | 'csr'
  /** The rounding mode by name; left out when it is the dynamic one. */
  | 'rounding'
  /** What a fence orders: some of i, o, r, w. */
  | 'predecessors'
  | 'successors';

/** The operands of each format in the order in which they are written. */
export const formatSyntax: Readonly<Record<Format, readonly OperandSyntax[]>> = {
  R: ['rd', 'rs1', 'rs2'],
  'R-unary': ['rd', 'rs1'],
  I: ['rd', 'rs1', 'imm'],
  shift6: ['rd', 'rs1', 'shift'],
  shift5: ['rd', 'rs1', 'shift'],
  load: ['rd', 'memory'],
  S: ['rs2', 'memory'],
  B: ['rs1', 'rs2', 'target'],
  U: ['rd', 'upper'],
  J: ['rd', 'target'],
  csr: ['rd', 'csr', 'rs1'],
  'csr-imm': ['rd', 'csr', 'imm'],
  atomic: ['rd', 'rs2', 'address'],
  'load-reserved': ['rd', 'address'],
  address: ['address'],
  prefetch: ['memory'],
  fence: ['predecessors', 'successors'],
  sfence: ['rs1', 'rs2'],
  none: [],
  FR: ['fd', 'fs1', 'fs2'],
  'FR-rm': ['fd', 'fs1', 'fs2', 'rounding'],
  FR4: ['fd', 'fs1', 'fs2', 'fs3', 'rounding'],
  'F-unary-rm': ['fd', 'fs1', 'rounding'],
  'F-load': ['fd', 'memory'],
  'F-store': ['fs2', 'memory'],
  'F-compare': ['rd', 'fs1', 'fs2'],
  'F-to-x': ['rd', 'fs1'],
  'F-to-x-rm': ['rd', 'fs1', 'rounding'],
  'x-to-F': ['fd', 'rs1'],
  'x-to-F-rm': ['fd', 'rs1', 'rounding'],
};
