import type { Machine } from '../../emulator/machine/machine.ts';
import { createEmptyMachine } from '../../emulator/machine/virt-machine.ts';
import { MACHINE_VERSION } from '../../emulator/recording/machine-version.ts';
import type { Recording } from '../../emulator/recording/recording.ts';
import { FileError } from './file-error.ts';

/** The recording, when this machine goes the way of the one that made it. Throws a FileError. */
export function replayable(recording: Recording): Recording {
  const { build } = recording.header;
  if (build === undefined || build.machine === MACHINE_VERSION) return recording;
  throw new FileError(
    `${recording.name} was recorded by ${build.program}, whose machine is version ${build.machine}; this one is version ` +
      `${MACHINE_VERSION} and would go another way. Open it with the version that recorded it, or record again.`,
  );
}

/** The machine of a recording, before its first state is restored. Throws a FileError when the host lacks the memory. */
export function machineOf(recording: Recording): Machine {
  const { configuration, tohost } = recording.machine;
  try {
    return createEmptyMachine(configuration, tohost);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FileError(
      `The machine of ${recording.name} cannot be built (${reason}). Open it on a computer with more memory.`,
    );
  }
}

/** What the person should know of a recording's file: that it is damaged, and how far it is good. */
export function remarksOn({ name, damage, lastCounter }: Recording): readonly string[] {
  if (damage === undefined) return [];
  const what =
    damage.kind === 'truncated'
      ? 'has no end yet: it is still being recorded, or the recorder was killed'
      : `was altered at byte ${damage.offset} (${damage.reason})`;
  return [`${name} ${what}. What stands before is good: it reaches counter ${lastCounter.toLocaleString('en')}.`];
}
