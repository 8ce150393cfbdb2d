/**
 * The assembly language as a whole: every mnemonic that may be written, with its operands and what it does, drawn from
 * the description for hovers and completion.
 */
import type { Extension } from './instruction.ts';
import { instructions } from './instructions.ts';
import { formatSyntax } from './operand-syntax.ts';
import type { OperandSyntax } from './operand-syntax.ts';
import { pseudoInstructions } from './pseudo-instructions.ts';
import { rv64c } from './rv64c.ts';

/** One way of writing an instruction. */
export interface AssemblyForm {
  readonly mnemonic: string;
  /** Placeholders of the operands: `['rd', 'imm(rs1)']`. */
  readonly operands: readonly string[];
  /** One line: what it does. */
  readonly description: string;
  /** What it stands for, if it is another name or a compressed encoding: the mnemonics, or lines of code. */
  readonly standsFor: string | undefined;
  readonly extension: Extension;
}

const placeholders: Readonly<Record<OperandSyntax, string>> = {
  rd: 'rd',
  rs1: 'rs1',
  rs2: 'rs2',
  fd: 'fd',
  fs1: 'fs1',
  fs2: 'fs2',
  fs3: 'fs3',
  imm: 'imm',
  shift: 'shamt',
  upper: 'imm',
  target: 'label',
  memory: 'imm(rs1)',
  address: '(rs1)',
  csr: 'csr',
  rounding: '[rm]',
  predecessors: 'pred',
  successors: 'succ',
};

const written = (syntax: readonly OperandSyntax[]): readonly string[] => syntax.map((operand) => placeholders[operand]);

const baseForms: readonly AssemblyForm[] = instructions.map(({ name, format, description, extension }) => ({
  mnemonic: name,
  operands: written(formatSyntax[format]),
  description,
  standsFor: undefined,
  extension,
}));

/** The acquire and release variants of atomics. */
const orderedForms: readonly AssemblyForm[] = baseForms
  .filter(({ extension }) => extension === 'A')
  .flatMap((form) =>
    [
      { suffix: 'aq', orders: 'Ordered before everything after it.' },
      { suffix: 'rl', orders: 'Ordered after everything before it.' },
      { suffix: 'aqrl', orders: 'Ordered with everything before and after it.' },
    ].map(({ suffix, orders }) => ({
      ...form,
      mnemonic: `${form.mnemonic}.${suffix}`,
      description: `${form.description} ${orders}`,
    })),
  );

const byName = new Map(instructions.map((instruction) => [instruction.name, instruction]));

const pseudoForms: readonly AssemblyForm[] = pseudoInstructions.flatMap(({ name, base, operands, description }) => {
  const instruction = byName.get(base);
  if (instruction === undefined) return [];
  return {
    mnemonic: name,
    operands: written(operands),
    description: description ?? instruction.description,
    standsFor: base,
    extension: instruction.extension,
  };
});

/** C's forms; a hint has the mnemonic of what it is a case of. */
const compressedForms: readonly AssemblyForm[] = rv64c
  .filter(({ hint }) => !hint)
  .map(({ name, syntax, expansion }) => ({
    mnemonic: name,
    operands: written(syntax),
    description: expansion.description,
    standsFor: expansion.name,
    extension: 'C',
  }));

/** What only an assembler knows: these become other instructions, and a disassembler cannot tell. */
const assemblerForms: readonly AssemblyForm[] = [
  macro('la', ['rd', 'symbol'], 'Loads an address.', 'auipc, addi'),
  macro('lla', ['rd', 'symbol'], 'Loads an address relative to pc.', 'auipc, addi'),
  macro('call', ['symbol'], 'Calls a function at any distance.', 'auipc ra, jalr ra'),
  macro('tail', ['symbol'], 'Jumps to a function at any distance; overwrites t1.', 'auipc t1, jalr zero'),
  macro('bgt', ['rs1', 'rs2', 'label'], 'Branches if rs1 > rs2, signed.', 'blt rs2, rs1'),
  macro('ble', ['rs1', 'rs2', 'label'], 'Branches if rs1 <= rs2, signed.', 'bge rs2, rs1'),
  macro('bgtu', ['rs1', 'rs2', 'label'], 'Branches if rs1 > rs2, unsigned.', 'bltu rs2, rs1'),
  macro('bleu', ['rs1', 'rs2', 'label'], 'Branches if rs1 <= rs2, unsigned.', 'bgeu rs2, rs1'),
  macro('sgt', ['rd', 'rs1', 'rs2'], '1 if rs1 > rs2, signed, else 0.', 'slt rd, rs2, rs1'),
  macro('sgtu', ['rd', 'rs1', 'rs2'], '1 if rs1 > rs2, unsigned, else 0.', 'sltu rd, rs2, rs1'),
  macro('csrwi', ['csr', 'imm'], 'Writes an immediate to a CSR.', 'csrrwi zero'),
  macro('csrsi', ['csr', 'imm'], 'Sets bits of an immediate in a CSR.', 'csrrsi zero'),
  macro('csrci', ['csr', 'imm'], 'Clears bits of an immediate in a CSR.', 'csrrci zero'),
];

function macro(mnemonic: string, operands: readonly string[], description: string, standsFor: string): AssemblyForm {
  return { mnemonic, operands, description, standsFor, extension: 'I' };
}

/** Every form; a mnemonic may have several. */
export const assemblyForms: readonly AssemblyForm[] = [
  ...baseForms,
  ...orderedForms,
  ...pseudoForms,
  ...compressedForms,
  ...assemblerForms,
];

const formsByMnemonic = new Map<string, AssemblyForm[]>();
for (const form of assemblyForms) {
  const others = formsByMnemonic.get(form.mnemonic);
  if (others === undefined) formsByMnemonic.set(form.mnemonic, [form]);
  else others.push(form);
}

/** The ways of writing a mnemonic, in lower case; none if it is no instruction. */
export function assemblyFormsOf(mnemonic: string): readonly AssemblyForm[] {
  return formsByMnemonic.get(mnemonic) ?? [];
}
