import type { Recording } from '../../emulator/recording/recording.ts';
import { RecordingError } from '../../emulator/recording/recording-error.ts';
import type { MotionOutcome } from '../../emulator/replay/timeline.ts';
import { openRecording } from '../host/recording-files.ts';
import { printError } from '../host/terminal.ts';

/** Opens a recording for replay: one that was cut short is fine, and said; one that was altered is refused. */
export async function openForReplay(path: string): Promise<Recording> {
  const recording = await openRecording(path);
  const { damage } = recording;
  if (damage?.kind === 'corrupt') {
    await recording.close();
    throw new RecordingError(
      'corrupt',
      `${path} is damaged at byte ${damage.offset}: ${damage.reason}. Get the file again from where it came.`,
      damage.offset,
    );
  }
  if (damage !== undefined) printError(`retrograde: ${describeTruncation(recording)}\n`);
  return recording;
}

export function describeTruncation(recording: Recording): string {
  return (
    `${recording.name} was cut short (the recorder was stopped, or the disk was full): ` +
    `it can be replayed up to counter ${recording.lastCounter}.`
  );
}

export function describeDivergence(path: string, outcome: MotionOutcome & { readonly kind: 'diverged' }): string {
  return (
    `The replay of ${path} diverges at counter ${outcome.counter}: recorded is ${outcome.expected}, ` +
    `replayed is ${outcome.actual}. Replay it with the version of Retrograde that recorded it; if that was this one, ` +
    'the machine is not deterministic: please report it with the recording.'
  );
}
