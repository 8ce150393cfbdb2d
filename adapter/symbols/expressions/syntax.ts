import type { Type } from '../types/type.ts';
import type { Span } from './expression-error.ts';

export type UnaryOperator = '-' | '+' | '!' | '~' | '*' | '&';

export type BinaryOperator = ArithmeticOperator | ComparisonOperator | '&&' | '||' | ',';

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>';

export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** An expression as it was written, its types resolved. */
export type Syntax = { readonly span: Span } & (
  | { readonly kind: 'integer'; readonly value: bigint; readonly type: Type }
  | { readonly kind: 'float'; readonly value: number; readonly type: Type }
  | { readonly kind: 'string'; readonly bytes: readonly number[] }
  /** `a`, `f::a`, `crate::module::A`, or with a source file, `file.c::a`. */
  | { readonly kind: 'name'; readonly path: readonly string[]; readonly file: string | undefined }
  /** `name@entry`: what a parameter was when its function was called. */
  | { readonly kind: 'on-entry'; readonly name: string; readonly nameSpan: Span }
  /** `$name`. */
  | { readonly kind: 'register'; readonly name: string }
  | {
      readonly kind: 'member';
      readonly object: Syntax;
      readonly name: string;
      readonly nameSpan: Span;
      /** `->` rather than a dot. */
      readonly isArrow: boolean;
    }
  | { readonly kind: 'index'; readonly object: Syntax; readonly index: Syntax }
  /** `p[from..to]`, `to` exclusive. */
  | { readonly kind: 'slice'; readonly object: Syntax; readonly from: Syntax; readonly to: Syntax }
  /** `first@count`: as many objects as lie in memory from the first on. */
  | { readonly kind: 'repeat'; readonly first: Syntax; readonly count: Syntax }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Syntax }
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Syntax; readonly right: Syntax }
  | { readonly kind: 'conditional'; readonly condition: Syntax; readonly whenTrue: Syntax; readonly whenFalse: Syntax }
  | {
      readonly kind: 'assignment';
      readonly target: Syntax;
      /** Of `+=` and its like the operator; undefined for `=`. */
      readonly operator: ArithmeticOperator | undefined;
      /** What is assigned; of `++` and `--` the number 1. */
      readonly value: Syntax;
      readonly operatorSpan: Span;
    }
  | { readonly kind: 'cast'; readonly type: Type; readonly operand: Syntax }
  | { readonly kind: 'sizeof' | 'alignof'; readonly of: SyntaxOrType }
  | { readonly kind: 'offsetof'; readonly type: Type; readonly designator: Syntax }
  | {
      readonly kind: 'container-of';
      readonly pointer: Syntax;
      readonly type: Type;
      readonly designator: Syntax;
    }
  /** Linux's `per_cpu_ptr(pointer, cpu)`; without a CPU the one that the hart is. */
  | { readonly kind: 'per-cpu'; readonly pointer: Syntax; readonly cpu: Syntax | undefined }
  /** Linux's `current`: a pointer to the task that the hart runs. */
  | { readonly kind: 'current-task' }
  /** `phys(address)`, `phys(type, address)`: the object of that type at a physical address. */
  | { readonly kind: 'physical'; readonly type: Type; readonly address: Syntax }
  /** `$changed(expression)`. */
  | { readonly kind: 'changed'; readonly of: Syntax; readonly text: string }
  | { readonly kind: 'call'; readonly callee: Syntax }
);

export type SyntaxOrType =
  { readonly kind: 'type'; readonly type: Type } | { readonly kind: 'expression'; readonly expression: Syntax };
