/**
 * `npm run torture [-- --seed N --rounds N --minutes N --only NAME]`: random code and real kernels under everything that
 * must not matter, compared with runs straight through. Ends with 1 at the first difference, and says how to have it again.
 */
import { parseArgs } from 'node:util';
import { kernelNames, kernelOrdeals, soupOrdeals, type Ordeal } from './schedule.ts';

const SOUP_STEPS = 1_000_000;
const KERNEL_STEPS = { demo: 8e6, timer: 20e6, paging: 10e6, 'small Linux': 80e6, 'Debian Linux': 400e6 } as const;
/** Rounds of random code between two of kernels. */
const KERNELS_EVERY = 20;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    rounds: { type: 'string', default: 'Infinity' },
    minutes: { type: 'string', default: '60' },
    only: { type: 'string', default: '' },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const rounds = Number(values.rounds);
const deadline = Date.now() + Number(values.minutes) * 60_000;
if (!Number.isSafeInteger(seed) || Number.isNaN(rounds) || Number.isNaN(deadline)) {
  console.error('--seed, --rounds and --minutes are numbers.');
  process.exit(2);
}

function ordealsOf(round: number): readonly Ordeal[] {
  const own = seed + round;
  const soups = soupOrdeals(own, SOUP_STEPS);
  if (round % KERNELS_EVERY !== 0 && values.only === '') return soups;
  return [...soups, ...kernelNames.flatMap((name) => kernelOrdeals(name, own, KERNEL_STEPS[name]) ?? [])];
}

console.log(`seed ${seed}`);
let done = 0;
for (let round = 0; round < rounds && Date.now() < deadline; round++) {
  for (const { name, check } of ordealsOf(round)) {
    if (!name.includes(values.only)) continue;
    const found = await check();
    if (found !== undefined) {
      console.error(
        `\n${name}: DIFFERENT\n${found}\nAgain: npm run torture -- --seed ${seed + round} --rounds 1 --only "${name}"`,
      );
      process.exit(1);
    }
    done++;
  }
  console.log(`round ${round}: ${done} comparisons, all equal`);
}
