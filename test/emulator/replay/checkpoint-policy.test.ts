import assert from 'node:assert/strict';
import { PAGE_SIZE } from '../../../emulator/machine/paged-space.ts';
import {
  CheckpointSpacing,
  DigestSpacing,
  FAR_LATENCY,
  MOST_HASHING,
  MOST_WRITING,
  NEAR_LATENCY,
  WRITTEN_LATENCY,
  WrittenSpacing,
} from '../../../emulator/replay/checkpoint-policy.ts';

const STEPS_PER_MILLISECOND = 400_000;
const SLICE = 4;

/** A spacing that has seen the machine run at this speed for a while, and stands at a checkpoint. */
function settled(): CheckpointSpacing {
  const spacing = new CheckpointSpacing();
  for (let slice = 0; slice < 200; slice++) spacing.ran(SLICE * STEPS_PER_MILLISECOND, SLICE);
  spacing.met(0);
  return spacing;
}

/** Milliseconds between checkpoints of so many pages, and the part of the time that they take, over a minute. */
function minute(latency: number, pages: number, costOfPage: number): { readonly gap: number; readonly part: number } {
  const spacing = settled();
  const cost = 0.05 + pages * costOfPage;
  let taken = 0;
  for (let ran = 0; ran < 60_000; ran += SLICE) {
    spacing.ran(SLICE * STEPS_PER_MILLISECOND, SLICE);
    if (!spacing.isDue(latency, pages)) continue;
    spacing.took(pages, cost);
    spacing.spent(cost);
    spacing.met(0);
    taken++;
  }
  return { gap: 60_000 / taken, part: (taken * cost) / 60_000 };
}

describe('Checkpoints in memory', () => {
  it('are as far apart in time as is asked for', () => {
    for (const latency of [NEAR_LATENCY, FAR_LATENCY]) {
      const { gap } = minute(latency, 50, 0.001);
      assert.ok(gap >= latency && gap <= latency + 2 * SLICE, `${gap} ms`);
    }
  });

  it('are taken seldom enough that they cost little, also when pages cost other than before', () => {
    for (const costOfPage of [0.001, 0.003, 0.03]) {
      const { gap, part } = minute(NEAR_LATENCY, 8000, costOfPage);
      assert.ok(part < 0.012, `${part} of the time`);
      assert.ok(gap < 2 * ((8000 * costOfPage) / 0.008), `${gap} ms`);
    }
  });

  it('are counted from the one that was met on the way', () => {
    const spacing = settled();
    spacing.ran(30 * STEPS_PER_MILLISECOND, 30);
    assert.ok(spacing.isDue(25, 10));
    spacing.met(10 * STEPS_PER_MILLISECOND);
    assert.ok(Math.abs(spacing.since - 10) < 0.1);
    assert.ok(!spacing.isDue(25, 10));
  });
});

describe('Digests', () => {
  it('take their part of the time, whatever hashing a page costs, and are a second apart at most', () => {
    for (const costOfPage of [0.0005, 0.003, 0.02]) {
      const spacing = new DigestSpacing(MOST_HASHING);
      let spent = 0;
      let count = 0;
      for (let ran = 0; ran < 60_000; ran += SLICE) {
        spacing.ran(SLICE);
        if (!spacing.isDue(1000)) continue;
        const cost = 1000 * costOfPage;
        spacing.took(1000, cost);
        spent += cost;
        count++;
      }
      assert.ok(count >= 59, `${count} in a minute`);
      const part = spent / 60_000;
      assert.ok(part < 1.1 * Math.max(MOST_HASHING, costOfPage), `${part} of the time`);
    }
  });
});

describe('Checkpoints in the file', () => {
  it('cost little of the time, and fewer bytes the longer a recording is', () => {
    const bytes = 8000 * PAGE_SIZE;
    const written = new WrittenSpacing(WRITTEN_LATENCY, MOST_WRITING);
    let count = 0;
    const after = (milliseconds: number): number => {
      for (let ran = 0; ran < milliseconds; ran += 10) {
        written.ran(10);
        if (!written.isDue(() => bytes)) continue;
        written.wrote();
        count++;
      }
      return count;
    };
    const inFirstMinute = after(60_000);
    assert.ok(inFirstMinute >= 5 && inFirstMinute <= 60_000 / WRITTEN_LATENCY);
    const inTenHours = after(36_000_000);
    assert.ok(inTenHours < 1000, `${inTenHours} checkpoints`);
  });

  it('are not reckoned up before they are due', () => {
    const written = new WrittenSpacing(WRITTEN_LATENCY, MOST_WRITING);
    written.ran(WRITTEN_LATENCY - 1);
    assert.equal(
      written.isDue(() => assert.fail('asked')),
      false,
    );
  });
});
