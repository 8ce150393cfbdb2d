import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Frame } from './debuggee.ts';

/** How the story looks on a terminal; plain where colours would end up in a file. */

const colours = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
const style =
  (code: string) =>
  (text: string): string =>
    colours ? `\u001b[${code}m${text}\u001b[0m` : text;

export const bold = style('1');
export const dim = style('2');
export const red = style('31');

export function heading(text: string): void {
  console.log(`\n${bold(text)}`);
}

export function say(...lines: readonly string[]): void {
  for (const line of lines) console.log(`  ${line}`);
}

export function guestSays(text: string): void {
  for (const line of text.split('\n')) console.log(`  ${dim('|')} ${line}`);
}

export function count(value: number): string {
  return value.toLocaleString('en');
}

export function address(value: bigint): string {
  return `0x${value.toString(16)}`;
}

/** The stack, innermost frame first, each with its line of source. */
export function showStack(frames: readonly Frame[], sources: string): void {
  for (const { name, file, line } of frames) {
    // The label of a trap has no place in the source.
    if (file === '') {
      console.log(`  ${name}`);
      continue;
    }
    const text = readFileSync(path.join(sources, file), 'utf8').split('\n')[line - 1];
    console.log(`  ${name.padEnd(16)} ${`${file}:${line}`.padEnd(14)} ${dim(text?.trim() ?? '')}`);
  }
}

/** The lines around the place where a frame stands. */
export function showSource({ file, line }: Frame, sources: string): void {
  const lines = readFileSync(path.join(sources, file), 'utf8').split('\n');
  for (let number = line - 4; number <= line + 2; number++) {
    const text = `${String(number).padStart(4)}  ${lines[number - 1] ?? ''}`;
    console.log(number === line ? red(`  ->${text}`) : `    ${text}`);
  }
}
