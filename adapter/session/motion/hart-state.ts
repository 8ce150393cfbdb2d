import type { HartView } from '../../../emulator/machine/machine.ts';
import { registerIs, type SearchPredicate } from '../../../emulator/machine/predicate.ts';
import type { TimelineContract } from '../../../emulator/replay/timeline-contract.ts';
import type { Program, ProgramFrame, ProgramFunction, SourcePosition, UnwindContext } from '../program.ts';

/** The stack pointer is x2 in the RISC-V calling convention, the return address x1. */
const SP = 2;

/** The stack pointer has this value. */
export function spIs(value: bigint): SearchPredicate {
  return registerIs(SP, value);
}

/** What identifies an activation of a function: recursion and other tasks' stacks have other frames. */
export interface Frame {
  readonly function: ProgramFunction;
  /** Canonical frame address; undefined where the program does not tell, as in hand-written assembly. */
  readonly cfa: bigint | undefined;
}

/** One hart of the timeline at its present moment, seen through the program's symbols. Nothing is kept over motions. */
export class HartState {
  readonly #timeline: TimelineContract;
  readonly #program: Program;

  constructor(
    timeline: TimelineContract,
    program: Program,
    /** Index of the hart. */
    readonly hart: number,
  ) {
    this.#timeline = timeline;
    this.#program = program;
  }

  get pc(): bigint {
    return this.#view.pc;
  }

  get sp(): bigint {
    return this.#view.readX(SP);
  }

  get privilege(): 'U' | 'S' | 'M' {
    return this.#view.privilege;
  }

  readX(register: number): bigint {
    return this.#view.readX(register);
  }

  get function(): ProgramFunction | undefined {
    return this.#program.functionAt(this.pc);
  }

  get position(): SourcePosition | undefined {
    return this.#program.functionsBefore(this.pc)[0]?.position ?? this.#program.positionAt(this.pc);
  }

  /** The innermost frame; undefined outside every known function. */
  get frame(): Frame | undefined {
    const fn = this.function;
    if (fn === undefined) return undefined;
    const [innermost] = this.#program.unwind(this.unwindContext());
    return { function: fn, cfa: innermost?.cfa };
  }

  /** The frame that called the innermost one; undefined when there is none or nobody knows. */
  get caller(): ProgramFrame | undefined {
    let index = 0;
    for (const frame of this.#program.unwind(this.unwindContext())) {
      if (index++ === 1) return frame;
    }
    return undefined;
  }

  /** The hart stands in this very activation: same function, same stack place. */
  isIn(frame: Frame): boolean {
    const present = this.frame;
    if (present?.function.entry !== frame.function.entry) return false;
    return frame.cfa === undefined || present.cfa === undefined || frame.cfa === present.cfa;
  }

  /** Up to `length` bytes at a virtual address; fewer when the rest is not mapped. */
  read(address: bigint, length: number): Uint8Array {
    return this.#timeline.readVirtual(this.hart, address, length).bytes;
  }

  unwindContext(): UnwindContext {
    const view = this.#view;
    return {
      pc: view.pc,
      register: (number) => (number < 32 ? view.readX(number) : undefined),
      read: (address, length) => {
        const bytes = this.read(address, length);
        return bytes.length === length ? bytes : undefined;
      },
    };
  }

  get #view(): HartView {
    const view = this.#timeline.harts[this.hart];
    if (view === undefined) throw new Error(`There is no hart ${this.hart}.`);
    return view;
  }
}
