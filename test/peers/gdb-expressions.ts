import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TimelineContract } from '../../emulator/replay/timeline.ts';
import { runGdb } from './gdb.ts';

/** What gdb says of an expression: its value and its type, or why it has none. */
export type GdbAnswer =
  | { readonly kind: 'value'; readonly text: string; readonly type: string }
  | { readonly kind: 'error'; readonly text: string };

/** Runs in gdb: prints each expression of a file as `print` does, and its type as `whatis` does. */
const SCRIPT = `
import gdb, json
answers = []
for text in json.load(open(EXPRESSIONS)):
    try:
        value = gdb.execute('output ' + text, to_string=True)
        kind = gdb.execute('whatis ' + text, to_string=True)
        answers.append({'kind': 'value', 'text': value, 'type': kind.strip().removeprefix('type = ')})
    except gdb.error as error:
        answers.append({'kind': 'error', 'text': str(error)})
json.dump(answers, open(ANSWERS, 'w'))
`;

/** gdb's answers to expressions, after commands that bring it to the frame in which to ask. */
export async function askGdbExpressions(
  timeline: TimelineContract,
  symbols: string,
  commands: readonly string[],
  expressions: readonly string[],
): Promise<GdbAnswer[]> {
  const folder = mkdtempSync(join(tmpdir(), 'retrograde-expressions-'));
  try {
    const file = (name: string): string => join(folder, name);
    writeFileSync(file('expressions'), JSON.stringify(expressions));
    const paths = `EXPRESSIONS = ${JSON.stringify(file('expressions'))}\nANSWERS = ${JSON.stringify(file('answers'))}\n`;
    writeFileSync(file('ask.py'), paths + SCRIPT);
    const settings = [
      'set print max-depth -1',
      'set print elements 200',
      'set print null-stop on',
      'set print repeats unlimited',
      'set max-value-size unlimited',
    ];
    await runGdb(timeline, symbols, [...settings, ...commands, `source ${file('ask.py')}`]);
    return JSON.parse(readFileSync(file('answers'), 'utf8')) as GdbAnswer[];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
