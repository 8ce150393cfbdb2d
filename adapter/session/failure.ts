/** Why a request cannot be done, as a sentence for the person: what is wrong, where, and what to do. */
export class RequestFailure extends Error {
  override readonly name = 'RequestFailure';

  /** `shown` is false for failures that only the client's logic needs, such as looking at a moving machine. */
  constructor(
    sentence: string,
    readonly shown = true,
  ) {
    super(sentence);
  }
}

/** What the protocol wants in `message` when a request needs the machine to stand still. */
export const NOT_STOPPED = 'notStopped';

/** A request that looks at the machine came while it moves. */
export class NotStopped extends RequestFailure {
  constructor() {
    super(NOT_STOPPED, false);
  }
}

/** The sentence in any thrown value. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
