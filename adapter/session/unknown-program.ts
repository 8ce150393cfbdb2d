import { bareEnvironment } from '../symbols/expressions/bare-environment.ts';
import type { ExpressionEnvironment } from '../symbols/expressions/environment.ts';
import type { MachineEnvironment } from '../symbols/expressions/program-environment.ts';
import type {
  FrameVariables,
  Program,
  ProgramFrame,
  ProgramFunction,
  ProgramModule,
  UnwindContext,
} from './program.ts';

/** A program of which nothing is known: it can be debugged by instruction. */
export class UnknownProgram implements Program {
  constructor(readonly name: string) {}

  modules(): readonly ProgramModule[] {
    const { name } = this;
    return [{ id: name, name, path: undefined, space: 'kernel', symbols: 'none', range: undefined }];
  }

  moduleAt(): undefined {
    return undefined;
  }

  functionAt(): undefined {
    return undefined;
  }

  functionsNamed(): readonly ProgramFunction[] {
    return [];
  }

  placesNamed(): readonly [] {
    return [];
  }

  awaits(): undefined {
    return undefined;
  }

  get prospect(): undefined {
    return undefined;
  }

  get arrivals(): readonly [] {
    return [];
  }

  bodyOf({ entry }: ProgramFunction): bigint {
    return entry;
  }

  positionAt(): undefined {
    return undefined;
  }

  lineStarts(): readonly [] {
    return [];
  }

  breakpointLine(): undefined {
    return undefined;
  }

  statementsOn(): readonly [] {
    return [];
  }

  linesWithCode(): readonly [] {
    return [];
  }

  sourceFiles(): readonly [] {
    return [];
  }

  symbolAt(): undefined {
    return undefined;
  }

  symbolNamed(): undefined {
    return undefined;
  }

  functionsAt(): readonly [] {
    return [];
  }

  functionsBefore(): readonly [] {
    return [];
  }

  variables(): FrameVariables {
    return { arguments: [], locals: [] };
  }

  environment(
    { pc, register }: ProgramFrame,
    _inlineDepth: number,
    machine: MachineEnvironment,
  ): ExpressionEnvironment {
    return bareEnvironment(machine, { pc, readRegister: register, readMemory: machine.readMemory });
  }

  typeNamed(): undefined {
    return undefined;
  }

  namesStartingWith(): readonly [] {
    return [];
  }

  describeAddress(): undefined {
    return undefined;
  }

  frameBase(): undefined {
    return undefined;
  }

  *unwind({ pc, register, home = () => undefined }: UnwindContext): Generator<ProgramFrame, void, undefined> {
    yield { pc, lookup: pc, cfa: undefined, isTailCall: false, interruption: undefined, register, home };
  }
}
