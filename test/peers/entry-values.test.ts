import assert from 'node:assert/strict';
import { withValuesOnEntry } from '../../adapter/session/values-on-entry.ts';
import { requirePeer } from '../peers.ts';
import { expressionsOf } from './expressions/c.ts';
import { compareWithGdb, type Explained } from './expressions/comparison.ts';
import { ENTRY_EXPRESSIONS, FLOAT_ENTRY_EXPRESSIONS } from './expressions/entry-values.ts';
import { environmentOfFrame, stoppedGuest } from './expressions/frame.ts';
import { runGdb } from './gdb.ts';
import { askGdbExpressions } from './gdb-expressions.ts';

describe('what parameters were on entry, and gdb', function () {
  this.timeout(300_000);

  before(function () {
    requirePeer(this, 'gdb-multiarch');
  });

  const cases: readonly {
    title: string;
    stop: number;
    expressions: string;
    explained: readonly Explained[];
    least: number;
  }[] = [
    { title: 'told by the caller', stop: 1, expressions: ENTRY_EXPRESSIONS, explained: [], least: 20 },
    { title: 'at the second call', stop: 2, expressions: ENTRY_EXPRESSIONS, explained: [], least: 20 },
    { title: 'in floating-point registers', stop: 5, expressions: FLOAT_ENTRY_EXPRESSIONS, explained: [], least: 3 },
  ];
  for (const { title, stop, expressions, explained, least } of cases) {
    it(`agree: ${title}`, async () => {
      const { timeline, program, symbols } = await stoppedGuest('calls/calls', 'stop_here');
      const asked = expressionsOf(expressions);
      await timeline.travelTo(0);
      const commands = ['break stop_here', ...Array<string>(stop).fill('continue'), 'up'];
      const answers = await askGdbExpressions(timeline, symbols, commands, asked);
      await timeline.travelTo(0);
      const conditions = program
        .addressesOfFunction('stop_here')
        .map((address) => ({ kind: 'instruction' as const, address }));
      for (let hit = 0; hit < stop; hit++) assert.equal((await timeline.run({ conditions })).kind, 'hit');
      const { equal } = compareWithGdb(asked, answers, environmentOfFrame(timeline, program, 1), explained);
      assert.ok(equal >= least, `${equal} expressions have the value and the type that gdb tells`);
      await timeline.close();
    });
  }

  it('agree on where they are shown beside the parameters', async () => {
    const { timeline, program, symbols } = await stoppedGuest('calls/calls', 'stop_here');
    await timeline.travelTo(0);
    // Of `forget`, both calls from there twice.
    const stops = 4;
    const commands = ['break stop_here', ...Array.from({ length: stops }, () => ['continue', 'frame 1']).flat()];
    const shown = (await runGdb(timeline, symbols, commands)).filter(({ command }) => command === 'frame 1');
    await timeline.travelTo(0);
    const conditions = program
      .addressesOfFunction('stop_here')
      .map((address) => ({ kind: 'instruction' as const, address }));
    for (const { output } of shown) {
      assert.equal((await timeline.run({ conditions })).kind, 'hit');
      const environment = environmentOfFrame(timeline, program, 1);
      const parameters = ['count', 'letter', 'label', 'wide', 'pair', 'large', 'seventh', 'eighth', 'ninth'];
      const present = parameters.flatMap((name) => environment.name([name], undefined) ?? []);
      const ours = withValuesOnEntry(present, environment).filter(({ name }) => name.endsWith('@entry'));
      // Where both are the same gdb writes `name=name@entry=value`.
      const theirs = [...output.matchAll(/(?<![=\w])(\w+@entry)=/g)].map(([, name]) => name);
      assert.deepEqual(
        ours.map(({ name }) => name),
        theirs,
        output,
      );
      assert.ok(theirs.length > 0, output);
    }
    assert.equal(shown.length, stops);
    await timeline.close();
  });
});
