import assert from 'node:assert/strict';
import { kernelNames, kernelOrdeals, soupOrdeals, type Ordeal } from './schedule.ts';

/** The bounded part of `npm run torture`: the same seeds each time. */

const KERNEL_STEPS = { demo: 2e6, timer: 2e6, paging: 2e6, 'small Linux': 12e6, 'Debian Linux': 0 } as const;

function holds(ordeals: readonly Ordeal[]): void {
  for (const { name, check } of ordeals) {
    it(name, async () => {
      assert.equal(await check(), undefined);
    });
  }
}

describe('a state is the same however it is reached (laws 1, 4, 6, 7)', function () {
  this.timeout(120_000);

  describe('in random code', () => {
    for (let seed = 1; seed <= 6; seed++) holds(soupOrdeals(seed, 300_000));
  });

  for (const name of kernelNames) {
    const steps = KERNEL_STEPS[name];
    if (steps === 0) continue;
    describe(`in ${name}`, function () {
      const ordeals = kernelOrdeals(name, 1, steps);
      if (ordeals !== undefined) holds(ordeals);
      else it.skip(`needs ${name}: run test/guests/linux/prepare.sh`);
    });
  }
});
