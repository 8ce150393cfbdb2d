import type { Value } from '../value.ts';
import { plainText, type Rendering } from './rendering.ts';

/** Linux's `atomic_t` and its kin: the number in them. */
export function atomic(value: Value): Rendering | undefined {
  const counter = value.memberNamed('counter');
  return counter === undefined ? undefined : plainText(counter.text);
}
