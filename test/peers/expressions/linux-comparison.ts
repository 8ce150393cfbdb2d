import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { openRecording, openTimeline } from '../../../adapter/host/recording-files.ts';
import { Program } from '../../../adapter/symbols/program.ts';
import { recordedLinux, type LinuxGuest } from '../../dap/linux-guests.ts';
import { requirePeer } from '../../peers.ts';
import { askGdbExpressions } from '../gdb-expressions.ts';
import { compareWithGdb, type Explained } from './comparison.ts';
import { expressionsOf } from './c.ts';
import { answerTo, environmentOfFrame } from './frame.ts';
import { LINUX_EQUALS, LINUX_EXPRESSIONS } from './linux.ts';

const EXPLAINED: readonly Explained[] = [
  {
    difference: 'type',
    expressions: /^sizeof/,
    reason: 'gdb 13 takes sizes for int; in C they are size_t, unsigned long (C17, 6.5.3.4).',
  },
];

/** Expressions about a recorded Linux, at the moment when it starts its first program, have the values that gdb tells. */
export function describeLinuxExpressions(guestOf: (context: Mocha.Context) => LinuxGuest): void {
  it('have the values that gdb tells', async function () {
    requirePeer(this, 'gdb-multiarch');
    const { recording, symbols } = await recordedLinux(guestOf(this));
    const timeline = await openTimeline(await openRecording(recording));
    try {
      const program = Program.load('vmlinux', readFileSync(symbols));
      const addresses = program.addressesOfFunction('run_init_process');
      const outcome = await timeline.run({
        conditions: addresses.map((address) => ({ kind: 'instruction', address })),
      });
      assert.equal(outcome.kind, 'hit');
      const expressions = expressionsOf(LINUX_EXPRESSIONS);
      const answers = await askGdbExpressions(timeline, symbols, [], expressions);
      const environment = environmentOfFrame(timeline, program, 0);
      const { equal, explained } = compareWithGdb(expressions, answers, environment, EXPLAINED);
      console.log(`        ${equal} of ${expressions.length} equal, ${explained} explained`);
      for (const [expression, other] of LINUX_EQUALS) {
        const [left, right] = [answerTo(expression, environment), answerTo(other, environment)];
        assert.equal(left.kind, 'value', `${expression}: ${left.text}`);
        assert.equal(left.text, right.text, expression);
      }
      assert.ok(equal >= 50, `${equal} expressions have the value and the type that gdb tells`);
    } finally {
      await timeline.close();
    }
  });
}
