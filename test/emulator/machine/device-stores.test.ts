import assert from 'node:assert/strict';
import type { Machine } from '../../../emulator/machine/machine.ts';
import type { Hit, StopCondition } from '../../../emulator/machine/stop.ts';
import { HitTally } from '../../../emulator/machine/stop.ts';
import type { Access } from './access-script/access-script.ts';
import { machineRunning, quiet, t0, t1 } from './program.ts';
import { BUFFERS, VirtioDriver, WRITE } from './virtio/virtio-driver.ts';

/** Stores of bus masters are met by conditions as those of harts are: here those of the entropy device. */

const ENTROPY_SLOT = 7;
const LENGTH = 64;
const END_OF_PROGRAM = 10_000;

/** A program that asks for entropy three times, into one buffer. The device gives 5s, then 0s, then 0s again. */
function threeRequests(): { readonly machine: Machine; readonly notifications: () => readonly number[] } {
  const driver = new VirtioDriver(ENTROPY_SLOT, 'legacy');
  const request = [...driver.describe(0, [{ address: BUFFERS, length: LENGTH, flags: WRITE }])];
  const accesses: readonly Access[] = [
    ...driver.initialize(0n, [0]),
    ...request,
    ...[1, 2, 3].flatMap(() => [...driver.offer(0, 0), driver.notify(0)]),
  ];
  const machine = machineRunning(
    (program) => {
      for (const access of accesses) {
        program.constant(t0, access.address);
        if (access.kind !== 'store') {
          program.emit('lw', { rd: t1, rs1: t0 });
          continue;
        }
        const words = access.width === 8 ? [access.value & 0xffff_ffffn, access.value >> 32n] : [access.value];
        words.forEach((value, index) => {
          program.constant(t1, Number(value));
          program.emit(access.width === 2 ? 'sh' : 'sw', { rs1: t0, rs2: t1, imm: 4 * index });
        });
      }
      program.emit('wfi');
    },
    16 * 2 ** 20,
  );
  const asked: number[] = [];
  machine.setEventSource({
    ...quiet,
    entropy: (counter, length) => {
      asked.push(counter);
      return new Uint8Array(length).fill(asked.length === 1 ? 5 : 0);
    },
  });
  return { machine, notifications: () => asked };
}

const buffer = (access: 'write' | 'change' | 'read', at = 0, length = LENGTH): StopCondition => ({
  kind: 'access',
  space: 'physical',
  address: BigInt(BUFFERS + at),
  length,
  access,
});

/** Runs to the end; what was met. */
function hitsOf(machine: Machine, condition: StopCondition): Hit[] {
  const hits: Hit[] = [];
  const stops = {
    conditions: [condition],
    accept: (hit: Hit) => {
      hits.push(hit);
      return false;
    },
  };
  assert.equal(machine.run(END_OF_PROGRAM, stops).kind, 'idle');
  return hits;
}

describe('a store by a device', () => {
  it('is met by a watch of what it writes, at the step that made the device act', () => {
    const { machine, notifications } = threeRequests();
    const hits = hitsOf(machine, buffer('write'));
    assert.equal(hits.length, 3);
    assert.deepEqual(
      hits.map(({ counter }) => counter),
      notifications(),
    );
    for (const hit of hits) {
      assert.ok(hit.kind === 'access');
      assert.deepEqual([hit.byDevice, hit.write, hit.address, hit.length], [true, true, BigInt(BUFFERS), LENGTH]);
    }
  });

  it('is a change when it leaves other bytes where the watch is', () => {
    const { machine, notifications } = threeRequests();
    // From 0 to 5, from 5 back to 0, and 0 again.
    assert.deepEqual(
      hitsOf(machine, buffer('change', 8, 8)).map(({ counter }) => counter),
      notifications().slice(0, 2),
    );
    assert.equal(notifications().length, 3);
  });

  it('is met at a virtual address by what that means now, and told with the bytes that are watched', () => {
    const { machine } = threeRequests();
    const [first] = hitsOf(machine, { ...buffer('write', 60, 8), space: 'virtual' } as StopCondition);
    assert.ok(first?.kind === 'access');
    assert.deepEqual([first.byDevice, first.address, first.length], [true, BigInt(BUFFERS + 60), 4]);
  });

  it('is not met by a watch of reads, nor of other bytes', () => {
    assert.deepEqual(hitsOf(threeRequests().machine, buffer('read')), []);
    assert.deepEqual(hitsOf(threeRequests().machine, buffer('write', LENGTH, 8)), []);
  });

  it('stops a run after it, and is tallied by one that does not stop', () => {
    const stopped = threeRequests();
    const outcome = stopped.machine.run(END_OF_PROGRAM, { conditions: [buffer('write')] });
    assert.equal(outcome.kind, 'hit');
    assert.equal(stopped.machine.counter, (stopped.notifications()[0] ?? 0) + 1);
    assert.equal(stopped.machine.readPhysical(BigInt(BUFFERS), 1).bytes[0], 5);
    const tally = new HitTally();
    const { machine, notifications } = threeRequests();
    machine.run(END_OF_PROGRAM, { conditions: [buffer('write')], tally });
    assert.equal(tally.moments, 3);
    assert.equal(tally.last[0]?.counter, notifications()[2]);
  });

  it('counts only when its predicate holds', () => {
    const { machine, notifications } = threeRequests();
    const when = {
      kind: 'compare',
      operand: { kind: 'memory', address: BigInt(BUFFERS) },
      comparison: '==',
      value: 5n,
      width: 1,
    } as const;
    // A device writes after its condition was looked at: the buffer holds 5 before the second request only.
    assert.deepEqual(
      hitsOf(machine, { ...buffer('write'), when }).map(({ counter }) => counter),
      notifications().slice(1, 2),
    );
  });
});

describe('a run that is told of each step', () => {
  it('is told once of every moment, in order', () => {
    const { machine } = threeRequests();
    const from = machine.counter;
    const seen: number[] = [];
    machine.run(from + 200, { conditions: [], eachStep: () => seen.push(machine.counter) });
    assert.deepEqual(
      seen,
      Array.from({ length: 200 }, (_, index) => from + index),
    );
  });
});
