import { Register } from './registers.ts';
import { readTrapEntry, trapCsrs, type TrapEntry, type TrapMode, type TrapState } from './trap-entry.ts';
import type { CodeInformation, UnwindContext } from './unwind-context.ts';

/** The ways from a trap vector to an instruction, and which vector. */
export interface TrapWays {
  readonly mode: TrapMode;
  readonly states: readonly TrapState[];
}

/** The code at the vectors that a hart's stvec and mtvec name, read when it is first asked for. */
export class TrapEntries {
  private entries: readonly { readonly mode: TrapMode; readonly entry: TrapEntry }[] | undefined;

  constructor(
    private readonly context: UnwindContext,
    private readonly code: CodeInformation,
  ) {}

  /** How code at a vector may have come to an instruction, or to where a call by it returns; undefined elsewhere. */
  at(pc: bigint): TrapWays | undefined {
    // Compiled code is never a part of it, and by far the most that is asked for.
    const row = this.code.isCode(pc) ? this.code.callFrameRow(pc) : undefined;
    if (row !== undefined && !row.isTrapFrame) return undefined;
    this.entries ??= (['S', 'M'] as const).flatMap((mode) => {
      const vector = this.context.readRegister(Register.firstCsr + trapCsrs[mode].vector);
      return vector === undefined || vector === 0n
        ? []
        : [{ mode, entry: readTrapEntry(vector, this.context, this.code) }];
    });
    for (const { mode, entry } of this.entries) {
      const states = entry.get(pc);
      if (states !== undefined) return { mode, states };
    }
    return undefined;
  }
}
