import { readFile } from 'node:fs/promises';
import { assembleMachine, type BuiltMachine, type MachineRequest } from './assemble-machine.ts';
import { fileError } from './file-error.ts';

/** Builds a machine from files of this computer. Rejects with a FileError that names the file and the remedy. */
export function buildMachine(request: MachineRequest): Promise<BuiltMachine> {
  return assembleMachine(request, async (path, what) => {
    try {
      return await readFile(path);
    } catch (error) {
      throw fileError(path, 'read', error, `Name a ${what} file that exists and may be read.`);
    }
  });
}
