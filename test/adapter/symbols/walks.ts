import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Register } from '../../../adapter/symbols/frames/registers.ts';
import type { UnwindContext } from '../../../adapter/symbols/frames/unwind-context.ts';
import type { Program } from '../../../adapter/symbols/program.ts';
import { fixturePath, SAME_CODE, type FixtureName } from './fixtures.ts';

/** A variable as gdb printed it. */
export interface RecordedVariable {
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

/** A frame as gdb told it. */
export interface RecordedFrame {
  readonly pc: bigint;
  readonly name: string | null;
  readonly kind: 'normal' | 'inlined' | 'tail-call';
  readonly file: string | null;
  readonly line: number;
  /** Innermost block first. */
  readonly variables: readonly RecordedVariable[];
}

/** A moment of a fixture's run in QEMU: the machine, and gdb's answers. */
export interface RecordedStep {
  readonly context: UnwindContext;
  readonly frames: readonly RecordedFrame[];
  readonly globals: readonly RecordedVariable[];
}

type RawVariable = readonly [name: string, type: string, value: string];
interface RawStep {
  readonly x: readonly string[];
  readonly f: readonly string[];
  readonly memory: readonly (readonly [start: string, bytes: string])[];
  readonly frames: readonly (Omit<RecordedFrame, 'pc' | 'variables'> & {
    readonly pc: string;
    readonly variables: readonly RawVariable[];
  })[];
  readonly globals: readonly RawVariable[];
}

/** The run of a fixture, instruction by instruction, as fixtures/record-walks.sh kept it. */
export function readWalk(name: FixtureName, program: Program): RecordedStep[] {
  const recorded = SAME_CODE.some((same) => same === name) ? 'o2-dwarf5' : name;
  const text = gunzipSync(readFileSync(fixturePath(`${recorded}.walk.json.gz`))).toString('utf8');
  const walk = JSON.parse(text) as { readonly steps: readonly RawStep[] };
  return walk.steps.map((step) => ({
    context: contextOf(step, program),
    frames: step.frames.map((frame) => ({
      ...frame,
      pc: BigInt(frame.pc),
      variables: frame.variables.map(toVariable),
    })),
    globals: step.globals.map(toVariable),
  }));
}

function toVariable([name, type, value]: RawVariable): RecordedVariable {
  return { name, type, value };
}

/** The machine at that moment: its writable memory as it was written down, the rest as it is in the file. */
function contextOf(step: RawStep, program: Program): UnwindContext {
  const regions = step.memory.map(([start, bytes]) => ({ start: BigInt(start), bytes: Buffer.from(bytes, 'hex') }));
  return {
    pc: BigInt(step.frames[0]?.pc ?? 0),
    readRegister: (register) => {
      const text = register < Register.firstFloat ? step.x[register] : step.f[register - Register.firstFloat];
      return text === undefined ? undefined : BigInt(text);
    },
    readMemory: (address, length) => {
      for (const { start, bytes } of regions) {
        const into = Number(address - start);
        if (into >= 0 && into + length <= bytes.length) return bytes.subarray(into, into + length);
      }
      const constant = program.fileBytes(address, length);
      return constant?.length === length ? constant : undefined;
    },
  };
}
