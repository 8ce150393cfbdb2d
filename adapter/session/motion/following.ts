/**
 * Runs something with a signal that is aborted once any of `signals` is. It stops listening to them when the run is over: they may
 * outlive thousands of runs. (AbortSignal.any leaves its traces in them until somebody collects garbage.)
 */
export async function following<Result>(
  signals: readonly (AbortSignal | undefined)[],
  run: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const abort = (): void => {
    controller.abort();
  };
  for (const signal of signals) {
    if (signal?.aborted === true) abort();
    signal?.addEventListener('abort', abort);
  }
  try {
    return await run(controller.signal);
  } finally {
    for (const signal of signals) signal?.removeEventListener('abort', abort);
  }
}
