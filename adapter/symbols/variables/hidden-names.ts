import type { Value } from './value.ts';
import type { FrameVariables } from './variables-in-scope.ts';

/** What stands before the name of a variable that one of a block further in hides: as often as there are such. */
const OUTER = 'outer::';

/**
 * The same variables, each by a name of its own: those that another of the name hides, in a block further in, are called
 * `outer::name`, the next one out `outer::outer::name`. Expressions know them by these names, too.
 */
export function withHiddenNames({ arguments: parameters, locals }: FrameVariables): FrameVariables {
  const seen = new Map<string, number>();
  const named = (value: Value): Value => {
    const hiding = seen.get(value.name) ?? 0;
    seen.set(value.name, hiding + 1);
    return hiding === 0 ? value : value.named(OUTER.repeat(hiding) + value.name);
  };
  // Parameters are of the outermost block.
  const inner = locals.map(named);
  return { arguments: parameters.map(named), locals: inner };
}
