import type { TypeKeyword } from '../../expressions/type-table.ts';
import type { Type } from '../../types/type.ts';
import type { Value } from '../value.ts';

/** What people expect to see of a value, in place of its members. */
export interface Rendering {
  readonly text: string;
  /** Parts it can be opened into. */
  readonly count: number;
  /** The parts [start, start + count). */
  list(start: number, count: number): readonly Value[];
}

/** A type of the program by its name; undefined when there is none. */
export type TypeLookup = (keyword: TypeKeyword, path: string) => Type | undefined;

/** Renders the values of one type. Undefined for a value that is not of it, or not as the type should be: it is then shown plainly. */
export type Renderer = (value: Value, types: TypeLookup) => Rendering | undefined;

/** A rendering without parts. */
export function plainText(text: string): Rendering {
  return { text, count: 0, list: () => [] };
}

/** A rendering whose parts have been read. */
export function ofParts(text: string, parts: readonly Value[]): Rendering {
  return { text, count: parts.length, list: (start, count) => parts.slice(start, start + count) };
}
