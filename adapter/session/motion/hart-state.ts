import type { HartView } from '../../../emulator/machine/machine.ts';
import { memoryOfSpace, type ReadMemory } from '../../guests/memory/memory.ts';
import { SATP_SPACE } from '../../guests/memory/page-table.ts';
import { privilegeIs, registerIs, type SearchPredicate } from '../../../emulator/machine/predicate.ts';
import type { TimelineContract } from '../../../emulator/replay/timeline-contract.ts';
import {
  containsAddress,
  type Program,
  type ProgramFrame,
  type ProgramFunction,
  type SourcePosition,
  type UnwindContext,
} from '../program.ts';

/** The stack pointer is x2 in the RISC-V calling convention, the return address x1. */
const SP = 2;
const SATP = 0x180;
/** Where traps go (privileged specification, chapter 2). */
const STVEC = 0x105;
const MTVEC = 0x305;

/** The stack pointer has this value. */
export function spIs(value: bigint): SearchPredicate {
  return registerIs(SP, value);
}

/** Both hold; one that is undefined always does. */
export function both(first: SearchPredicate, second: SearchPredicate | undefined): SearchPredicate {
  return second === undefined ? first : { kind: 'all', of: [first, second] };
}

/** What identifies an activation of a function: recursion and other tasks' stacks have other frames. */
export interface Frame {
  readonly function: ProgramFunction;
  /** Canonical frame address; undefined where the program does not tell, as in hand-written assembly. */
  readonly cfa: bigint | undefined;
  /** Of a frame of a user program, or of the kernel's handler of its traps: holds in its address space. */
  readonly space?: SearchPredicate;
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

  /**
   * In a user program: holds while a user program runs in this address space, for another process may execute the same
   * addresses with the same stack pointer. Undefined in the kernel, whose code is the same in all address spaces.
   */
  get space(): SearchPredicate | undefined {
    return this.privilege === 'U' ? this.userSpace : undefined;
  }

  /** Holds while a user program runs in the address space that satp selects now. */
  get userSpace(): SearchPredicate {
    return both(privilegeIs('U'), this.#translation);
  }

  /** Holds while satp selects the same page tables as now. */
  get #translation(): SearchPredicate {
    const value = this.readCsr(SATP) & SATP_SPACE;
    return { kind: 'compare', operand: { kind: 'satp' }, comparison: '==', mask: SATP_SPACE, value };
  }

  /** Whether traps go into the function. Its frames count from what sp was in the interrupted program: that is alike in several. */
  isTrapHandler(fn: ProgramFunction): boolean {
    return this.#trapVectors.some((vector) => containsAddress(fn, vector));
  }

  /** Zero for one that this machine does not have. */
  readCsr(number: number): bigint {
    return this.#view.readCsr(number) ?? 0n;
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
    const space = this.space ?? (this.isTrapHandler(fn) ? this.#translation : undefined);
    return { function: fn, cfa: innermost?.cfa, ...(space === undefined ? {} : { space }) };
  }

  /** The frame that the innermost one returns to; undefined when there is none or nobody knows. */
  get caller(): ProgramFrame | undefined {
    let index = 0;
    for (const frame of this.#program.unwind(this.unwindContext())) {
      if (index++ > 0 && !frame.isTailCall) return frame;
    }
    return undefined;
  }

  /** Traps go to the beginning of the function. */
  isTrapVector(fn: ProgramFunction): boolean {
    return this.#trapVectors.includes(fn.entry);
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
    const whole = (bytes: Uint8Array, length: number): Uint8Array | undefined =>
      bytes.length === length ? bytes : undefined;
    const physical: ReadMemory = (address, length) => whole(this.#timeline.readPhysical(address, length).bytes, length);
    const ofKernel = view.privilege === 'M' ? memoryOfSpace(this.readCsr(SATP), physical) : undefined;
    return {
      pc: view.pc,
      privilege: view.privilege,
      register: (number) => registerOf(view, number),
      read: (address, length) => {
        // Nothing physical is in the upper half: what firmware interrupted has its stack there.
        const isKernels = ofKernel !== undefined && address >> 63n === 1n;
        return isKernels ? ofKernel(address, length) : whole(this.read(address, length), length);
      },
      home: (register) => ({ kind: 'register', register }),
    };
  }

  get #trapVectors(): readonly bigint[] {
    return [STVEC, MTVEC].map((vector) => this.readCsr(vector) & ~3n);
  }

  get #view(): HartView {
    const view = this.#timeline.harts[this.hart];
    if (view === undefined) throw new Error(`There is no hart ${this.hart}.`);
    return view;
  }
}

/** By DWARF number (RISC-V DWARF specification, section "DWARF Register Numbers"). */
function registerOf(view: HartView, number: number): bigint | undefined {
  if (number < 32) return view.readX(number);
  if (number < 64) return view.readF(number - 32);
  return number >= 4096 && number < 8192 ? view.readCsr(number - 4096) : undefined;
}
