import { strip } from '../../types/type.ts';
import { Value } from '../value.ts';
import { atomic, kref, referenceCount } from './atomic.ts';
import { bitmap } from './bitmap.ts';
import { hashList, listHead } from './linked-list.ts';
import { redBlackTree } from './red-black-tree.ts';
import type { Renderer, Rendering, TypeLookup } from './rendering.ts';
import { slice, string, stringSlice, vector } from './rust-sequences.ts';
import { spinlock } from './spinlock.ts';

export type { Rendering } from './rendering.ts';

/** By the name of a typedef or structure, which C's has its keyword before it. */
const BY_NAME: ReadonlyMap<string, Renderer> = new Map<string, Renderer>([
  ['atomic_t', atomic],
  ['atomic64_t', atomic],
  ['atomic_long_t', atomic],
  ['refcount_t', referenceCount],
  ['struct refcount_struct', referenceCount],
  ['struct kref', kref],
  ['spinlock_t', spinlock],
  ['raw_spinlock_t', spinlock],
  ['struct spinlock', spinlock],
  ['struct raw_spinlock', spinlock],
  ['struct list_head', listHead],
  ['struct hlist_head', hashList],
  ['struct rb_root', redBlackTree],
  ['struct rb_root_cached', redBlackTree],
  ['struct cpumask', bitmap],
  ['cpumask_t', bitmap],
  ['nodemask_t', bitmap],
  ['&str', stringSlice],
  ['&mut str', stringSlice],
  ['alloc::string::String', string],
  ['String', string],
]);

/** By how a name of Rust begins, its parameters behind it. */
const BY_BEGINNING: readonly (readonly [string, Renderer])[] = [
  ['&[', slice],
  ['&mut [', slice],
  ['alloc::vec::Vec<', vector],
  ['Vec<', vector],
];

/** How a value is rendered; undefined where its members say it best. */
export function renderingOf(variable: unknown, types: TypeLookup): Rendering | undefined {
  if (!(variable instanceof Value)) return undefined;
  const bare = strip(variable.type);
  if (bare.kind !== 'structure' || variable.place.kind === 'unavailable') return undefined;
  for (const name of namesOf(variable)) {
    const renderer = BY_NAME.get(name) ?? BY_BEGINNING.find(([beginning]) => name.startsWith(beginning))?.[1];
    const rendering = renderer?.(variable, types);
    if (rendering !== undefined) return rendering;
  }
  return undefined;
}

function namesOf({ type }: Value): string[] {
  const names: string[] = [];
  let present = type;
  for (let hop = 0; hop < 16 && (present.kind === 'typedef' || present.kind === 'qualified'); hop++) {
    if (present.kind === 'typedef') names.push(present.name);
    present = present.target();
  }
  if (present.kind === 'structure' && present.name !== undefined) names.push(present.name);
  return names;
}
