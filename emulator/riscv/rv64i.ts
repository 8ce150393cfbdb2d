/** RV64I, the base integer instruction set (The RISC-V Instruction Set Manual, Volume I, ch. "RV32I" and "RV64I"). */
import { define, defineExtension } from './define.ts';
import { byFunct3, byFunct6, byFunct7, byOpcode, exactly, opcode } from './encoding.ts';
import {
  binary,
  binaryImmediate,
  binaryImmediateWord,
  binaryWord,
  branch,
  load,
  nothing,
  store,
  wordAmount,
} from './semantics.ts';
import type { Binary } from './semantics.ts';

const setLessThan: Binary = (emit, a, b) => emit.fromCondition(emit.ltS(a, b));
const setLessThanUnsigned: Binary = (emit, a, b) => emit.fromCondition(emit.ltU(a, b));
const shiftLeftWord: Binary = (emit, a, amount) => emit.shl(a, wordAmount(emit, amount));
const shiftRightWord: Binary = (emit, a, amount) => emit.shrU(emit.zeroExtend(a, 32), wordAmount(emit, amount));
const shiftRightArithmeticWord: Binary = (emit, a, amount) =>
  emit.shrS(emit.signExtend(a, 32), wordAmount(emit, amount));

const upperImmediates = [
  define(
    'lui',
    byOpcode('U', opcode.lui),
    'Loads an immediate into bits 31 to 12, sign-extended.',
    (emit, { rd, imm }) => {
      emit.writeX(rd, emit.immediate(imm));
    },
  ),
  define('auipc', byOpcode('U', opcode.auipc), 'Adds an immediate, shifted left by 12, to pc.', (emit, { rd, imm }) => {
    emit.writeX(rd, emit.add(emit.pc(), emit.immediate(imm)));
  }),
];

const jumps = [
  define('jal', byOpcode('J', opcode.jal), 'Jumps to pc + offset; rd gets the return address.', (emit, { rd, imm }) => {
    emit.writeX(rd, emit.nextPc());
    emit.jumpRelative(imm);
  }),
  define(
    'jalr',
    byFunct3('load', opcode.jalr, 0),
    'Jumps to rs1 + offset with bit 0 cleared; rd gets the return address.',
    (emit, { rd, rs1, imm }) => {
      // rd may be rs1: the target is computed first.
      const target = emit.bind(emit.and(emit.add(emit.readX(rs1), emit.immediate(imm)), emit.constant(-2)));
      emit.writeX(rd, emit.nextPc());
      emit.jump(target);
    },
  ),
];

const branches = [
  define(
    'beq',
    byFunct3('B', opcode.branch, 0),
    'Branches if rs1 equals rs2.',
    branch((emit, a, b) => emit.eq(a, b)),
  ),
  define(
    'bne',
    byFunct3('B', opcode.branch, 1),
    'Branches if rs1 differs from rs2.',
    branch((emit, a, b) => emit.ne(a, b)),
  ),
  define(
    'blt',
    byFunct3('B', opcode.branch, 4),
    'Branches if rs1 < rs2, signed.',
    branch((emit, a, b) => emit.ltS(a, b)),
  ),
  define(
    'bge',
    byFunct3('B', opcode.branch, 5),
    'Branches if rs1 >= rs2, signed.',
    branch((emit, a, b) => emit.geS(a, b)),
  ),
  define(
    'bltu',
    byFunct3('B', opcode.branch, 6),
    'Branches if rs1 < rs2, unsigned.',
    branch((emit, a, b) => emit.ltU(a, b)),
  ),
  define(
    'bgeu',
    byFunct3('B', opcode.branch, 7),
    'Branches if rs1 >= rs2, unsigned.',
    branch((emit, a, b) => emit.geU(a, b)),
  ),
];

const loads = [
  define('lb', byFunct3('load', opcode.load, 0), 'Loads a byte, sign-extended.', load(1, 'signed')),
  define('lh', byFunct3('load', opcode.load, 1), 'Loads 16 bits, sign-extended.', load(2, 'signed')),
  define('lw', byFunct3('load', opcode.load, 2), 'Loads 32 bits, sign-extended.', load(4, 'signed')),
  define('ld', byFunct3('load', opcode.load, 3), 'Loads 64 bits.', load(8, 'unsigned')),
  define('lbu', byFunct3('load', opcode.load, 4), 'Loads a byte, zero-extended.', load(1, 'unsigned')),
  define('lhu', byFunct3('load', opcode.load, 5), 'Loads 16 bits, zero-extended.', load(2, 'unsigned')),
  define('lwu', byFunct3('load', opcode.load, 6), 'Loads 32 bits, zero-extended.', load(4, 'unsigned')),
];

const stores = [
  define('sb', byFunct3('S', opcode.store, 0), 'Stores the low byte of rs2.', store(1)),
  define('sh', byFunct3('S', opcode.store, 1), 'Stores the low 16 bits of rs2.', store(2)),
  define('sw', byFunct3('S', opcode.store, 2), 'Stores the low 32 bits of rs2.', store(4)),
  define('sd', byFunct3('S', opcode.store, 3), 'Stores rs2, 64 bits.', store(8)),
];

const immediates = [
  define(
    'addi',
    byFunct3('I', opcode.opImm, 0),
    'Adds an immediate.',
    binaryImmediate((emit, a, b) => emit.add(a, b)),
  ),
  define('slti', byFunct3('I', opcode.opImm, 2), '1 if rs1 < immediate, signed, else 0.', binaryImmediate(setLessThan)),
  define(
    'sltiu',
    byFunct3('I', opcode.opImm, 3),
    '1 if rs1 < the sign-extended immediate, compared unsigned, else 0.',
    binaryImmediate(setLessThanUnsigned),
  ),
  define(
    'xori',
    byFunct3('I', opcode.opImm, 4),
    'Exclusive or with an immediate.',
    binaryImmediate((emit, a, b) => emit.xor(a, b)),
  ),
  define(
    'ori',
    byFunct3('I', opcode.opImm, 6),
    'Or with an immediate.',
    binaryImmediate((emit, a, b) => emit.or(a, b)),
  ),
  define(
    'andi',
    byFunct3('I', opcode.opImm, 7),
    'And with an immediate.',
    binaryImmediate((emit, a, b) => emit.and(a, b)),
  ),
  define(
    'slli',
    byFunct6('shift6', opcode.opImm, 1, 0x00),
    'Shifts left.',
    binaryImmediate((emit, a, b) => emit.shl(a, b)),
  ),
  define(
    'srli',
    byFunct6('shift6', opcode.opImm, 5, 0x00),
    'Shifts right, filling with zeros.',
    binaryImmediate((emit, a, b) => emit.shrU(a, b)),
  ),
  define(
    'srai',
    byFunct6('shift6', opcode.opImm, 5, 0x10),
    'Shifts right, filling with the sign.',
    binaryImmediate((emit, a, b) => emit.shrS(a, b)),
  ),
];

const registers = [
  define(
    'add',
    byFunct7('R', opcode.op, 0, 0x00),
    'Adds.',
    binary((emit, a, b) => emit.add(a, b)),
  ),
  define(
    'sub',
    byFunct7('R', opcode.op, 0, 0x20),
    'Subtracts rs2 from rs1.',
    binary((emit, a, b) => emit.sub(a, b)),
  ),
  define(
    'sll',
    byFunct7('R', opcode.op, 1, 0x00),
    'Shifts left by rs2 modulo 64.',
    binary((emit, a, b) => emit.shl(a, b)),
  ),
  define('slt', byFunct7('R', opcode.op, 2, 0x00), '1 if rs1 < rs2, signed, else 0.', binary(setLessThan)),
  define('sltu', byFunct7('R', opcode.op, 3, 0x00), '1 if rs1 < rs2, unsigned, else 0.', binary(setLessThanUnsigned)),
  define(
    'xor',
    byFunct7('R', opcode.op, 4, 0x00),
    'Exclusive or.',
    binary((emit, a, b) => emit.xor(a, b)),
  ),
  define(
    'srl',
    byFunct7('R', opcode.op, 5, 0x00),
    'Shifts right by rs2 modulo 64, filling with zeros.',
    binary((emit, a, b) => emit.shrU(a, b)),
  ),
  define(
    'sra',
    byFunct7('R', opcode.op, 5, 0x20),
    'Shifts right by rs2 modulo 64, filling with the sign.',
    binary((emit, a, b) => emit.shrS(a, b)),
  ),
  define(
    'or',
    byFunct7('R', opcode.op, 6, 0x00),
    'Or.',
    binary((emit, a, b) => emit.or(a, b)),
  ),
  define(
    'and',
    byFunct7('R', opcode.op, 7, 0x00),
    'And.',
    binary((emit, a, b) => emit.and(a, b)),
  ),
];

const words = [
  define(
    'addiw',
    byFunct3('I', opcode.opImm32, 0),
    'Adds an immediate to the low 32 bits; the result is sign-extended.',
    binaryImmediateWord((emit, a, b) => emit.add(a, b)),
  ),
  define(
    'slliw',
    byFunct7('shift5', opcode.opImm32, 1, 0x00),
    'Shifts the low 32 bits left; the result is sign-extended.',
    binaryImmediateWord(shiftLeftWord),
  ),
  define(
    'srliw',
    byFunct7('shift5', opcode.opImm32, 5, 0x00),
    'Shifts the low 32 bits right, filling with zeros; the result is sign-extended.',
    binaryImmediateWord(shiftRightWord),
  ),
  define(
    'sraiw',
    byFunct7('shift5', opcode.opImm32, 5, 0x20),
    'Shifts the low 32 bits right, filling with their sign.',
    binaryImmediateWord(shiftRightArithmeticWord),
  ),
  define(
    'addw',
    byFunct7('R', opcode.op32, 0, 0x00),
    'Adds the low 32 bits; the result is sign-extended.',
    binaryWord((emit, a, b) => emit.add(a, b)),
  ),
  define(
    'subw',
    byFunct7('R', opcode.op32, 0, 0x20),
    'Subtracts the low 32 bits; the result is sign-extended.',
    binaryWord((emit, a, b) => emit.sub(a, b)),
  ),
  define(
    'sllw',
    byFunct7('R', opcode.op32, 1, 0x00),
    'Shifts the low 32 bits left by rs2 modulo 32; the result is sign-extended.',
    binaryWord(shiftLeftWord),
  ),
  define(
    'srlw',
    byFunct7('R', opcode.op32, 5, 0x00),
    'Shifts the low 32 bits right by rs2 modulo 32, filling with zeros; the result is sign-extended.',
    binaryWord(shiftRightWord),
  ),
  define(
    'sraw',
    byFunct7('R', opcode.op32, 5, 0x20),
    'Shifts the low 32 bits right by rs2 modulo 32, filling with their sign.',
    binaryWord(shiftRightArithmeticWord),
  ),
];

const orderingAndEnvironment = [
  // Reserved fm, rs1 and rd values are to be carried out as a full fence, so they are not part of what identifies it.
  define('fence', byFunct3('fence', opcode.miscMem, 0), 'Orders earlier memory accesses before later ones.', nothing),
  define('fence.tso', exactly(0x8330000f), 'Orders all but earlier stores before later loads.', nothing),
  define(
    'ecall',
    exactly(0x00000073),
    'Calls the execution environment: raises an environment-call exception.',
    (emit) => {
      emit.system('ecall');
    },
  ),
  define('ebreak', exactly(0x00100073), 'Raises a breakpoint exception.', (emit) => {
    emit.system('ebreak');
  }),
];

export const rv64i = defineExtension('I', [
  ...upperImmediates,
  ...jumps,
  ...branches,
  ...loads,
  ...stores,
  ...immediates,
  ...registers,
  ...words,
  ...orderingAndEnvironment,
]);
