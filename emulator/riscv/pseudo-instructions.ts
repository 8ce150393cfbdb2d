/**
 * Instructions by their other names: what an assembler accepts and a disassembler prints for particular operands of a
 * base instruction ("RISC-V Assembly Programmer's Manual", and what GNU binutils 2.40 prints).
 */
import { csrName } from './csr.ts';
import type { DecodedInstruction } from './instruction.ts';
import type { OperandSyntax } from './operand-syntax.ts';

export interface PseudoInstruction {
  readonly name: string;
  /** The instruction it stands for. */
  readonly base: string;
  readonly operands: readonly OperandSyntax[];
  /** One line for people; undefined where it says nothing that the base instruction's does not. */
  readonly description: string | undefined;
  /** Whether these operands of the base instruction make it this one. */
  readonly when: (decoded: DecodedInstruction) => boolean;
}

type Condition = PseudoInstruction['when'];

function pseudo(
  name: string,
  base: string,
  operands: readonly OperandSyntax[],
  when: Condition,
  description?: string,
): PseudoInstruction {
  return { name, base, operands, when, description };
}

const always: Condition = () => true;
const fromZero: Condition = ({ rs1 }) => rs1 === 0;
const withZero: Condition = ({ rs2 }) => rs2 === 0;
const discarding: Condition = ({ rd }) => rd === 0;
const linking: Condition = ({ rd }) => rd === 1;
const noOffset: Condition = ({ imm }) => imm === 0;
const immediateOf =
  (value: number): Condition =>
  ({ imm }) =>
    imm === value;
const ofCsr =
  (name: string): Condition =>
  ({ csr }) =>
    csrName(csr) === name;
const all =
  (...conditions: readonly Condition[]): Condition =>
  (decoded) =>
    conditions.every((condition) => condition(decoded));

/** Predecessors and successors both i, o, r and w. */
const EVERYTHING = 0xff;

const arithmetic = [
  pseudo('nop', 'addi', [], all(discarding, fromZero, noOffset), 'Does nothing.'),
  pseudo('li', 'addi', ['rd', 'imm'], fromZero, 'Loads an immediate.'),
  pseudo('mv', 'addi', ['rd', 'rs1'], noOffset, 'Copies a register.'),
  pseudo('sext.w', 'addiw', ['rd', 'rs1'], noOffset, 'Sign-extends the low 32 bits.'),
  pseudo('seqz', 'sltiu', ['rd', 'rs1'], immediateOf(1), '1 if rs1 is zero, else 0.'),
  pseudo('not', 'xori', ['rd', 'rs1'], immediateOf(-1), 'Inverts every bit.'),
  pseudo('zext.b', 'andi', ['rd', 'rs1'], immediateOf(255), 'Zero-extends the low byte.'),
  pseudo('neg', 'sub', ['rd', 'rs2'], fromZero, 'Negates.'),
  pseudo('negw', 'subw', ['rd', 'rs2'], fromZero, 'Negates the low 32 bits; the result is sign-extended.'),
  pseudo('snez', 'sltu', ['rd', 'rs2'], fromZero, '1 if the source is not zero, else 0.'),
  pseudo('sltz', 'slt', ['rd', 'rs1'], withZero, '1 if the source is negative, else 0.'),
  pseudo('sgtz', 'slt', ['rd', 'rs2'], fromZero, '1 if the source is greater than zero, else 0.'),
  // Only c.mv: the 32-bit add of zero is printed as it is.
  pseudo(
    'mv',
    'add',
    ['rd', 'rs2'],
    all(fromZero, ({ length }) => length === 2),
    'Copies a register.',
  ),
  pseudo('zext.w', 'add.uw', ['rd', 'rs1'], withZero, 'Zero-extends the low 32 bits.'),
];

/** Assemblers take the name without the i for immediates too, and binutils prints it so. */
const immediates = [
  ...['add', 'xor', 'or', 'and'].map((name) => pseudo(name, `${name}i`, ['rd', 'rs1', 'imm'], always)),
  pseudo('addw', 'addiw', ['rd', 'rs1', 'imm'], always),
];
const shifts = ['sll', 'srl', 'sra', 'ror', 'bclr', 'bext', 'binv', 'bset'].map((name) =>
  pseudo(name, `${name}i`, ['rd', 'rs1', 'shift'], always),
);
const wordShifts = ['sll', 'srl', 'sra', 'ror'].map((name) =>
  pseudo(`${name}w`, `${name}iw`, ['rd', 'rs1', 'shift'], always),
);

const branches = [
  pseudo('beqz', 'beq', ['rs1', 'target'], withZero, 'Branches if the register is zero.'),
  pseudo('bnez', 'bne', ['rs1', 'target'], withZero, 'Branches if the register is not zero.'),
  pseudo('blez', 'bge', ['rs2', 'target'], fromZero, 'Branches if the register is zero or negative.'),
  pseudo('bgez', 'bge', ['rs1', 'target'], withZero, 'Branches if the register is zero or positive.'),
  pseudo('bltz', 'blt', ['rs1', 'target'], withZero, 'Branches if the register is negative.'),
  pseudo('bgtz', 'blt', ['rs2', 'target'], fromZero, 'Branches if the register is greater than zero.'),
];

const CALLS = 'Calls: ra gets the return address.';
const JUMPS = 'Jumps to the address in a register.';
const jumps = [
  pseudo('j', 'jal', ['target'], discarding, 'Jumps.'),
  pseudo('jal', 'jal', ['target'], linking, CALLS),
  pseudo(
    'ret',
    'jalr',
    [],
    all(discarding, ({ rs1 }) => rs1 === 1, noOffset),
    'Returns to the address in ra.',
  ),
  pseudo('jr', 'jalr', ['rs1'], all(discarding, noOffset), JUMPS),
  pseudo('jr', 'jalr', ['memory'], discarding, JUMPS),
  pseudo('jalr', 'jalr', ['rs1'], all(linking, noOffset), CALLS),
  pseudo('jalr', 'jalr', ['memory'], linking, CALLS),
  pseudo('jalr', 'jalr', ['rd', 'rs1'], noOffset),
];

const counters = ['cycle', 'time', 'instret'].map((name) =>
  pseudo(`rd${name}`, 'csrrs', ['rd'], all(ofCsr(name), fromZero), `Reads the ${name} counter.`),
);

/** The floating-point status under its own names: all of it, its rounding mode, its exception flags. */
const floatStatus = [
  { suffix: 'csr', csr: 'fcsr' },
  { suffix: 'rm', csr: 'frm' },
  { suffix: 'flags', csr: 'fflags' },
].flatMap(({ suffix, csr }) => [
  pseudo(`fr${suffix}`, 'csrrs', ['rd'], all(ofCsr(csr), fromZero), `Reads ${csr}.`),
  pseudo(`fs${suffix}`, 'csrrw', ['rs1'], all(ofCsr(csr), discarding), `Writes ${csr}.`),
  pseudo(`fs${suffix}`, 'csrrw', ['rd', 'rs1'], ofCsr(csr), `Swaps ${csr} with a register.`),
]);
const floatStatusImmediates = [
  pseudo('fsrmi', 'csrrwi', ['rd', 'imm'], ofCsr('frm'), 'Writes an immediate to frm; rd gets the old value.'),
  pseudo('fsflagsi', 'csrrwi', ['rd', 'imm'], ofCsr('fflags'), 'Writes an immediate to fflags; rd gets the old value.'),
];

const controlAndStatus = [
  // A write to a read-only CSR: what assemblers make of unimp.
  pseudo('unimp', 'csrrw', [], all(ofCsr('cycle'), discarding, fromZero), 'Raises an illegal-instruction exception.'),
  pseudo('csrr', 'csrrs', ['rd', 'csr'], fromZero, 'Reads a CSR.'),
  pseudo('csrw', 'csrrw', ['csr', 'rs1'], discarding, 'Writes a CSR.'),
  pseudo('csrs', 'csrrs', ['csr', 'rs1'], discarding, 'Sets bits in a CSR.'),
  pseudo('csrc', 'csrrc', ['csr', 'rs1'], discarding, 'Clears bits in a CSR.'),
  pseudo('csrw', 'csrrwi', ['csr', 'imm'], discarding, 'Writes an immediate to a CSR.'),
  pseudo('csrs', 'csrrsi', ['csr', 'imm'], discarding, 'Sets bits of an immediate in a CSR.'),
  pseudo('csrc', 'csrrci', ['csr', 'imm'], discarding, 'Clears bits of an immediate in a CSR.'),
  pseudo('csrrw', 'csrrwi', ['rd', 'csr', 'imm'], always),
  pseudo('csrrs', 'csrrsi', ['rd', 'csr', 'imm'], always),
  pseudo('csrrc', 'csrrci', ['rd', 'csr', 'imm'], always),
];

const floatSigns = ['s', 'd'].flatMap((suffix) => {
  const same: Condition = ({ rs1, rs2 }) => rs1 === rs2;
  return [
    pseudo(`fmv.${suffix}`, `fsgnj.${suffix}`, ['fd', 'fs1'], same, 'Copies a floating-point register.'),
    pseudo(`fneg.${suffix}`, `fsgnjn.${suffix}`, ['fd', 'fs1'], same, 'Negates.'),
    pseudo(`fabs.${suffix}`, `fsgnjx.${suffix}`, ['fd', 'fs1'], same, 'Absolute value.'),
  ];
});

const fences = [
  pseudo('fence', 'fence', [], immediateOf(EVERYTHING), 'Orders all earlier memory accesses before all later ones.'),
  pseudo('sfence.vma', 'sfence.vma', [], all(fromZero, withZero), 'Orders page-table stores before all translations.'),
  pseudo('sfence.vma', 'sfence.vma', ['rs1'], withZero, 'Orders page-table stores before translations of an address.'),
];

/** All of them; of several that apply to the same operands, the first is meant. */
export const pseudoInstructions: readonly PseudoInstruction[] = [
  ...arithmetic,
  ...immediates,
  ...shifts,
  ...wordShifts,
  ...branches,
  ...jumps,
  ...counters,
  ...floatStatus,
  ...floatStatusImmediates,
  ...controlAndStatus,
  ...floatSigns,
  ...fences,
];

const byBase = new Map<string, PseudoInstruction[]>();
for (const candidate of pseudoInstructions) {
  const others = byBase.get(candidate.base);
  if (others === undefined) byBase.set(candidate.base, [candidate]);
  else others.push(candidate);
}

/** The other name by which these operands of an instruction are known. */
export function pseudoInstructionFor(decoded: DecodedInstruction): PseudoInstruction | undefined {
  return byBase.get(decoded.instruction.name)?.find(({ when }) => when(decoded));
}
