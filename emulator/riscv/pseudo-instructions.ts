/**
 * Instructions by their other names: what an assembler accepts and a disassembler prints for particular operands of a
 * base instruction ("RISC-V Assembly Programmer's Manual", and what GNU binutils 2.40 prints).
 */
import type { DecodedInstruction } from './instruction.ts';
import type { OperandSyntax } from './operand-syntax.ts';

export interface PseudoInstruction {
  readonly name: string;
  /** The instruction it stands for. */
  readonly base: string;
  readonly operands: readonly OperandSyntax[];
  /** Whether these operands of the base instruction make it this one. */
  readonly when: (decoded: DecodedInstruction) => boolean;
}

type Condition = PseudoInstruction['when'];

const pseudo = (
  name: string,
  base: string,
  operands: readonly OperandSyntax[],
  when: Condition,
): PseudoInstruction => ({
  name,
  base,
  operands,
  when,
});

const always: Condition = () => true;
const fromZero: Condition = ({ rs1 }) => rs1 === 0;
const withZero: Condition = ({ rs2 }) => rs2 === 0;
const discarding: Condition = ({ rd }) => rd === 0;
const linking: Condition = ({ rd }) => rd === 1;
const noOffset: Condition = ({ imm }) => imm === 0;
const both =
  (first: Condition, second: Condition): Condition =>
  (decoded) =>
    first(decoded) && second(decoded);

const FCSR = { fflags: 0x001, frm: 0x002, fcsr: 0x003 };
const COUNTERS = { cycle: 0xc00, time: 0xc01, instret: 0xc02 };
const IORW_IORW = 0xff;

const arithmetic = [
  pseudo('nop', 'addi', [], ({ rd, rs1, imm }) => rd === 0 && rs1 === 0 && imm === 0),
  pseudo('li', 'addi', ['rd', 'imm'], fromZero),
  pseudo('mv', 'addi', ['rd', 'rs1'], noOffset),
  pseudo('sext.w', 'addiw', ['rd', 'rs1'], noOffset),
  pseudo('seqz', 'sltiu', ['rd', 'rs1'], ({ imm }) => imm === 1),
  pseudo('not', 'xori', ['rd', 'rs1'], ({ imm }) => imm === -1),
  pseudo('zext.b', 'andi', ['rd', 'rs1'], ({ imm }) => imm === 255),
  pseudo('neg', 'sub', ['rd', 'rs2'], fromZero),
  pseudo('negw', 'subw', ['rd', 'rs2'], fromZero),
  pseudo('snez', 'sltu', ['rd', 'rs2'], fromZero),
  pseudo('sltz', 'slt', ['rd', 'rs1'], withZero),
  pseudo('sgtz', 'slt', ['rd', 'rs2'], fromZero),
  // Only c.mv: the 32-bit add of zero is printed as it is.
  pseudo('mv', 'add', ['rd', 'rs2'], ({ rs1, length }) => rs1 === 0 && length === 2),
  pseudo('zext.w', 'add.uw', ['rd', 'rs1'], withZero),
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
  pseudo('beqz', 'beq', ['rs1', 'target'], withZero),
  pseudo('bnez', 'bne', ['rs1', 'target'], withZero),
  pseudo('blez', 'bge', ['rs2', 'target'], fromZero),
  pseudo('bgez', 'bge', ['rs1', 'target'], withZero),
  pseudo('bltz', 'blt', ['rs1', 'target'], withZero),
  pseudo('bgtz', 'blt', ['rs2', 'target'], fromZero),
];

const jumps = [
  pseudo('j', 'jal', ['target'], discarding),
  pseudo('jal', 'jal', ['target'], linking),
  pseudo('ret', 'jalr', [], ({ rd, rs1, imm }) => rd === 0 && rs1 === 1 && imm === 0),
  pseudo('jr', 'jalr', ['rs1'], both(discarding, noOffset)),
  pseudo('jr', 'jalr', ['memory'], discarding),
  pseudo('jalr', 'jalr', ['rs1'], both(linking, noOffset)),
  pseudo('jalr', 'jalr', ['memory'], linking),
  pseudo('jalr', 'jalr', ['rd', 'rs1'], noOffset),
];

const counters = Object.entries(COUNTERS).map(([name, number]) =>
  pseudo(`rd${name}`, 'csrrs', ['rd'], ({ csr, rs1 }) => csr === number && rs1 === 0),
);

/** frcsr, fscsr and so on for each of the floating-point CSRs. */
const floatStatus = [
  { read: 'frcsr', write: 'fscsr', number: FCSR.fcsr },
  { read: 'frrm', write: 'fsrm', number: FCSR.frm },
  { read: 'frflags', write: 'fsflags', number: FCSR.fflags },
].flatMap(({ read, write, number }) => {
  const named: Condition = ({ csr }) => csr === number;
  return [
    pseudo(read, 'csrrs', ['rd'], both(named, fromZero)),
    pseudo(write, 'csrrw', ['rs1'], both(named, discarding)),
    pseudo(write, 'csrrw', ['rd', 'rs1'], named),
  ];
});
const floatStatusImmediates = [
  pseudo('fsrmi', 'csrrwi', ['rd', 'imm'], ({ csr }) => csr === FCSR.frm),
  pseudo('fsflagsi', 'csrrwi', ['rd', 'imm'], ({ csr }) => csr === FCSR.fflags),
];

const controlAndStatus = [
  // A write to a read-only CSR: what assemblers make of unimp.
  pseudo('unimp', 'csrrw', [], ({ rd, rs1, csr }) => rd === 0 && rs1 === 0 && csr === COUNTERS.cycle),
  pseudo('csrr', 'csrrs', ['rd', 'csr'], fromZero),
  pseudo('csrw', 'csrrw', ['csr', 'rs1'], discarding),
  pseudo('csrs', 'csrrs', ['csr', 'rs1'], discarding),
  pseudo('csrc', 'csrrc', ['csr', 'rs1'], discarding),
  pseudo('csrw', 'csrrwi', ['csr', 'imm'], discarding),
  pseudo('csrs', 'csrrsi', ['csr', 'imm'], discarding),
  pseudo('csrc', 'csrrci', ['csr', 'imm'], discarding),
  pseudo('csrrw', 'csrrwi', ['rd', 'csr', 'imm'], always),
  pseudo('csrrs', 'csrrsi', ['rd', 'csr', 'imm'], always),
  pseudo('csrrc', 'csrrci', ['rd', 'csr', 'imm'], always),
];

const floatSigns = ['s', 'd'].flatMap((suffix) => {
  const same: Condition = ({ rs1, rs2 }) => rs1 === rs2;
  return [
    pseudo(`fmv.${suffix}`, `fsgnj.${suffix}`, ['fd', 'fs1'], same),
    pseudo(`fneg.${suffix}`, `fsgnjn.${suffix}`, ['fd', 'fs1'], same),
    pseudo(`fabs.${suffix}`, `fsgnjx.${suffix}`, ['fd', 'fs1'], same),
  ];
});

const fences = [
  pseudo('fence', 'fence', [], ({ imm }) => imm === IORW_IORW),
  pseudo('sfence.vma', 'sfence.vma', [], both(fromZero, withZero)),
  pseudo('sfence.vma', 'sfence.vma', ['rs1'], withZero),
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
