import type { DebugProtocol } from '@vscode/debugprotocol';
import type { ExpressionEnvironment } from '../../symbols/expressions/environment.ts';
import { evaluate, memberNames } from '../../symbols/expressions/evaluate.ts';
import { ExpressionError } from '../../symbols/expressions/expression-error.ts';
import { strip } from '../../symbols/types/type.ts';
import { fieldNames, registerNames } from './machine-environment.ts';

/** What may stand at the end of what has been typed, in place of `length` characters from `start` on, which counts from 0. */
export type Completion = DebugProtocol.CompletionItem & { readonly start: number };

/** More names than a person looks through. */
const MOST_TARGETS = 200;

/** What may stand behind the last dot or arrow, dollar, or the beginning of a name, in what has been typed. */
export function completeExpression(
  typed: string,
  environment: ExpressionEnvironment,
  names: { readonly locals: () => readonly string[]; readonly startingWith: (beginning: string) => readonly string[] },
): Completion[] {
  const member = /^(.*?)(?:\.|->)\s*(\w*)$/s.exec(typed);
  const [, before = '', beginning = ''] = member ?? [];
  if (member !== null && /[\w)\]]\s*$/.test(before)) {
    const object = lastOperand(before);
    const register = /^\$(\w+)$/.exec(object)?.[1];
    const fields = register === undefined ? [] : fieldNames(register);
    const found = fields.length > 0 ? fields : membersOf(object, environment);
    return targets(found, beginning, typed, 'field');
  }
  const register = /\$(\w*)$/.exec(typed);
  if (register !== null) return targets(registerNames(), register[1] ?? '', typed, 'variable');
  const name = /[A-Za-z_][\w:]*$/.exec(typed)?.[0] ?? '';
  if (name === '') return [];
  const locals = targets(names.locals(), name, typed, 'variable');
  const others = targets(names.startingWith(name), name, typed, 'reference');
  return [...locals, ...others].slice(0, MOST_TARGETS);
}

function targets(
  names: readonly string[],
  beginning: string,
  typed: string,
  type: DebugProtocol.CompletionItemType,
): Completion[] {
  const start = typed.length - beginning.length;
  return [...new Set(names)]
    .filter((name) => name.startsWith(beginning))
    .slice(0, MOST_TARGETS)
    .map((label) => ({ label, type, start, length: beginning.length }));
}

function membersOf(object: string, environment: ExpressionEnvironment): readonly string[] {
  try {
    const { type } = evaluate(object, environment);
    const bare = strip(type);
    const target = bare.kind === 'pointer' ? strip(bare.target()) : bare;
    return target.kind === 'structure' ? memberNames(target) : [];
  } catch (error) {
    if (error instanceof ExpressionError) return [];
    throw error;
  }
}

/** The postfix expression that a text ends with: `a + b->c[1]` ends with `b->c[1]`. */
function lastOperand(text: string): string {
  let at = text.length;
  let depth = 0;
  while (at > 0) {
    const character = text[at - 1] ?? '';
    if (character === ')' || character === ']') depth++;
    else if (character === '(' || character === '[') {
      if (depth === 0) break;
      depth--;
    } else if (depth === 0 && !/[\w$.:]/.test(character)) {
      if (character === '>' && text[at - 2] === '-') at--;
      else break;
    }
    at--;
  }
  return text.slice(at).trim();
}
