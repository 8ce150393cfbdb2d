import { openRecording, openTimeline } from '../../adapter/host/recording-files.ts';
import { HartState } from '../../adapter/session/motion/hart-state.ts';
import { SymbolsProgram } from '../../adapter/session/symbols-program.ts';
import type { Program } from '../../adapter/symbols/program.ts';
import type { HartView } from '../../emulator/machine/machine.ts';
import type { Timeline } from '../../emulator/replay/timeline.ts';

/** What was seen of stacks through traps; `wrong` says where and how they were not what the hart had held. */
export interface TrapWalk {
  readonly traps: number;
  readonly compared: number;
  readonly wrong: readonly string[];
}

/** How a trap is met: its code in scause, and whether it is an interrupt. */
export interface WantedTrap {
  readonly code: number;
  readonly interrupt: boolean;
}

/** What the hart held when it took a trap to supervisor mode. */
interface Held {
  readonly pc: bigint;
  readonly privilege: HartView['privilege'];
  readonly registers: readonly bigint[];
  readonly cause: bigint | undefined;
}

/** sp, tp, and registers that handlers have to give back whatever they do: s0, s1, s2 to s11. */
const KEPT = [2, 4, 8, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27];
const SRET = 0x10200073;
const STVEC = 0x105;
const SEPC = 0x141;
const SCAUSE = 0x142;

/**
 * Steps by instruction through traps of a recording, `count` of the kind that is wanted, from `from` on and `every` steps
 * apart, for `steps` steps each. What the stack tells of the interrupted code must all the way be what the hart held when it
 * took the trap: at each instruction that has no call frame information, and now and then in others.
 */
export async function walkTraps(
  recording: string,
  symbols: Program,
  wanted: WantedTrap,
  { from, count, every, steps }: { from: number; count: number; every: number; steps: number },
): Promise<TrapWalk> {
  const timeline = await openTimeline(await openRecording(recording));
  const program = new SymbolsProgram(symbols);
  const walk = { traps: 0, compared: 0, wrong: [] as string[] };
  try {
    await timeline.travelTo(from);
    for (let found = 0; found < count; found++) {
      const outcome = await timeline.run({ conditions: [{ kind: 'trap', cause: wanted }] });
      if (outcome.kind !== 'hit') break;
      await timeline.travelTo(timeline.counter - 1);
      await walkOn(timeline, program, steps, walk);
      await timeline.travelTo(Math.min(timeline.end, timeline.counter + every));
    }
  } finally {
    await timeline.close();
  }
  return walk;
}

async function walkOn(
  timeline: Timeline,
  program: SymbolsProgram,
  steps: number,
  walk: { traps: number; compared: number; wrong: string[] },
): Promise<void> {
  const taken: Held[] = [];
  let before = heldBy(timeline);
  for (let step = 0; step < steps; step++) {
    const isReturn = instructionAt(timeline, before.pc) === SRET;
    await timeline.step(1);
    const here = heldBy(timeline);
    const hart = hartOf(timeline);
    if (here.pc === (hart.readCsr(STVEC) ?? 0n) && hart.readCsr(SEPC) === before.pc && here.privilege === 'S') {
      taken.push({ ...before, cause: hart.readCsr(SCAUSE) });
      walk.traps++;
    } else if (isReturn) {
      taken.pop();
    }
    before = here;
    // Compiled code is alike from one instruction to the next; hand-written code is what is hard.
    const isCompiled = program.frameBase(here.pc)?.isCertain === true;
    if (here.privilege === 'S' && taken.length > 0 && (!isCompiled || step % 50 === 0)) {
      const isLeaving = instructionAt(timeline, here.pc) === SRET;
      const difference = compare(new HartState(timeline, program, 0), program, taken, isLeaving);
      walk.compared++;
      const place = `${program.functionAt(here.pc)?.name ?? '?'} 0x${here.pc.toString(16)}`;
      if (difference !== undefined) walk.wrong.push(`${timeline.counter} ${place}: ${difference}`);
    }
  }
}

/** How the stack's boundaries, innermost first, differ from the traps that were taken. */
function compare(
  state: HartState,
  program: SymbolsProgram,
  taken: readonly Held[],
  isLeaving: boolean,
): string | undefined {
  const held = [...taken].reverse();
  for (const frame of program.unwind(state.unwindContext())) {
    if (frame.interruption === undefined) continue;
    const truth = held.shift();
    if (truth === undefined) return undefined;
    const { cause, privilege } = frame.interruption;
    if (privilege !== truth.privilege) return `from ${privilege ?? 'nowhere'}, not ${truth.privilege}`;
    // At sret the handler's frame has been given up, and with it the cause.
    const isForgotten = isLeaving && cause === undefined;
    if (cause !== truth.cause && !isForgotten) return `cause ${cause ?? 'unknown'}, not ${truth.cause ?? 'unknown'}`;
    // Behind an environment call, or where a fault in the kernel is made good, the handler goes on elsewhere.
    const mayMove = truth.cause === 8n || truth.privilege === 'S';
    if (frame.pc !== truth.pc && !mayMove) return `pc 0x${frame.pc.toString(16)}, not 0x${truth.pc.toString(16)}`;
    const other = KEPT.find((register) => frame.register(register) !== truth.registers[register]);
    if (other !== undefined)
      return `x${other} is ${frame.register(other) ?? 'unknown'}, not ${truth.registers[other] ?? 0n}`;
  }
  return held.length === 0 ? undefined : `${held.length} traps are missing`;
}

function heldBy(timeline: Timeline): Held {
  const hart = hartOf(timeline);
  const registers = Array.from({ length: 32 }, (_, register) => hart.readX(register));
  return { pc: hart.pc, privilege: hart.privilege, registers, cause: undefined };
}

function hartOf(timeline: Timeline): HartView {
  const [hart] = timeline.harts;
  if (hart === undefined) throw new Error('The machine has no hart.');
  return hart;
}

function instructionAt(timeline: Timeline, address: bigint): number {
  const { bytes } = timeline.readVirtual(0, address, 4);
  return bytes.length === 4 ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) : 0;
}
