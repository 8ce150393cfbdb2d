import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSymbolFile } from '../../../adapter/host/symbol-file.ts';
import { NO_CACHE } from '../../../adapter/symbols/cache/symbol-cache.ts';
import type { CompanionFiles } from '../../../adapter/symbols/companions/companion-files.ts';
import { Image } from '../../../adapter/symbols/image.ts';
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
  'o2-clang-4',
  'o2-clang-5',
  'o2-type-units-4',
  'o2-type-units-5',
  'o2-macros-4',
  'o2-macros-5',
  'o2-macinfo',
  'o2-split-5',
  'o2-package-5',
  'o2-split-4',
  'o2-split-5',
  'o2-package-4',
  'o2-package-5',
  'o2-debug-link',
  'o2-build-id',
  'o2-shared',
  'o2-whole',
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
  return Program.load(`${name}.elf`, readFixture(name), { companions: FIXTURE_COMPANIONS });
}

/** The files that belong to those programs which leave some of their debug information to others. */
export const FIXTURE_COMPANIONS: CompanionFiles = {
  directory: fileURLToPath(new URL('fixtures', import.meta.url)),
  debugDirectories: [fixturePath('debug')],
  // A damaged name may be that of a folder, or too long for a file.
  read: (path) => {
    try {
      return readFileSync(path);
    } catch {
      return undefined;
    }
  },
};

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

/** Programs whose code is that of `o2-dwarf5`, and what was recorded of its run theirs. */
export const SAME_CODE = [
  'o2-type-units-4',
  'o2-type-units-5',
  'o2-debug-link',
  'o2-build-id',
  'o2-shared',
] as const satisfies readonly FixtureName[];

/** All that is read from a file, part by part as it is wanted; nothing is kept of it. */
export function openImage(file: string): Image {
  const options = { companions: FIXTURE_COMPANIONS, sectionAddresses: undefined, cache: NO_CACHE };
  return new Image(path.basename(file), openSymbolFile(file), options);
}
