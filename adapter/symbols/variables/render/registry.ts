import { strip } from '../../types/type.ts';
import { Value } from '../value.ts';
import { atomic } from './atomic.ts';
import type { Renderer, Rendering, TypeLookup } from './rendering.ts';

export type { Rendering } from './rendering.ts';

/** By the name of the structure that a value is, its typedefs included. */
const BY_NAME: ReadonlyMap<string, Renderer> = new Map<string, Renderer>([['atomic_t', atomic]]);

/** How a value is rendered; undefined where its members say it best. */
export function renderingOf(variable: unknown, types: TypeLookup): Rendering | undefined {
  if (!(variable instanceof Value)) return undefined;
  const bare = strip(variable.type);
  if (bare.kind !== 'structure' || variable.place.kind === 'unavailable') return undefined;
  for (const name of namesOf(variable)) {
    const rendering = BY_NAME.get(name)?.(variable, types);
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
