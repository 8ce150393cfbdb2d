import type { Scheduler } from '../../emulator/replay/scheduler.ts';

/** Node's event loop. */
export const nodeScheduler: Scheduler = {
  giveWay: () =>
    new Promise((resolve) => {
      setImmediate(resolve);
    }),
  now: () => performance.now(),
  after(milliseconds, callback) {
    // A timer waits for at most 2^31 - 1 ms; whoever waits longer looks again then.
    const timer = setTimeout(callback, Math.min(milliseconds, 2 ** 31 - 1));
    return () => {
      clearTimeout(timer);
    };
  },
};
