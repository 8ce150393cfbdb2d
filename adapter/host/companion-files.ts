import { readdirSync, readFileSync, type Dirent } from 'node:fs';
import path from 'node:path';
import type { CompanionFiles } from '../symbols/companions/companion-files.ts';

/** The files beside a program of this computer. */
export function companionFilesOf(program: string, debugDirectories: readonly string[]): CompanionFiles {
  return {
    directory: path.dirname(path.resolve(program)),
    debugDirectories,
    read: (file) => {
      try {
        return readFileSync(file);
      } catch {
        return undefined;
      }
    },
  };
}

/** More files than a distribution has modules; a folder with more was not meant. */
const MOST_FILES = 100_000;
/** Folders deeper than this are a circle of links. */
const DEEPEST = 16;

/** The paths of the files in a folder and below it. What may not be read is left out. */
export function filesBelow(folder: string): readonly string[] {
  const found: string[] = [];
  const visit = (at: string, depth: number): void => {
    for (const entry of entriesOf(at)) {
      if (found.length === MOST_FILES) return;
      const inside = path.join(at, entry.name);
      if (entry.isDirectory()) {
        if (depth < DEEPEST) visit(inside, depth + 1);
      } else if (entry.isFile() || entry.isSymbolicLink()) {
        found.push(inside);
      }
    }
  };
  visit(folder, 0);
  return found;
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
