import { csrName } from './csr.ts';
import { decode, findCompressed } from './decoder.ts';
import type { DecodedInstruction, Instruction } from './instruction.ts';
import { formatSyntax } from './operand-syntax.ts';
import type { OperandSyntax } from './operand-syntax.ts';
import { pseudoInstructionFor } from './pseudo-instructions.ts';
import { floatRegisterName, integerRegisterName } from './registers.ts';

export interface DisassemblyOptions {
  /** Pseudo-instructions, and compressed instructions as what they stand for. On unless it is false. */
  readonly aliases?: boolean;
  /** Registers as x10 and f10 rather than a0 and fa0. */
  readonly numericRegisters?: boolean;
  /** What to write after an address, such as `main+4`. */
  readonly symbolize?: (address: bigint) => string | undefined;
}

export interface Disassembly {
  /** Mnemonic and operands, separated by one space: `addi a0,a0,1`. */
  readonly text: string;
  readonly mnemonic: string;
  readonly operands: readonly string[];
  /** Bytes in memory: 2 or 4. */
  readonly length: 2 | 4;
  /** The instruction carried out; undefined for bits that are none, which are shown as data. */
  readonly instruction: Instruction | undefined;
  /** Where a jump or branch goes, if the encoding alone says so. */
  readonly target: bigint | undefined;
}

/** The operation of an instruction as text: its name and how its operands are written. */
interface Spelling {
  readonly mnemonic: string;
  readonly syntax: readonly OperandSyntax[];
}

/** Everything an operand's text depends on. */
interface Context {
  readonly bits: number;
  readonly pc: bigint;
  readonly decoded: DecodedInstruction;
  readonly options: DisassemblyOptions;
}

/**
 * The text of an instruction as GNU objdump 2.40 spells it.
 *
 * @param bits as for `decode`.
 * @param pc its address, for the targets of jumps and branches.
 */
export function disassemble(bits: number, pc: bigint, options: DisassemblyOptions = {}): Disassembly {
  const decoded = decode(bits);
  if (decoded === undefined) return data(bits, options);
  const { mnemonic, syntax } = spelling(decoded, bits, options);
  const context = { bits, pc, decoded, options };
  const operands = syntax.map((operand) => operandText(operand, context)).filter((text) => text !== undefined);
  return {
    text: operands.length === 0 ? mnemonic : `${mnemonic} ${operands.join(',')}`,
    mnemonic,
    operands,
    length: decoded.length,
    instruction: decoded.instruction,
    target: syntax.includes('target') ? targetOf(context) : undefined,
  };
}

/** Bits that are no instruction. Sixteen zeros are what assemblers make of unimp, so that running into them traps. */
function data(bits: number, { aliases = true }: DisassemblyOptions): Disassembly {
  const length = (bits & 3) === 3 ? 4 : 2;
  const value = length === 4 ? bits >>> 0 : bits & 0xffff;
  const none = { length, instruction: undefined, target: undefined } as const;
  if (value === 0) {
    const mnemonic = aliases ? 'unimp' : 'c.unimp';
    return { text: mnemonic, mnemonic, operands: [], ...none };
  }
  const [mnemonic, operand] = [length === 4 ? '.4byte' : '.2byte', `0x${value.toString(16)}`];
  return { text: `${mnemonic} ${operand}`, mnemonic, operands: [operand], ...none };
}

function spelling(decoded: DecodedInstruction, bits: number, { aliases = true }: DisassemblyOptions): Spelling {
  const compressed = decoded.length === 2 ? findCompressed(bits & 0xffff) : undefined;
  if (compressed !== undefined && (compressed.hint || !aliases)) {
    return { mnemonic: compressed.name, syntax: compressed.syntax };
  }
  const pseudo = aliases ? pseudoInstructionFor(decoded) : undefined;
  if (pseudo !== undefined) return { mnemonic: pseudo.name, syntax: pseudo.operands };
  const { name, extension, format } = decoded.instruction;
  return { mnemonic: extension === 'A' ? name + orderingSuffix(bits) : name, syntax: formatSyntax[format] };
}

/** The aq and rl bits of an atomic: acquire, bit 26, and release, bit 25. */
function orderingSuffix(bits: number): string {
  return ['', '.rl', '.aq', '.aqrl'][(bits >>> 25) & 3] ?? '';
}

/** Conversions that are always exact: they are assembled with rne, which is then not written. */
const exactConversions: readonly string[] = ['fcvt.d.w', 'fcvt.d.wu', 'fcvt.d.s'];

function roundingText({ rm, instruction }: DecodedInstruction): string | undefined {
  const implied = exactConversions.includes(instruction.name) ? 'rne' : 'dyn';
  const mode = roundingModes[rm];
  return mode === implied ? undefined : mode;
}

const roundingModes = ['rne', 'rtz', 'rdn', 'rup', 'rmm', 'unknown', 'unknown', 'dyn'];

/** The text of an operand; undefined where it is left out. */
function operandText(operand: OperandSyntax, context: Context): string | undefined {
  const { decoded, options } = context;
  const x = (number: number): string => integerRegisterName(number, options.numericRegisters);
  const f = (number: number): string => floatRegisterName(number, options.numericRegisters);
  switch (operand) {
    case 'rd':
      return x(decoded.rd);
    case 'rs1':
      return x(decoded.rs1);
    case 'rs2':
      return x(decoded.rs2);
    case 'fd':
      return f(decoded.rd);
    case 'fs1':
      return f(decoded.rs1);
    case 'fs2':
      return f(decoded.rs2);
    case 'fs3':
      return f(decoded.rs3);
    case 'imm':
      return String(decoded.imm);
    case 'shift':
      return `0x${decoded.imm.toString(16)}`;
    case 'upper':
      return `0x${(decoded.imm >>> 12).toString(16)}`;
    case 'target':
      return addressText(targetOf(context), options);
    case 'memory':
      return `${decoded.imm}(${x(decoded.rs1)})`;
    case 'address':
      return `(${x(decoded.rs1)})`;
    case 'csr':
      return csrName(decoded.csr) ?? `0x${decoded.csr.toString(16)}`;
    case 'rounding':
      return roundingText(decoded);
    case 'predecessors':
      return fenceSet(decoded.imm >>> 4);
    case 'successors':
      return fenceSet(decoded.imm & 15);
  }
}

function targetOf({ pc, decoded }: Context): bigint {
  return BigInt.asUintN(64, pc + BigInt(decoded.imm));
}

function addressText(address: bigint, { symbolize }: DisassemblyOptions): string {
  const symbol = symbolize?.(address);
  const number = `0x${address.toString(16)}`;
  return symbol === undefined ? number : `${number} <${symbol}>`;
}

function fenceSet(bits: number): string {
  const letters = ['i', 'o', 'r', 'w'].filter((_, index) => (bits & (8 >> index)) !== 0).join('');
  return letters === '' ? 'unknown' : letters;
}
