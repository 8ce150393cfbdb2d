/** Breakpoints as the client asked for them. They outlive the program that resolves them. */

/** What a client asks of a breakpoint besides its place. */
export interface BreakpointOptions {
  /** An expression that must be true. */
  readonly condition: string | undefined;
  /** Which hits, by their numbers. */
  readonly hitCondition: string | undefined;
  /** How it is meant: one of BREAKPOINT_MODES. */
  readonly mode: string;
  /** A logpoint: text with expressions in braces, printed instead of stopping. */
  readonly logMessage: string | undefined;
}

export const NO_OPTIONS: BreakpointOptions = {
  condition: undefined,
  hitCondition: undefined,
  logMessage: undefined,
  mode: 'virtual',
};

export interface SourceBreakpointRequest {
  readonly id: number;
  /** Path as the client has it. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** From 1; undefined: wherever the line begins. */
  readonly column: number | undefined;
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

/** `change` is not in the protocol: a write that leaves other bytes than it found. */
export type DataAccess = 'read' | 'write' | 'readWrite' | 'change';

export interface DataBreakpointRequest {
  readonly id: number;
  readonly options: BreakpointOptions;
  readonly dataId: string;
  readonly access: DataAccess;
}

export interface ExceptionBreakpointRequest {
  readonly id: number;
  /** The name of an exception filter. */
  readonly filter: string;
  readonly options: BreakpointOptions;
}
