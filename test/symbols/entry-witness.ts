import { HartState } from '../../adapter/session/motion/hart-state.ts';
import { SymbolsProgram } from '../../adapter/session/symbols-program.ts';
import type { Frame } from '../../adapter/symbols/frames/unwind.ts';
import type { Program } from '../../adapter/symbols/program.ts';
import { registerIs } from '../../emulator/machine/predicate.ts';
import type { TimelineContract } from '../../emulator/replay/timeline.ts';
import { symbolContext } from './our-stacks.ts';

/** What the recording says of the values that a frame's function is said to have been passed. */
export type Testimony =
  | { readonly kind: 'confirmed' }
  | { readonly kind: 'refuted'; readonly how: string }
  /** The function's beginning was not found, or nothing is said of what it was passed. */
  | { readonly kind: 'unknown' };

/** A stack's frame: the moment, and where it stands. */
export interface FramePlace {
  readonly counter: number;
  /** Hexadecimal. */
  readonly pc: string;
}

const STACK_POINTER = 2;
/** a0 to a7. */
const ARGUMENTS = [10, 11, 12, 13, 14, 15, 16, 17];

/**
 * Goes back from a frame to the moment at which its function was entered, and holds what its caller's call site says it was
 * passed against what the hart held. gdb cannot be asked: it does not trust such call sites.
 */
export class EntryWitness {
  private readonly heard = new Map<string, Promise<Testimony>>();
  private readonly program: SymbolsProgram;

  constructor(
    private readonly timeline: TimelineContract,
    private readonly symbols: Program,
  ) {
    this.program = new SymbolsProgram(symbols);
  }

  ask(place: FramePlace): Promise<Testimony> {
    const key = `${place.counter} ${place.pc}`;
    const testimony = this.heard.get(key) ?? this.testify(place);
    this.heard.set(key, testimony);
    return testimony;
  }

  private async testify({ counter, pc }: FramePlace): Promise<Testimony> {
    await this.timeline.travelTo(counter);
    const frame = this.frameAt(BigInt(pc));
    const start = frame && this.symbols.functionStart(frame.lookupAddress);
    const cfa = frame?.canonicalFrameAddress;
    if (frame === undefined || start === undefined || cfa === undefined) return { kind: 'unknown' };
    const told = ARGUMENTS.map((register) => [register, this.symbols.registerOnEntry(frame, register)] as const);
    if (told.every(([, value]) => value === undefined)) return { kind: 'unknown' };
    const predicate = registerIs(STACK_POINTER, cfa);
    const outcome = await this.timeline.runBackTo({
      conditions: [{ kind: 'instruction', address: start, when: predicate }],
    });
    const [hart] = this.timeline.harts;
    if (outcome.kind !== 'hit' || hart === undefined) return { kind: 'unknown' };
    for (const [register, value] of told) {
      const held = hart.readX(register);
      if (value === undefined || value === held) continue;
      const how = `x${register} was 0x${held.toString(16)}, not 0x${value.toString(16)}, at ${this.timeline.counter}`;
      return { kind: 'refuted', how };
    }
    return { kind: 'confirmed' };
  }

  private frameAt(pc: bigint): Frame | undefined {
    const context = new HartState(this.timeline, this.program, 0).unwindContext();
    return [...this.symbols.unwind(symbolContext(context))].find((frame) => frame.pc === pc);
  }
}
