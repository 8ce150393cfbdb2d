import type { Type } from '../types/type.ts';
import type { Macro } from '../macros/macro.ts';
import type { Syntax } from './syntax.ts';

/** What must be known of names while an expression is parsed: in C `(a)(b)` is a cast or a call as `a` is a type or not. */
export interface TypeTable {
  /** The type of this name: `long` and the like aside. `path` has its namespaces before it, separated by `::`. */
  typeNamed(keyword: TypeKeyword, path: string): Type | undefined;
  /** Whether a variable hides a type of this name. */
  isVariable(name: string): boolean;
  /** Whether a parameter of the function has this name, and no variable hides it. */
  isParameter(name: string): boolean;
  /** The macro of this name, as it stands where the hart is. */
  macro(name: string): Macro | undefined;
  /** The type of an expression, for `typeof`. */
  typeOf(syntax: Syntax): Type;
}

/** `plain` is a name that needs no keyword: a typedef, and in C++ and Rust any type. */
export type TypeKeyword = 'struct' | 'union' | 'enum' | 'plain';
