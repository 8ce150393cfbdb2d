import { readFile, stat } from 'node:fs/promises';
import type { SourceFiles } from '../session/host.ts';
import { fileError } from './file-error.ts';

/** The files of this computer. */
export const nodeFiles: SourceFiles = {
  async exists(path) {
    try {
      return (await stat(path)).isFile();
    } catch {
      return false;
    }
  },
  async read(path) {
    try {
      return await readFile(path);
    } catch (error) {
      throw fileError(path, 'read', error, 'Name a file that exists and may be read.');
    }
  },
};
