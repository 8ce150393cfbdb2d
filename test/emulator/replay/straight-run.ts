import assert from 'node:assert/strict';
import type { EventSource, HostEvent } from '../../../emulator/machine/machine.ts';
import type { PersonChange } from '../../../emulator/replay/person-changes.ts';
import type { StopSet } from '../../../emulator/machine/stop.ts';
import { ToyMachine } from './toy-machine.ts';

/** What a run looks like when nobody travels, one step at a time. */
export interface StraightRun {
  /** The fingerprint of the state at each counter that was asked for. */
  readonly states: ReadonlyMap<number, string>;
  /** Counters at which the conditions are met. */
  readonly hits: readonly number[];
}

/** Answers from a list of events, without any of the timeline's code. */
function listSource(events: readonly HostEvent[]): EventSource {
  const left = [...events];
  return {
    nextCounter: () => left.find((event) => event.kind === 'console-input')?.counter ?? Infinity,
    take(counter) {
      const taken = left.filter((event) => event.kind === 'console-input' && event.counter === counter);
      for (const event of taken) left.splice(left.indexOf(event), 1);
      return taken;
    },
    entropy(counter, length) {
      const at = left.findIndex((event) => event.kind === 'entropy');
      const [event] = at < 0 ? [] : left.splice(at, 1);
      if (event?.counter !== counter || event.bytes.length !== length) throw new Error('The toy is not deterministic.');
      return event.bytes;
    },
  };
}

/** Runs the toy from power-on to `end`, taking fingerprints at `counters`. */
export function runStraight(
  program: Uint8Array,
  events: readonly HostEvent[],
  end: number,
  counters: Iterable<number>,
  stops: StopSet = { conditions: [] },
  changes: readonly PersonChange[] = [],
): StraightRun {
  const machine = new ToyMachine(program);
  machine.setEventSource(listSource(events));
  const wanted = new Set(counters);
  const states = new Map<number, string>();
  const look = (): void => {
    for (const change of changes) {
      if (change.counter === machine.counter) assert.equal(machine.change(change.changes).kind, 'changed');
    }
    if (wanted.has(machine.counter)) states.set(machine.counter, machine.fingerprint());
  };
  look();
  const hits = new Set<number>();
  const watching: StopSet = {
    conditions: stops.conditions,
    accept(hit) {
      if (stops.accept?.(hit) ?? true) hits.add(hit.counter);
      return false;
    },
  };
  while (machine.counter < end) {
    machine.run(machine.counter + 1, watching);
    look();
  }
  return { states, hits: [...hits] };
}
