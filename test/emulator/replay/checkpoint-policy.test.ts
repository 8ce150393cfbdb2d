import assert from 'node:assert/strict';
import { PAGE_SIZE } from '../../../emulator/machine/paged-space.ts';
import { CheckpointSpacing, TARGET_LATENCY, WrittenSpacing } from '../../../emulator/replay/checkpoint-policy.ts';

const STEPS_PER_MILLISECOND = 400_000;

/** A spacing that has seen the machine run at this speed for a while. */
function settled(): CheckpointSpacing {
  const spacing = new CheckpointSpacing();
  for (let slice = 0; slice < 200; slice++) spacing.ran(STEPS_PER_MILLISECOND, 1);
  return spacing;
}

describe('Checkpoints in memory', () => {
  it('are as far apart as the machine runs in the latency that is aimed for', () => {
    assert.ok(Math.abs(settled().steps / STEPS_PER_MILLISECOND - TARGET_LATENCY) < 1);
    assert.ok(settled().isDue(TARGET_LATENCY * STEPS_PER_MILLISECOND * 1.01, 10));
  });

  it('are taken seldom enough that they cost little, from the first one on', () => {
    for (const costOfPage of [0.001, 0.003, 0.03]) {
      const spacing = settled();
      const [pages, slice] = [8000, 10];
      let [ran, spent, taken, since] = [0, 0, 0, 0];
      while (ran < 60_000) {
        ran += slice;
        since += slice;
        if (!spacing.isDue(since * STEPS_PER_MILLISECOND, pages)) continue;
        spacing.took(pages, pages * costOfPage);
        spent += pages * costOfPage;
        taken++;
        since = 0;
      }
      assert.ok(taken > 2);
      // The first one is taken before its cost is known.
      assert.ok((spent - pages * costOfPage) / ran < 0.025, `${spent} ms of ${ran} ms`);
    }
  });
});

describe('Checkpoints in the file', () => {
  it('cost little of the time, and fewer bytes the longer a recording is', () => {
    const bytes = 8000 * PAGE_SIZE;
    const written = new WrittenSpacing(TARGET_LATENCY, 0.01);
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
    assert.ok(inFirstMinute >= 5 && inFirstMinute <= 60_000 / TARGET_LATENCY);
    const inTenHours = after(36_000_000);
    assert.ok(inTenHours < 1000, `${inTenHours} checkpoints`);
  });

  it('are not reckoned up before they are due', () => {
    const written = new WrittenSpacing(TARGET_LATENCY, 0.01);
    written.ran(TARGET_LATENCY - 1);
    assert.equal(
      written.isDue(() => assert.fail('asked')),
      false,
    );
  });
});
