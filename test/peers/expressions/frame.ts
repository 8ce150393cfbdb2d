import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { machineEnvironment, NO_CHANGES } from '../../../adapter/session/expression/machine-environment.ts';
import type { ExpressionEnvironment } from '../../../adapter/symbols/expressions/environment.ts';
import { evaluate } from '../../../adapter/symbols/expressions/evaluate.ts';
import { ExpressionError } from '../../../adapter/symbols/expressions/expression-error.ts';
import { Program } from '../../../adapter/symbols/program.ts';
import type { TimelineContract } from '../../../emulator/replay/timeline.ts';
import { guestPath } from '../../guests/programs.ts';
import { recordToEnd } from '../recorded-guest.ts';

/** A guest that has been recorded, its program, and the moment at which it first calls a function. */
export interface StoppedGuest {
  readonly timeline: TimelineContract;
  readonly program: Program;
  readonly symbols: string;
  readonly counter: number;
}

/** Records a guest of test/guests and finds where it first is in a function, after its prologue. */
export async function stoppedGuest(name: string, fn: string): Promise<StoppedGuest> {
  const symbols = fileURLToPath(guestPath(name));
  const file = readFileSync(symbols);
  const timeline = await recordToEnd({ configuration: {}, images: { kernel: file } });
  const program = Program.load(name, file);
  const conditions = program.addressesOfFunction(fn).map((address) => ({ kind: 'instruction' as const, address }));
  const outcome = await timeline.run({ conditions });
  if (outcome.kind !== 'hit') throw new Error(`${name} does not come to ${fn}: ${outcome.kind}`);
  return { timeline, program, symbols, counter: timeline.counter };
}

/** What expressions are evaluated in that are asked in a frame of the present moment; 0 is the innermost. */
export function environmentOfFrame(timeline: TimelineContract, program: Program, level: number): ExpressionEnvironment {
  const [hart] = timeline.harts;
  if (hart === undefined) throw new Error('A machine without a hart.');
  const readMemory = (address: bigint, length: number): Uint8Array | undefined => {
    const { bytes } = timeline.readVirtual(0, address, length);
    return bytes.length === length ? bytes : undefined;
  };
  const readRegister = (number: number): bigint | undefined => (number < 32 ? hart.readX(number) : undefined);
  const frames = program.unwind({ pc: hart.pc, readRegister, readMemory });
  for (const frame of frames) {
    if (frame.level !== level) continue;
    const registers = {
      pc: frame.pc,
      register: (number: number) => frame.readRegister(number),
      describeAddress: (address: bigint) => program.describeAddress(address),
    };
    return program.environment(frame, 0, machineEnvironment(timeline, 0, registers, NO_CHANGES));
  }
  throw new Error(`There is no frame ${level}.`);
}

/** The value of an expression with its type, or why it has none. */
export type Answer =
  | { readonly kind: 'value'; readonly text: string; readonly type: string }
  | { readonly kind: 'error'; readonly text: string };

export function answerTo(expression: string, environment: ExpressionEnvironment): Answer {
  try {
    const { text, typeName } = evaluate(expression, environment);
    if (/^<[^>]*>$/.test(text)) return { kind: 'error', text };
    return { kind: 'value', text, type: typeName };
  } catch (error) {
    if (error instanceof ExpressionError) return { kind: 'error', text: error.message };
    throw error;
  }
}
