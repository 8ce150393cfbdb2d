import type { Debuggee } from '../../../../../adapter/session/debuggee.ts';
import type { ProgramFunction } from '../../../../../adapter/session/program.ts';
import { decode } from '../../../../../emulator/riscv/decoder.ts';
import { ShadowStacks, type Activation, type HartMoment, type StepKind } from './shadow-stack.ts';

const SATP = 0x180;
const SP = 2;

/** One moment of a stretch of history that was walked through step by step. */
export interface TracedMoment extends HartMoment {
  readonly activation: Activation;
  /** What the step from this moment to the next is. */
  readonly kind: StepKind;
}

/** The moments [from, from + steps], each looked at. About 40 microseconds a step. */
export async function trace(debuggee: Debuggee, from: number, steps: number): Promise<readonly TracedMoment[]> {
  const { timeline, program } = debuggee;
  await timeline.travelTo(from);
  const hart = debuggee.hart(0);
  const functions = new Map<bigint, ProgramFunction | undefined>();
  const look = (): HartMoment => {
    const { pc, sp, privilege } = hart;
    if (!functions.has(pc)) functions.set(pc, program.functionAt(pc));
    return { counter: timeline.counter, pc, sp, privilege, satp: hart.readCsr(SATP), function: functions.get(pc) };
  };
  const traced: TracedMoment[] = [];
  let here = look();
  const stacks = new ShadowStacks(here);
  for (let step = 0; step < steps; step++) {
    const { activation, instruction } = { activation: stacks.current, instruction: instructionAt(debuggee, here.pc) };
    const outcome = await timeline.run(
      { conditions: [{ kind: 'trap', cause: undefined }] },
      { until: timeline.counter + 1 },
    );
    if (timeline.counter === here.counter) break;
    const kind = outcome.kind === 'hit' ? 'trap' : instruction.kind;
    traced.push({ ...here, activation, kind });
    const next = look();
    stacks.step(here, kind, instruction.length, next);
    here = next;
  }
  return [...traced, { ...here, activation: stacks.current, kind: 'other' }];
}

interface PlacedInstruction {
  readonly kind: StepKind;
  readonly length: bigint;
}

function instructionAt(debuggee: Debuggee, pc: bigint): PlacedInstruction {
  const bytes = debuggee.hart(0).read(pc, 4);
  const bits = new DataView(Uint8Array.from([...bytes, 0, 0, 0, 0]).buffer).getUint32(0, true);
  const decoded = decode(bits);
  if (decoded === undefined) return { kind: 'other', length: 4n };
  return { kind: kindOf(decoded), length: BigInt(decoded.length) };
}

/** By the hints of the RISC-V ISA manual, 2.5.1: x1 and x5 hold return addresses. */
function kindOf({ instruction, rd, rs1 }: NonNullable<ReturnType<typeof decode>>): StepKind {
  const isLink = (register: number): boolean => register === 1 || register === 5;
  switch (instruction.name) {
    case 'jal':
      return isLink(rd) ? 'call' : 'other';
    case 'jalr':
      if (isLink(rd)) return 'call';
      return rd === 0 && isLink(rs1) ? 'return' : 'other';
    case 'mret':
    case 'sret':
      return 'trap-return';
    case 'addi':
      return rd === SP && rs1 !== SP ? 'stack-switch' : 'other';
    case 'ld':
    case 'add':
    case 'csrrw':
      return rd === SP ? 'stack-switch' : 'other';
    default:
      return 'other';
  }
}
