import type { ExpressionEnvironment } from '../../symbols/expressions/environment.ts';
import type { Program } from '../program.ts';

/** An environment in which names and types that a program does not have are those of others, in their order. */
export function withOtherPrograms(
  own: ExpressionEnvironment,
  others: readonly Program[],
  environmentOf: (program: Program) => ExpressionEnvironment,
): ExpressionEnvironment {
  if (others.length === 0) return own;
  let known: readonly ExpressionEnvironment[] | undefined;
  const first = <T>(ask: (environment: ExpressionEnvironment) => T | undefined): T | undefined => {
    for (const other of (known ??= others.map(environmentOf))) {
      const found = ask(other);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return {
    ...own,
    types: {
      ...own.types,
      typeNamed: (keyword, path) =>
        own.types.typeNamed(keyword, path) ?? first(({ types }) => types.typeNamed(keyword, path)),
    },
    name: (path, file) => own.name(path, file) ?? first((other) => other.name(path, file)),
  };
}
