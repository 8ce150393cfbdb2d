import { DECIMAL } from '../value-format.ts';
import type { Value } from '../value.ts';
import { plainText, type Renderer } from './rendering.ts';

/** Linux's `atomic_t`, `atomic64_t` and their kin: the number in them. */
export const atomic: Renderer = (value) => counterIn(value, ['counter']);

/** `refcount_t` and `struct kref`, which have an atomic number inside. */
export const referenceCount: Renderer = (value) => counterIn(value, ['refs', 'counter']);
export const kref: Renderer = (value) => counterIn(value, ['refcount', 'refs', 'counter']);

function counterIn(value: Value, path: readonly string[]): ReturnType<Renderer> {
  let present: Value | undefined = value;
  for (const name of path) present = present?.memberNamed(name);
  return present === undefined ? undefined : plainText(present.textIn(DECIMAL));
}
