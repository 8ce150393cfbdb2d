import type { Scheduler } from '../../emulator/replay/scheduler.ts';

/** Milliseconds of work between looking at the processor's time, which takes a hundred times as long as looking at the clock. */
const LOOK_INTERVAL = 40;

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
      share = Math.min(1, (usedNow - used) / (now - looked));
      [looked, used] = [now, usedNow];
    }
    worked += (now - last) * share;
    last = now;
    return worked;
  },
  rested() {
    looked = last = performance.now();
    used = processorTime();
  },
  after(milliseconds, callback) {
    // A timer waits for at most 2^31 - 1 ms; whoever waits longer looks again then.
    const timer = setTimeout(callback, Math.min(milliseconds, 2 ** 31 - 1));
    return () => {
      clearTimeout(timer);
    };
  },
};
