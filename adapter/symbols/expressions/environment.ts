import type { Value, ValueContext } from '../variables/value.ts';
import type { Span } from './expression-error.ts';
import type { TypeTable } from './type-table.ts';

/** What an expression is evaluated in: names as they are seen from a place in the program, at a moment of the machine. */
export interface ExpressionEnvironment {
  /** Types and macros by name; `typeOf` aside, which the evaluator answers. */
  readonly types: Omit<TypeTable, 'typeOf'>;
  /** Registers and memory. */
  readonly context: ValueContext;
  /** The variable, function or enumerator of a path; in a source file, where one is given. */
  name(path: readonly string[], file: string | undefined): Value | undefined;
  /** What the parameter of a name was when its function was called; undefined for a name that is no parameter's. */
  valueOnEntry(name: string): Value | undefined;
  /** `$name`: a register, a CSR, or what the debugger knows under the name. */
  register(name: string): Value | undefined;
  /** A field of a CSR. */
  registerField(register: string, field: string): Value | undefined;
  /** Whether an expression has another value than when it was last asked for; throws ExpressionError where that cannot be told. */
  changed(text: string, value: Value, span: Span): boolean;
}
