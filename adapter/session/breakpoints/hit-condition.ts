/**
 * Which hits of a breakpoint stop, by their numbers. The number of a hit is how often the breakpoint has been met since
 * power-on, this time included: it belongs to the moment, whichever way a motion comes to it.
 */
export interface HitCondition {
  readonly comparison: '==' | '>=' | '>' | '<=' | '<' | '%';
  /** At least 1 for `%`. */
  readonly count: number;
}

/** `5` is the fifth hit, `>5`, `>=5`, `==5`, `<5`, `<=5` compare, `%5` is every fifth. Undefined for anything else. */
export function parseHitCondition(text: string): HitCondition | undefined {
  const [, operator = '==', digits] = /^\s*(>=|<=|={1,3}|>|<|%)?\s*(\d{1,15})\s*$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const count = Number(digits);
  const comparison = operator.startsWith('=') ? '==' : (operator as HitCondition['comparison']);
  return comparison === '%' && count === 0 ? undefined : { comparison, count };
}

/** Whether the hit of this number, from 1 on, is one to stop at. */
export function isWanted({ comparison, count }: HitCondition, number: number): boolean {
  switch (comparison) {
    case '==':
      return number === count;
    case '>=':
      return number >= count;
    case '>':
      return number > count;
    case '<=':
      return number <= count;
    case '<':
      return number < count;
    case '%':
      return number % count === 0;
  }
}
