import { Register } from './registers.ts';

/** What the instructions from a function's start up to the pc have done to its frame. Offsets in bytes. */
export interface PrologueState {
  /** What sp is below its value on entry. */
  readonly frameSize: number;
  /** Registers stored on the stack so far, and where: offsets from sp's value on entry, so negative. */
  readonly saved: ReadonlyMap<number, number>;
  /** s0 holds sp's value on entry. */
  readonly hasFramePointer: boolean;
}

/**
 * Reads a prologue as compilers and people write it, for functions without frame descriptions: `addi sp, sp, -n`, `sd
 * ra, k(sp)`, `addi s0, sp, n`, and their compressed forms. Other instructions pass. `code` holds the instructions
 * from the function's start up to, not including, the pc. An instruction behind which the straight line does not go on
 * ends the reading: what is behind it has the frame as it was before, which is right where an early return stands.
 */
export function readPrologue(code: Uint8Array): PrologueState {
  const view = new DataView(code.buffer, code.byteOffset, code.byteLength);
  const saved = new Map<number, number>();
  let depth = 0;
  let hasFramePointer = false;
  for (let at = 0; at + 2 <= code.length;) {
    const low = view.getUint16(at, true);
    const isCompressed = (low & 3) !== 3;
    if (!isCompressed && at + 4 > code.length) break;
    const effect = isCompressed ? decodeCompressed(low) : decode(view.getUint32(at, true));
    at += isCompressed ? 2 : 4;
    switch (effect?.kind) {
      case 'adjust':
        // Freeing the frame is the epilogue: an early return, after which the frame is there again.
        if (effect.by < 0) depth -= effect.by;
        else if (at >= code.length - 4) depth = Math.max(0, depth - effect.by);
        break;
      case 'store':
        if (!saved.has(effect.register)) saved.set(effect.register, effect.offset - depth);
        break;
      case 'frame-pointer':
        hasFramePointer = effect.offset === depth;
        break;
      case undefined:
    }
  }
  return { frameSize: depth, saved, hasFramePointer };
}

type Effect =
  | { readonly kind: 'adjust'; readonly by: number }
  | { readonly kind: 'store'; readonly register: number; readonly offset: number }
  | { readonly kind: 'frame-pointer'; readonly offset: number };

const SP = Register.stackPointer;
const S0 = Register.framePointer;

function decode(instruction: number): Effect | undefined {
  const opcode = instruction & 0x7f;
  const rd = (instruction >>> 7) & 31;
  const function3 = (instruction >>> 12) & 7;
  const rs1 = (instruction >>> 15) & 31;
  const immediate = instruction >> 20;
  if (opcode === 0x13 && function3 === 0 && rs1 === SP) return addToSp(rd, immediate);
  if (opcode === 0x23 && function3 === 3 && rs1 === SP) {
    const register = (instruction >>> 20) & 31;
    return { kind: 'store', register, offset: ((instruction >> 25) << 5) | rd };
  }
  return undefined;
}

function decodeCompressed(instruction: number): Effect | undefined {
  const bit = (from: number, to: number): number => ((instruction >> from) & 1) << to;
  const rd = (instruction >> 7) & 31;
  switch (instruction & 0xe003) {
    case 0x0001: // c.addi
      return rd === SP ? addToSp(SP, ((bit(12, 5) | ((instruction >> 2) & 31)) << 26) >> 26) : undefined;
    case 0x6001: // c.addi16sp
      if (rd !== SP) return undefined;
      return addToSp(SP, ((bit(12, 9) | bit(4, 8) | bit(3, 7) | bit(5, 6) | bit(2, 5) | bit(6, 4)) << 22) >> 22);
    case 0x0000: {
      // c.addi4spn
      const offset = (((instruction >> 11) & 3) << 4) | (((instruction >> 7) & 15) << 6) | bit(6, 2) | bit(5, 3);
      return addToSp(8 + ((instruction >> 2) & 7), offset);
    }
    case 0xe002: // c.sdsp
      return {
        kind: 'store',
        register: (instruction >> 2) & 31,
        offset: (((instruction >> 10) & 7) << 3) | (((instruction >> 7) & 7) << 6),
      };
    default:
      return undefined;
  }
}

function addToSp(rd: number, immediate: number): Effect | undefined {
  if (rd === SP) return { kind: 'adjust', by: immediate };
  return rd === S0 ? { kind: 'frame-pointer', offset: immediate } : undefined;
}
