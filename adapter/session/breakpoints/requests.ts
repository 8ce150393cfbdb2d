import type { BreakpointOptions } from './condition.ts';

/** Breakpoints as the client asked for them. They outlive the program that resolves them. */

export interface SourceBreakpointRequest {
  readonly id: number;
  /** Path as the client has it. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly options: BreakpointOptions;
}

export interface FunctionBreakpointRequest {
  readonly id: number;
  readonly options: BreakpointOptions;
  readonly name: string;
}

export interface InstructionBreakpointRequest {
  readonly id: number;
  readonly options: BreakpointOptions;
  readonly address: bigint;
}

export type DataAccess = 'read' | 'write' | 'readWrite';

export interface DataBreakpointRequest {
  readonly id: number;
  readonly dataId: string;
  readonly access: DataAccess;
}
