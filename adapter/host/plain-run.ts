import type { GuestExit, Machine } from '../../emulator/machine/machine.ts';
import { EventHistory } from '../../emulator/replay/event-history.ts';
import type { IdlePace } from '../../emulator/replay/live-idle.ts';
import { LiveIdle } from '../../emulator/replay/live-idle.ts';
import type { PrintedBytes } from '../../emulator/recording/console-chunk.ts';
import type { ScriptedConsole } from './input-script.ts';
import { nodeScheduler } from './node-scheduler.ts';
import { hostEntropy } from './recording-files.ts';

const SLICE = 1_000_000;
/** Milliseconds between giving way, as a timeline does. */
const GIVE_WAY_INTERVAL = 8;

/** A machine that runs without a past: nothing is kept, nothing can be gone back to. */
export class PlainRun implements ScriptedConsole {
  readonly #machine: Machine;
  readonly #events = new EventHistory([], { entropy: hostEntropy });
  readonly #idle: LiveIdle;
  readonly #listeners = new Set<(run: PrintedBytes) => void>();

  constructor(machine: Machine, pace: IdlePace, onWaitingForInput: () => void) {
    this.#machine = machine;
    this.#idle = new LiveIdle(machine, this.#events, nodeScheduler, pace, onWaitingForInput);
    machine.setEventSource(this.#events);
    machine.setIdlePolicy('return');
    machine.onConsoleOutput((counter, bytes) => {
      for (const listener of this.#listeners) listener({ counter, bytes });
    });
  }

  get exit(): GuestExit | undefined {
    return this.#machine.exit;
  }

  get counter(): number {
    return this.#machine.counter;
  }

  onConsoleOutput(listener: (run: PrintedBytes) => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  }

  sendConsoleInput(bytes: Uint8Array): boolean {
    this.#events.send('uart0', bytes);
    return true;
  }

  /** Runs until the guest ends, the counter is `until`, or the signal is aborted. */
  async run(until: number, signal: AbortSignal): Promise<void> {
    let gaveWay = nodeScheduler.now();
    while (this.counter < until && !signal.aborted) {
      const outcome = this.#machine.run(Math.min(until, this.counter + SLICE));
      this.#events.frontier = this.counter;
      if (outcome.kind === 'exit') return;
      if (outcome.kind === 'idle') {
        const end = await this.#idle.wait(outcome.deadline, signal);
        if (end === 'deadline') this.#machine.skipIdle();
      }
      if (nodeScheduler.now() - gaveWay < GIVE_WAY_INTERVAL) continue;
      await nodeScheduler.giveWay();
      gaveWay = nodeScheduler.now();
    }
  }
}
