import type { Macro } from '../macros/macro.ts';
import { ExpressionError, spanning, type Span } from './expression-error.ts';
import { tokenize, type Token } from './token.ts';

/** Expansions in one expression: a macro of macros may grow beyond any use. */
const MOST_EXPANSIONS = 2000;
const MOST_TOKENS = 20_000;

/**
 * Replaces macros in tokens (C17, 6.10.3) as far as they are used in expressions: with parameters, `##`, `#` and
 * `__VA_ARGS__`. What replaces a macro has the span of its use, so that errors point there.
 */
export function expandMacros(tokens: readonly Token[], lookup: (name: string) => Macro | undefined): Token[] {
  let expansions = 0;
  const expand = (list: readonly Token[]): Token[] => {
    const output: Token[] = [];
    const rest = [...list].reverse();
    for (let token = rest.pop(); token !== undefined; token = rest.pop()) {
      const macro = token.kind === 'name' && token.hidden?.has(token.text) !== true ? lookup(token.text) : undefined;
      if (macro === undefined) {
        output.push(token);
        continue;
      }
      const use = macro.parameters === undefined ? { arguments: [], span: token.span } : takeArguments(rest, token);
      if (use === undefined) {
        output.push(token);
        continue;
      }
      if (++expansions > MOST_EXPANSIONS || output.length > MOST_TOKENS) {
        throw new ExpressionError(`The macro ${macro.name} expands without end.`, token.span);
      }
      const replaced = substitute(macro, use, token, expand);
      for (const one of replaced.reverse()) rest.push(one);
    }
    return output;
  };
  return expand(tokens);
}

/** How a macro is used: with these arguments, from its name to the closing parenthesis. */
interface Use {
  readonly arguments: readonly (readonly Token[])[];
  readonly span: Span;
}

/** Takes `(a, b)` off the end of reversed tokens; undefined, with nothing taken, when no parenthesis follows. */
function takeArguments(rest: Token[], name: Token): Use | undefined {
  if (rest.at(-1)?.text !== '(' || rest.at(-1)?.kind !== 'punctuator') return undefined;
  rest.pop();
  const found: Token[][] = [[]];
  let depth = 0;
  for (let token = rest.pop(); token !== undefined; token = rest.pop()) {
    if (token.kind === 'end') break;
    const mark = token.kind === 'punctuator' ? token.text : '';
    if (mark === ')' && depth === 0) return { arguments: found, span: spanning(name.span, token.span) };
    if (mark === '(') depth++;
    if (mark === ')') depth--;
    if (mark === ',' && depth === 0) found.push([]);
    else found.at(-1)?.push(token);
  }
  throw new ExpressionError(`The arguments of ${name.text} have no closing parenthesis.`, name.span);
}

function substitute(macro: Macro, use: Use, name: Token, expand: (list: readonly Token[]) => Token[]): Token[] {
  const hidden = new Set([...(name.hidden ?? []), macro.name]);
  const place = (token: Token): Token => ({
    ...token,
    span: use.span,
    hidden: new Set([...hidden, ...(token.hidden ?? [])]),
  });
  const argumentOf = argumentsByName(macro, use);
  const body = bodyOf(macro, use.span);
  const output: Token[] = [];
  for (let at = 0; at < body.length; at++) {
    const token = body[at];
    if (token === undefined) break;
    const next = body[at + 1];
    const isPaste = (one: Token | undefined): boolean => one?.kind === 'punctuator' && one.text === '##';
    if (token.kind === 'punctuator' && token.text === '#' && next !== undefined && argumentOf.has(next.text)) {
      const text = (argumentOf.get(next.text) ?? []).map((one) => one.text).join(' ');
      output.push({ kind: 'string', text: `"${text}"`, bytes: [...new TextEncoder().encode(text)], span: use.span });
      at++;
    } else if (isPaste(token) && next !== undefined) {
      const right = argumentOf.get(next.text) ?? [next];
      const left = output.pop();
      const [first, ...others] = right;
      if (left !== undefined && first !== undefined)
        output.push(
          ...tokenize(left.text + first.text)
            .slice(0, -1)
            .map(place),
        );
      else if (left !== undefined) output.push(left);
      output.push(...(left === undefined ? right : others).map(place));
      at++;
    } else {
      const argument = token.kind === 'name' ? argumentOf.get(token.text) : undefined;
      if (argument === undefined) output.push(place(token));
      else output.push(...(isPaste(next) ? argument : expand(argument)).map((one) => ({ ...one, span: use.span })));
    }
  }
  return output;
}

function argumentsByName({ name, parameters = [] }: Macro, use: Use): Map<string, readonly Token[]> {
  const given = use.arguments;
  const isVariadic = parameters.at(-1)?.endsWith('...') ?? false;
  const fixed = isVariadic ? parameters.slice(0, -1) : parameters;
  const [only] = given;
  const count = parameters.length === 0 && given.length === 1 && only?.length === 0 ? 0 : given.length;
  if (count < fixed.length || (!isVariadic && count > fixed.length)) {
    throw new ExpressionError(`The macro ${name} takes ${fixed.length} arguments, not ${count}.`, use.span);
  }
  const found = new Map<string, readonly Token[]>(fixed.map((parameter, at) => [parameter, given[at] ?? []]));
  if (isVariadic) {
    const comma: Token = { kind: 'punctuator', text: ',', span: use.span };
    const rest = given.slice(fixed.length).flatMap((argument, at) => (at === 0 ? argument : [comma, ...argument]));
    found.set((parameters.at(-1) ?? '').replace('...', '') || '__VA_ARGS__', rest);
  }
  return found;
}

function bodyOf({ name, replacement: body }: Macro, span: Span): Token[] {
  try {
    return tokenize(body).slice(0, -1);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new ExpressionError(`The macro ${name} is no expression: its text is ${body}.`, span);
  }
}
