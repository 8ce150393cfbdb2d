import { readFileSync } from 'node:fs';
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
