import type { Scheduler } from '../../emulator/replay/scheduler.ts';

/**
 * Milliseconds between looking at the processor's time, which takes a hundred times as long as looking at the clock; and after
 * which the time between says nothing of the present, for somebody waited.
 */
const LOOK_INTERVAL = 40;
const LONGEST_LOOK_INTERVAL = 400;

/** The part of the time that passes which this process has a processor for. */
let share = 1;
let [looked, used] = [performance.now(), processorTime()];
let [last, worked] = [looked, 0];

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
    const now = performance.now();
    if (now - looked >= LOOK_INTERVAL) {
      const usedNow = processorTime();
      share = now - looked < LONGEST_LOOK_INTERVAL ? Math.min(1, (usedNow - used) / (now - looked)) : 1;
      [looked, used] = [now, usedNow];
    }
    worked += (now - last) * share;
    last = now;
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
