import { execFileSync } from 'node:child_process';

/** Runs gdb commands on a program file, without running the program, and gives what each of them printed. */
export function askGdb(program: string, commands: readonly string[], directory?: string): string[] {
  const marker = '@@@ answer follows';
  const script = ['set pagination off', 'set osabi none', 'set width 0', 'set breakpoint pending off'];
  for (const command of commands) script.push(`echo ${marker}\\n`, command);
  const output = execFileSync(
    'gdb-multiarch',
    ['--batch', '-nx', ...script.flatMap((line) => ['-ex', line]), program],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 2 ** 28, ...(directory && { cwd: directory }) },
  );
  return output.split(`${marker}\n`).slice(1);
}

/** The addresses of all breakpoint locations in the answer to `info breakpoints`, ascending. */
export function breakpointAddresses(answer: string): bigint[] {
  const addresses = [...answer.matchAll(/\sy\s+(0x[0-9a-f]+)\s/g)].map((match) => BigInt(match[1] ?? 0));
  return addresses.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
