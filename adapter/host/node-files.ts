import { readFile, stat } from 'node:fs/promises';
import type { SourceFiles } from '../session/host.ts';
import { systemReason } from './host-error.ts';

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
      throw new Error(`${path} cannot be read: ${systemReason(error)}.`, { cause: error });
    }
  },
};
