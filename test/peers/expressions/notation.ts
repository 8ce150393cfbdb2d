import type { GdbAnswer } from '../gdb-expressions.ts';

/**
 * One notation for the two: what is said in other words on purpose, and nothing else.
 *
 * - gdb puts the type before a pointer or function on its own: `(int *) 0x80001154`, `{int (void)} 0x80000348`. Here the type has
 *   a column of its own.
 * - gdb writes a symbol's offset in decimal, `<vector+12>`; here it is hexadecimal, as in a disassembly.
 * - gdb prints as many digits of a number as its format could need, here it is the shortest that is this number.
 * - gdb says `<No data fields>` in a structure without members.
 * - Of Rust gdb writes paths before variants, `a: 1` for members and `[1, 2]` for arrays; here they stand as in C.
 * - An error and an unreadable value are told in other words.
 */
function inOneNotation(text: string): string {
  return text
    .replace(/^\((?:[^()]|\([^()]*\)|\((?:[^()]|\([^()]*\))*\))*\) (?=0x)/, '')
    .replace(/^\{.*?\} (?=0x)/, '')
    .replaceAll('{<No data fields>}', '{}')
    .replace(/<([\w.]+)\+(0x[0-9a-f]+|\d+)>/g, (_, name: string, offset: string) => `<${name}+${Number(offset)}>`)
    .replace(/-?\d+(?:\.\d+)?(?:e[-+]?\d+)?/gi, (number) =>
      /[.e]/i.test(number) ? String(Number(Number(number).toPrecision(6))) : number,
    );
}

/** Whether the two say the same; here long texts are cut short, and end in dots. */
export function isSameText(gdb: string, ours: string): boolean {
  const theirs = inOneNotation(fromRust(gdb));
  if (ours.endsWith('...') && !gdb.endsWith('...'))
    return theirs.startsWith(inOneNotation(ours.slice(0, -3)).slice(0, -20));
  return theirs === inOneNotation(ours);
}

function fromRust(text: string): string {
  if (text.startsWith('[')) return `{${text.slice(1, -1)}}`;
  if (text === 'true' || text === 'false') return text;
  return /^\w+::/.test(text) ? text.replace(/^(?:[\w]+(?:<.*?>)?::)+(?=[A-Z])/, '').replace(/(\w): /g, '$1 = ') : text;
}

/** Whether gdb says that there is no value. */
export function isRefusal(answer: GdbAnswer): boolean {
  return answer.kind === 'error' || /^<(optimized out|error: .*|not saved)>$/.test(answer.text);
}
