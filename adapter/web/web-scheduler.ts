import type { Scheduler } from '../../emulator/replay/scheduler.ts';

/** What a browser has; Node's types know another. */
interface Port {
  onmessage: (() => void) | null;
  postMessage(message: unknown): void;
}
declare const MessageChannel: new () => { readonly port1: Port; readonly port2: Port };

/** A browser's event loop. Messages are tasks like timers, without their delay of four milliseconds. */
export function webScheduler(): Scheduler {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => {
    waiting.shift()?.();
  };
  return {
    giveWay: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        port2.postMessage(undefined);
      }),
    now: () => performance.now(),
    worked: () => performance.now(),
    rested: () => undefined,
    after(milliseconds, callback) {
      // A timer waits for at most 2^31 - 1 ms; whoever waits longer looks again then.
      const timer = setTimeout(callback, Math.min(milliseconds, 2 ** 31 - 1));
      return () => {
        clearTimeout(timer);
      };
    },
  };
}
