import type { DecodedInstruction } from '../../../emulator/riscv/instruction.ts';
import type { ProgramFunction } from '../program.ts';

/** How an instruction passes control on, as stepping sees it. */
export type Flow =
  /** To the next instruction, or somewhere in the same function. */
  | { readonly kind: 'within' }
  /**
   * A call: a jump that keeps the return address in `link` (x1, or x5 for the compiler's own helpers). `target` is undefined
   * when a register tells it.
   */
  | { readonly kind: 'call'; readonly link: 1 | 5; readonly target: bigint | undefined }
  /** A return through x1 or x5. */
  | { readonly kind: 'return' }
  /** A jump to elsewhere that keeps no return address: a tail call, or a jump through a table. */
  | { readonly kind: 'jump'; readonly target: bigint | undefined }
  /** ecall: asks the environment, mostly by a trap, and goes on at the next instruction. */
  | { readonly kind: 'environment-call' }
  /** mret or sret. */
  | { readonly kind: 'trap-return' };

/** An instruction in place. */
export interface PlacedInstruction {
  readonly address: bigint;
  readonly length: 2 | 4;
  readonly flow: Flow;
  /** It puts something into sp that does not count from sp: another task's stack, maybe. */
  readonly setsStack: boolean;
}

/** Where the instruction after it lies. */
export function behind(instruction: PlacedInstruction): bigint {
  return instruction.address + BigInt(instruction.length);
}

/** Decodes 32 bits, of which a compressed instruction uses the low 16. */
export type Decode = (bits: number) => DecodedInstruction | undefined;

/** The longest function whose instructions are looked at, bytes. Beyond it, only what lies before is known. */
const LONGEST_FUNCTION = 1 << 20;

const WITHIN: Flow = { kind: 'within' };

/** Decodes the code at [address, address + bytes.length); what does not decode is passed over two bytes at a time. */
export function* instructionsIn(bytes: Uint8Array, address: bigint, decode: Decode): Generator<PlacedInstruction> {
  let offset = 0;
  /** The page address that the instruction before put into a register: far calls are made of two. */
  let upper: UpperAddress | undefined;
  while (offset + 2 <= bytes.length) {
    const decoded = decode(bitsAt(bytes, offset));
    const at = address + BigInt(offset);
    const length = decoded?.length ?? 2;
    if (decoded !== undefined && offset + length <= bytes.length) {
      yield { address: at, length, flow: flowOf(decoded, at, upper), setsStack: setsStack(decoded) };
    }
    upper =
      decoded?.instruction.name === 'auipc' ? { register: decoded.rd, value: at + BigInt(decoded.imm) } : undefined;
    offset += length;
  }
}

/** What auipc left in a register. */
interface UpperAddress {
  readonly register: number;
  readonly value: bigint;
}

/** All instructions of a function, from memory as it is now. */
export function instructionsOf(
  fn: ProgramFunction,
  read: (address: bigint, length: number) => Uint8Array,
  decode: Decode,
): readonly PlacedInstruction[] {
  return fn.ranges.flatMap((range) => {
    const length = Math.min(Number(range.high - range.low), LONGEST_FUNCTION);
    return [...instructionsIn(read(range.low, length), range.low, decode)];
  });
}

/** The instruction at an address; undefined when it cannot be read or decoded. */
export function instructionAt(
  address: bigint,
  read: (address: bigint, length: number) => Uint8Array,
  decode: Decode,
): PlacedInstruction | undefined {
  for (const found of instructionsIn(read(address, 4), address, decode)) {
    return found.address === address ? found : undefined;
  }
  return undefined;
}

/** How control passes on. The link registers follow the calling convention (RISC-V ISA manual, 2.5.1). */
export function flowOf(decoded: DecodedInstruction, address: bigint, upper?: UpperAddress): Flow {
  const { instruction, rd, rs1, imm } = decoded;
  const target = BigInt.asUintN(64, address + BigInt(imm));
  switch (instruction.name) {
    case 'jal':
      return rd === 1 || rd === 5 ? { kind: 'call', link: rd, target } : { kind: 'jump', target };
    case 'jalr':
      if (rd === 1 || rd === 5) {
        const far = upper?.register === rs1 ? BigInt.asUintN(64, upper.value + BigInt(imm)) : undefined;
        return { kind: 'call', link: rd, target: far };
      }
      if (rd === 0 && (rs1 === 1 || rs1 === 5)) return { kind: 'return' };
      return { kind: 'jump', target: undefined };
    case 'beq':
    case 'bne':
    case 'blt':
    case 'bge':
    case 'bltu':
    case 'bgeu':
      return { kind: 'jump', target };
    case 'ecall':
      return { kind: 'environment-call' };
    case 'mret':
    case 'sret':
      return { kind: 'trap-return' };
    default:
      return WITHIN;
  }
}

const SP = 2;

/** Formats whose rd is a floating-point register. */
const FLOAT_DESTINATION = new Set(['FR', 'FR-rm', 'FR4', 'F-unary-rm', 'F-load', 'x-to-F', 'x-to-F-rm']);

function setsStack({ instruction, rd, rs1 }: DecodedInstruction): boolean {
  if (rd !== SP || FLOAT_DESTINATION.has(instruction.format)) return false;
  return instruction.name !== 'addi' || rs1 !== SP;
}

function bitsAt(bytes: Uint8Array, offset: number): number {
  const byte = (index: number): number => bytes[offset + index] ?? 0;
  return (byte(0) | (byte(1) << 8) | (byte(2) << 16) | (byte(3) << 24)) >>> 0;
}
