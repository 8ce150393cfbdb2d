/** A, atomic instructions (The RISC-V Instruction Set Manual, Volume I, ch. "A"). Harts interleave whole steps, so aq and rl ask for nothing more. */
import { define, defineExtension } from './define.ts';
import type { Definition } from './define.ts';
import type { AtomicOperation } from './emitter.ts';
import { atomic, loadReserved } from './encoding.ts';

interface AtomicSize {
  readonly suffix: 'w' | 'd';
  readonly width: 4 | 8;
  readonly funct3: 2 | 3;
  readonly what: string;
}

const sizes: readonly AtomicSize[] = [
  { suffix: 'w', width: 4, funct3: 2, what: '32 bits' },
  { suffix: 'd', width: 8, funct3: 3, what: '64 bits' },
];

const operations: readonly { operation: AtomicOperation; funct5: number; does: string }[] = [
  { operation: 'add', funct5: 0x00, does: 'adds rs2 to memory' },
  { operation: 'swap', funct5: 0x01, does: 'swaps rs2 with memory' },
  { operation: 'xor', funct5: 0x04, does: 'exclusive-ors rs2 into memory' },
  { operation: 'or', funct5: 0x08, does: 'ors rs2 into memory' },
  { operation: 'and', funct5: 0x0c, does: 'ands rs2 into memory' },
  { operation: 'min', funct5: 0x10, does: 'stores the lesser of memory and rs2, signed' },
  { operation: 'max', funct5: 0x14, does: 'stores the greater of memory and rs2, signed' },
  { operation: 'minu', funct5: 0x18, does: 'stores the lesser of memory and rs2, unsigned' },
  { operation: 'maxu', funct5: 0x1c, does: 'stores the greater of memory and rs2, unsigned' },
];

const reservations = ({ suffix, width, funct3, what }: AtomicSize): readonly Definition[] => [
  define(
    `lr.${suffix}`,
    loadReserved(0x02, funct3),
    `Loads ${what}, sign-extended, and reserves the address.`,
    (emit, { rd, rs1 }) => {
      emit.writeX(rd, emit.bind(emit.loadReserved(width, emit.readX(rs1))));
    },
  ),
  define(
    `sc.${suffix}`,
    atomic(0x03, funct3),
    `Stores ${what} if the reservation still holds; rd gets 0 for success, 1 for failure.`,
    (emit, { rd, rs1, rs2 }) => {
      emit.writeX(rd, emit.bind(emit.storeConditional(width, emit.readX(rs1), emit.readX(rs2))));
    },
  ),
];

const readModifyWrites = ({ suffix, width, funct3, what }: AtomicSize): readonly Definition[] =>
  operations.map(({ operation, funct5, does }) =>
    define(
      `amo${operation}.${suffix}`,
      atomic(funct5, funct3),
      `Atomically ${does}, ${what}; rd gets what was there, sign-extended.`,
      (emit, { rd, rs1, rs2 }) => {
        emit.writeX(rd, emit.bind(emit.atomic(operation, width, emit.readX(rs1), emit.readX(rs2))));
      },
    ),
  );

export const rv64a = defineExtension(
  'A',
  sizes.flatMap((size) => [...reservations(size), ...readModifyWrites(size)]),
);
