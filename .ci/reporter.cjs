// Mocha's spec reporter, which also adds the counts of the run to the file named by RETROGRADE_TOTALS: a line
// `PASSED FAILED SKIPPED` for each run.
const { appendFileSync } = require('node:fs');
const Mocha = require('mocha');

module.exports = class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const totals = process.env.RETROGRADE_TOTALS;
    if (totals === undefined) throw new Error('RETROGRADE_TOTALS names no file.');
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats;
      appendFileSync(totals, `${passes} ${failures} ${pending}\n`);
    });
  }
};
