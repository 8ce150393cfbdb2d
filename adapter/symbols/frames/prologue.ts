import { Register } from './registers.ts';

/** What the instructions from a function's start up to the pc have done to its frame. Offsets in bytes. */
export interface FrameState {
  /** What sp is below its value on entry. */
  readonly frameSize: number;
  /** Registers that are on the stack and not back from it: offsets from sp's value on entry, so negative. */
  readonly saved: ReadonlyMap<number, number>;
  /** s0 holds sp's value on entry. */
  readonly hasFramePointer: boolean;
  /** ra was put on the stack, even if it is back: it is not a call's remains. */
  readonly keepsReturnAddress: boolean;
}

/**
 * Reads the frame of a function without frame descriptions from its instructions, as compilers and people write them:
 * `addi sp, sp, -n`, `sd ra, k(sp)`, `addi s0, sp, n`, what undoes them, and their compressed forms. Others pass.
 * `code` holds the instructions from the function's start up to, not including, the pc. Behind a return or jump the
 * frame is again as its prologue left it: there stands what an early return was jumped over for.
 */
export function readFrame(code: Uint8Array): FrameState {
  const view = new DataView(code.buffer, code.byteOffset, code.byteLength);
  let present: FrameState = { frameSize: 0, saved: new Map(), hasFramePointer: false, keepsReturnAddress: false };
  let built = present;
  for (let at = 0; at + 2 <= code.length;) {
    const low = view.getUint16(at, true);
    const isCompressed = (low & 3) !== 3;
    if (!isCompressed && at + 4 > code.length) break;
    const effect = isCompressed ? decodeCompressed(low) : decode(view.getUint32(at, true));
    at += isCompressed ? 2 : 4;
    if (effect === undefined) continue;
    present = effect.kind === 'jump' ? built : apply(present, effect);
    if (isBuilding(effect)) built = present;
  }
  return present;
}

function apply(state: FrameState, effect: Exclude<Effect, { kind: 'jump' }>): FrameState {
  const { frameSize, saved } = state;
  switch (effect.kind) {
    case 'adjust':
      return { ...state, frameSize: Math.max(0, frameSize - effect.by) };
    case 'frame-pointer':
      return { ...state, hasFramePointer: effect.offset === frameSize };
    case 'store':
      // What is stored later in the same register's place is another value.
      if (saved.has(effect.register)) return state;
      return {
        ...state,
        saved: new Map(saved).set(effect.register, effect.offset - frameSize),
        keepsReturnAddress: state.keepsReturnAddress || effect.register === Register.returnAddress,
      };
    case 'load': {
      if (saved.get(effect.register) !== effect.offset - frameSize) return state;
      const rest = new Map(saved);
      rest.delete(effect.register);
      return { ...state, saved: rest, hasFramePointer: state.hasFramePointer && effect.register !== S0 };
    }
  }
}

function isBuilding(effect: Effect): boolean {
  return effect.kind === 'store' || effect.kind === 'frame-pointer' || (effect.kind === 'adjust' && effect.by < 0);
}

type Effect =
  /** sp += by. */
  | { readonly kind: 'adjust'; readonly by: number }
  | { readonly kind: 'store' | 'load'; readonly register: number; readonly offset: number }
  /** s0 = sp + offset. */
  | { readonly kind: 'frame-pointer'; readonly offset: number }
  /** Execution does not go on behind it: a return, or a jump that is no call. */
  | { readonly kind: 'jump' };

const SP = Register.stackPointer;
const S0 = Register.framePointer;

function decode(instruction: number): Effect | undefined {
  const rd = (instruction >>> 7) & 31;
  const rs1 = (instruction >>> 15) & 31;
  const immediate = instruction >> 20;
  switch (instruction & 0x707f) {
    case 0x0013: // addi
      return rs1 === SP ? addToSp(rd, immediate) : undefined;
    case 0x3003: // ld
      return rs1 === SP ? { kind: 'load', register: rd, offset: immediate } : undefined;
    case 0x3023: // sd
      if (rs1 !== SP) return undefined;
      return { kind: 'store', register: (instruction >>> 20) & 31, offset: ((instruction >> 25) << 5) | rd };
    case 0x0067: // jalr
      return rd === 0 ? { kind: 'jump' } : undefined;
    default:
      return (instruction & 0xfff) === 0x06f ? { kind: 'jump' } : undefined; // jal zero
  }
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
    case 0x6002: // c.ldsp
      return {
        kind: 'load',
        register: rd,
        offset: bit(12, 5) | (((instruction >> 5) & 3) << 3) | (((instruction >> 2) & 7) << 6),
      };
    case 0xe002: // c.sdsp
      return {
        kind: 'store',
        register: (instruction >> 2) & 31,
        offset: (((instruction >> 10) & 7) << 3) | (((instruction >> 7) & 7) << 6),
      };
    case 0xa001: // c.j
      return { kind: 'jump' };
    case 0x8002: // c.jr, when there is neither a second register nor a link
      return rd !== 0 && (instruction & 0x107c) === 0 ? { kind: 'jump' } : undefined;
    default:
      return undefined;
  }
}

function addToSp(rd: number, immediate: number): Effect | undefined {
  if (rd === SP) return { kind: 'adjust', by: immediate };
  return rd === S0 ? { kind: 'frame-pointer', offset: immediate } : undefined;
}
