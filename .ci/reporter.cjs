// Mocha's spec reporter, which also adds the counts of the run to the file named by RETROGRADE_TOTALS: a line
// `PASSED FAILED SKIPPED` for each run; and what failed, and why, to the one named by RETROGRADE_FAILURES, for the end of
// a long log is what is kept of it.
const { appendFileSync } = require('node:fs');
const Mocha = require('mocha');

module.exports = class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const totals = process.env.RETROGRADE_TOTALS;
    if (totals === undefined) throw new Error('RETROGRADE_TOTALS names no file.');
    const failed = process.env.RETROGRADE_FAILURES;
    if (failed === undefined) throw new Error('RETROGRADE_FAILURES names no file.');
    runner.on('fail', (test, error) => {
      appendFileSync(failed, `${test.fullTitle()}\n${String(error.stack ?? error).replace(/^/gm, '    ')}\n`);
    });
    runner.on('pending', (test) => appendFileSync(failed, `skipped: ${test.fullTitle()}\n`));
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats;
      appendFileSync(totals, `${passes} ${failures} ${pending}\n`);
    });
  }
};
