/**
 * `npm run fuzz:symbols [-- FILES [FIRST]]`: damages FILES files (100,000 if not said) from the number FIRST on, and asks
 * all of the symbols of each.
 */
import { runCampaign } from './campaign.ts';

const [files = '100000', first = '0'] = process.argv.slice(2);
const { usable, slowest, memory } = runCampaign(Number(files), Number(first));
const told = `${files} damaged files: ${usable} could be used, the others were refused with a reason; `;
console.log(`${told}the slowest took ${Math.round(slowest)} ms, at most ${Math.round(memory / 1e6)} MB were in use.`);
