import type { Scheduler } from '../../emulator/replay/scheduler.ts';

let [lookedAt, used, worked] = [performance.now(), processorTime(), 0];

/** Milliseconds of all threads. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Node's event loop. */
export const nodeScheduler: Scheduler = {
  giveWay: () =>
    new Promise((resolve) => {
      setImmediate(resolve);
    }),
  now: () => performance.now(),
  // Threads that compile beside this one use processor time too: no more has passed here than the clock says.
  worked() {
    const [now, usedNow] = [performance.now(), processorTime()];
    worked += Math.min(now - lookedAt, usedNow - used);
    [lookedAt, used] = [now, usedNow];
    return worked;
  },
  after(milliseconds, callback) {
    // A timer waits for at most 2^31 - 1 ms; whoever waits longer looks again then.
    const timer = setTimeout(callback, Math.min(milliseconds, 2 ** 31 - 1));
    return () => {
      clearTimeout(timer);
    };
  },
};
