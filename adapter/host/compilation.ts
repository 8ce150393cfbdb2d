import { setFlagsFromString } from 'node:v8';

/**
 * How eagerly V8 optimizes, in its own units. Its defaults suit programs that run a few functions for long. The translator's
 * functions are called often enough to be optimized, but do too little for that to pay: at the defaults, optimizing them takes
 * a third of the time that the small Linux boots in; and a region that is optimized is to have run for a while: three times the
 * budget that V8 is given here boots it no faster, and a third of it costs 7 %.
 */
const FLAGS = ['--interrupt-budget=1000000', '--wasm-tiering-budget=30000000'];
/** The V8 of Node 20 to 24 has these flags; another one would complain on standard error of a flag it does not know. */
const KNOWN_VERSIONS = /^1[1-3]\./;

/** Makes this process optimize less eagerly. Call it before anything else runs. */
export function tuneCompilation(): void {
  if (!KNOWN_VERSIONS.test(process.versions.v8)) return;
  for (const flag of FLAGS) setFlagsFromString(flag);
}
