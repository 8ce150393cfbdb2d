/** How the timeline gives way to others on its thread, and waits. Injected: hosts differ, and tests want no clock. */
export interface Scheduler {
  /** Lets everything else that is due run, then resolves. Takes microseconds when nothing is due. */
  giveWay(): Promise<void>;
  /** Milliseconds since some moment; monotonic. */
  now(): number;
  /**
   * Milliseconds that this process has worked since some moment: what passes while the computer serves others is not in it, as
   * far as the host can tell. What the cost of a motion is measured by.
   */
  worked(): number;
  /** Nothing was to be done for a while: how much of the time before this process worked says nothing of what follows. */
  rested(): void;
  /** Calls back after a time, unless it is cancelled by the function returned. */
  after(milliseconds: number, callback: () => void): () => void;
}
