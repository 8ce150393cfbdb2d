import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { openRecording, openTimeline } from '../../../adapter/host/recording-files.ts';
import type { ExpressionEnvironment } from '../../../adapter/symbols/expressions/environment.ts';
import { evaluate } from '../../../adapter/symbols/expressions/evaluate.ts';
import type { TypeKeyword } from '../../../adapter/symbols/expressions/type-table.ts';
import { Program } from '../../../adapter/symbols/program.ts';
import type { Type } from '../../../adapter/symbols/types/type.ts';
import { renderingOf, type Rendering } from '../../../adapter/symbols/variables/render/registry.ts';
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
      checkContainers(environment);
      assert.ok(equal >= 50, `${equal} expressions have the value and the type that gdb tells`);
    } finally {
      await timeline.close();
    }
  });
}

/** What the kernel keeps in its containers at that moment is shown as what it is. */
function checkContainers(environment: ExpressionEnvironment): void {
  const rendered = (expression: string): Rendering => {
    const types = (keyword: TypeKeyword, path: string): Type | undefined => environment.types.typeNamed(keyword, path);
    const rendering = renderingOf(evaluate(expression, environment), types);
    assert.ok(rendering, `${expression} is not rendered`);
    return rendering;
  };
  assert.match(rendered('super_blocks').text, /^\d+ struct super_block$/);
  assert.equal(rendered('__cpu_online_mask').text, '0');
  // Later kernels have a tree for each of several nodes.
  if (answerTo('vmap_area_root', environment).kind === 'error') return;
  // A red-black tree is gone through in its order.
  const areas = rendered('vmap_area_root');
  assert.match(areas.text, /^\d+ struct vmap_area$/);
  const starts = areas.list(0, areas.count).map((area) => BigInt(area.memberNamed('va_start')?.text ?? -1));
  assert.ok(starts.length >= 3, `${starts.length} areas are too few`);
  assert.deepEqual(
    starts,
    starts.toSorted((a, b) => (a < b ? -1 : 1)),
  );
}
