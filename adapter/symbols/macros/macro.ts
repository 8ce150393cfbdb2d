/** A macro as the preprocessor knew it. */
export interface Macro {
  readonly name: string;
  /** Of `NAME(a, b)`; undefined for a macro without a list of parameters. A last one of `...` takes any number. */
  readonly parameters: readonly string[] | undefined;
  /** What the macro stands for: tokens as text. */
  readonly replacement: string;
  /** Where it was defined: into the files of the unit's line table; undefined for the compiler's own and its options. */
  readonly file: number | undefined;
  /** From 1; 0 for the compiler's own and its options. */
  readonly line: number;
}

/**
 * Takes the text of a definition apart (DWARF 5, section 6.3.2.1): the name, its parameters directly behind it, one
 * space, the replacement. Undefined when there is no name.
 */
export function parseMacro(text: string, file: number | undefined, line: number): Macro | undefined {
  const name = /^[A-Za-z_$\u0080-\uffff][\w$\u0080-\uffff]*/.exec(text)?.[0];
  if (name === undefined) return undefined;
  const rest = text.slice(name.length);
  if (!rest.startsWith('(')) return { name, parameters: undefined, replacement: rest.trim(), file, line };
  const end = rest.indexOf(')');
  if (end < 0) return undefined;
  const list = rest.slice(1, end).trim();
  const parameters = list === '' ? [] : list.split(',').map((parameter) => parameter.trim());
  return { name, parameters, replacement: rest.slice(end + 1).trim(), file, line };
}
