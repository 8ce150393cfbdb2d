/** Why a recording cannot be read or written, as a sentence for a person. */
export type RecordingProblem =
  /** The file does not begin as a recording does. */
  | 'not-a-recording'
  /** Written by a version whose files this one cannot read. */
  | 'unsupported-version'
  /** Bytes are not what was written. */
  | 'corrupt'
  /** The file ends before everything that a replay needs was written. */
  | 'incomplete'
  /** The host refused to store more. */
  | 'not-written';

export class RecordingError extends Error {
  override readonly name = 'RecordingError';
  readonly problem: RecordingProblem;
  /** Where in the file, in bytes, when that is known. */
  readonly offset: number | undefined;

  constructor(problem: RecordingProblem, message: string, offset?: number) {
    super(message);
    this.problem = problem;
    this.offset = offset;
  }
}
