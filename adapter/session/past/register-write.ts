import type { MotionOptions, MotionOutcome, TimelineContract } from '../../../emulator/replay/timeline-contract.ts';
import { dataFlowOf, type FlowState } from '../../../emulator/riscv/data-flow.ts';
import { decode } from '../../../emulator/riscv/decoder.ts';
import { readRegister, type RegisterHolder } from './holder.ts';

/** The last step before a moment that wrote a register. */
export type RegisterWrite =
  | {
      readonly kind: 'written';
      /** The moment before the step; the timeline stands there. */
      readonly counter: number;
      readonly pc: bigint;
      readonly before: bigint;
      readonly after: bigint;
      /**
       * `firmware`: the answer of the built-in SBI to a call. `trap`: what taking a trap or returning from one does to CSRs.
       */
      readonly by: 'instruction' | 'firmware' | 'trap';
    }
  /** It is as the machine had it at power-on. */
  | { readonly kind: 'initial' }
  | {
      readonly kind: 'ended';
      readonly outcome: Extract<MotionOutcome, { kind: 'cancelled' | 'diverged' }>;
    };

/** How far back each look goes, in steps: registers are written often. */
const WINDOWS = [256, 4096, 65_536] as const;
/** Steps between giving way: looking at each takes some microseconds. */
const STRETCH = 2048;

/**
 * The last step before the present at which a register was written. The instructions before are carried out again one by one, in
 * ever longer stretches, so that writing the value that was there counts, too; further back than that, the engine looks for the
 * last step that changed it. Moves the timeline. `notBefore` bounds the search; nothing found from there on counts as `initial`.
 */
export async function lastRegisterWrite(
  timeline: TimelineContract,
  register: RegisterHolder,
  options: MotionOptions,
  notBefore = 0,
): Promise<RegisterWrite> {
  let end = timeline.counter;
  for (const window of WINDOWS) {
    const from = Math.max(notBefore, end - window);
    if (from >= end) return { kind: 'initial' };
    const found = await lastIn(timeline, register, from, end, withoutProgress(options));
    if (found !== undefined) return found;
    end = from;
  }
  const placed = await timeline.travelTo(end, withoutProgress(options));
  if (placed.kind === 'cancelled' || placed.kind === 'diverged') return { kind: 'ended', outcome: placed };
  const condition = { kind: 'register-change', register: { file: register.kind, number: register.number } } as const;
  const changed = await timeline.runBackTo({ conditions: [condition] }, { ...options, notBefore });
  if (changed.kind === 'cancelled' || changed.kind === 'diverged') return { kind: 'ended', outcome: changed };
  if (changed.kind !== 'hit') return { kind: 'initial' };
  const { counter } = timeline;
  return (await lastIn(timeline, register, counter, counter + 1, withoutProgress(options))) ?? { kind: 'initial' };
}

/** Short motions on the way to an answer say nothing of how far the whole has come. */
function withoutProgress({ signal }: MotionOptions): MotionOptions {
  return signal === undefined ? {} : { signal };
}

/** What is seen of a step before it is taken. */
interface Sight {
  readonly counter: number;
  readonly pc: bigint;
  readonly bits: number | undefined;
  readonly value: bigint;
}

async function lastIn(
  timeline: TimelineContract,
  register: RegisterHolder,
  from: number,
  to: number,
  options: MotionOptions,
): Promise<RegisterWrite | undefined> {
  const [hart] = timeline.harts;
  if (hart === undefined) throw new Error('A machine without a hart.');
  const look = (): Sight => ({
    counter: timeline.counter,
    pc: hart.pc,
    bits: instructionAt(timeline, hart.pc),
    value: readRegister(hart, register),
  });
  let last: { readonly step: Sight; readonly after: Sight } | undefined;
  let previous: Sight | undefined;
  const see = (): void => {
    const present = look();
    if (previous !== undefined && writes(previous, present, register)) last = { step: previous, after: present };
    previous = present;
  };
  const placed = await timeline.travelTo(from, options);
  if (placed.kind === 'cancelled' || placed.kind === 'diverged') return { kind: 'ended', outcome: placed };
  for (let at = from; at < to; at = timeline.counter) {
    const ran = await timeline.run(
      { conditions: [], eachStep: see },
      { ...options, until: Math.min(to, at + STRETCH) },
    );
    if (ran.kind === 'cancelled' || ran.kind === 'diverged') return { kind: 'ended', outcome: ran };
    if (timeline.counter === at) break;
  }
  see();
  if (last === undefined) return undefined;
  const { step, after } = last;
  const there = await timeline.travelTo(step.counter, options);
  if (there.kind === 'cancelled' || there.kind === 'diverged') return { kind: 'ended', outcome: there };
  const { counter, pc, value } = step;
  return { kind: 'written', counter, pc, before: value, after: after.value, by: writerOf(step, after, register) };
}

/** The bits of the instruction at a virtual address; undefined where none can be read. */
export function instructionAt(timeline: TimelineContract, pc: bigint): number | undefined {
  const { bytes } = timeline.readVirtual(0, pc, 4);
  const [a, b, c = 0, d = 0] = bytes;
  if (a === undefined || b === undefined) return undefined;
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
}

function writes(step: Sight, after: Sight, register: RegisterHolder): boolean {
  return step.value !== after.value || (retires(step, after) && namesIn(step.bits, register));
}

/** Whether the instruction was carried out, as far as that matters for one that writes a register. */
function retires(step: Sight, after: Sight): boolean {
  const decoded = step.bits === undefined ? undefined : decode(step.bits);
  if (decoded === undefined) return false;
  const next = BigInt.asUintN(64, step.pc + BigInt(decoded.length));
  const jumps = decoded.instruction.name === 'jal' || decoded.instruction.name === 'jalr';
  return jumps ? after.value === next : after.pc === next;
}

function writerOf(step: Sight, after: Sight, register: RegisterHolder): 'instruction' | 'firmware' | 'trap' {
  if (retires(step, after) && namesIn(step.bits, register)) return 'instruction';
  const name = step.bits === undefined ? undefined : decode(step.bits)?.instruction.name;
  return name === 'ecall' && register.kind === 'x' ? 'firmware' : 'trap';
}

const NOBODY: FlowState = { pc: 0n, readX: () => 0n, readF: () => 0n, readCsr: () => 0n, load: () => 0n };
/** By the bits of an instruction: the registers that it writes. What they are does not depend on the state. */
const written = new Map<number, ReadonlySet<string>>();
const MOST_KEPT = 20_000;

function namesIn(bits: number | undefined, { kind, number }: RegisterHolder): boolean {
  if (bits === undefined) return false;
  let names = written.get(bits);
  if (names === undefined) {
    const decoded = decode(bits);
    const targets = decoded === undefined ? [] : dataFlowOf(decoded, NOBODY).map(({ target }) => target);
    names = new Set(
      targets.flatMap((target) =>
        target.kind === 'memory' ? [] : [`${target.kind}${target.kind === 'csr' ? target.csr : target.register}`],
      ),
    );
    if (written.size > MOST_KEPT) written.clear();
    written.set(bits, names);
  }
  return names.has(`${kind}${number}`);
}
