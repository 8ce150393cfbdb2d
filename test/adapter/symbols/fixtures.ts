import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Program } from '../../../adapter/symbols/program.ts';

/** The programs of fixtures/build.sh: one source, and debug information in every form that is read. */
export const PROGRAMS_WITH_LINES = [
  'o0-dwarf5',
  'o2-dwarf5',
  'o0-dwarf4',
  'o2-dwarf4',
  'o2-zlib',
  'o2-zstd',
  'o2-gnu-zdebug',
  'o2-debug-frame',
  'o2-patchable',
] as const;

export const PROGRAMS_WITHOUT_LINES = ['o1-frame-pointer'] as const;

export type FixtureName = (typeof PROGRAMS_WITH_LINES)[number] | (typeof PROGRAMS_WITHOUT_LINES)[number];

export function fixturePath(file: string): string {
  return fileURLToPath(new URL(`fixtures/${file}`, import.meta.url));
}

export function readFixture(name: FixtureName): Uint8Array {
  return readFileSync(fixturePath(`${name}.elf`));
}

export function loadFixture(name: FixtureName): Program {
  return Program.load(`${name}.elf`, readFixture(name));
}

/** The number of the source line that has `text` in its comment. */
export function lineOf(file: string, text: string): number {
  const lines = readFileSync(fixturePath(file), 'utf8').split('\n');
  const found = lines.findIndex((line) => line.includes(`/* ${text} */`) || line.endsWith(`# ${text}`));
  if (found < 0) throw new Error(`no line of ${file} says ${text}`);
  return found + 1;
}

/** The only element. */
export function single<T>(values: readonly T[]): T {
  const [value] = values;
  if (value === undefined || values.length !== 1) throw new Error(`one value was expected, not ${values.length}`);
  return value;
}
