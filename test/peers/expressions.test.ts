import assert from 'node:assert/strict';
import { requirePeer } from '../peers.ts';
import { ARITHMETIC } from './expressions/arithmetic.ts';
import { C_EXPRESSIONS, C_MACRO_EXPRESSIONS, expressionsOf } from './expressions/c.ts';
import { compareWithGdb, type Explained } from './expressions/comparison.ts';
import { environmentOfFrame, stoppedGuest, type StoppedGuest } from './expressions/frame.ts';
import { RUST_EXPRESSIONS } from './expressions/rust.ts';
import { askGdbExpressions } from './gdb-expressions.ts';

const EXPLAINED_IN_C: readonly Explained[] = [
  {
    difference: 'type',
    expressions: /^(sizeof|_Alignof)/,
    reason: 'gdb 13 takes sizes for int; in C they are size_t, unsigned long (C17, 6.5.3.4).',
  },
  {
    difference: 'type',
    expressions: ['flags.low + 1', 'flags.high >> 8'],
    reason:
      'A bit-field narrower than int is promoted to int, even an unsigned one (C17, 6.3.1.1); gdb forgets its width.',
  },
  {
    difference: 'text',
    expressions: ['number', 'number.bytes', 'bytes'],
    reason: 'unsigned char holds bytes more often than text: it is shown as numbers.',
  },
  {
    difference: 'gdb refuses',
    expressions: ['3[vector]', '*add', 'alignof(int)'],
    reason: 'gdb does not know that much of C.',
  },
  {
    difference: 'gdb refuses',
    expressions: /^\*?container_of/,
    reason: 'gdb expands the macro and has no __builtin_offsetof.',
  },
  {
    difference: 'refused here',
    expressions: ['(long)$a0 == $a0'],
    reason: "The callee may have changed a0: its value in the caller is not known, and gdb gives the callee's.",
  },
];

const EXPLAINED_IN_RUST: readonly Explained[] = [
  {
    difference: 'type',
    expressions: ['&point.x'],
    reason: 'What & makes has the type that C gives it.',
  },
  {
    difference: 'type',
    expressions: ['point.x + point.y', 'pair.1 + 1'],
    reason: 'gdb widens sums to long; in Rust they have the type of what is added.',
  },
  {
    difference: 'type',
    expressions: ['7', '1 + 2 * 3', 'sizeof(point)'],
    reason: "A literal's type is that of C, whatever the program is written in.",
  },
  {
    difference: 'text',
    expressions: ['point.x == 3', 'point.y < 0'],
    reason: 'A comparison is 1 or 0, as in C.',
  },
];

describe('expressions and gdb', function () {
  this.timeout(300_000);

  before(function () {
    requirePeer(this, 'gdb-multiarch');
  });

  const compare = async (
    guest: StoppedGuest,
    expressions: readonly string[],
    explained: readonly Explained[],
  ): Promise<number> => {
    const { timeline, program, symbols, counter } = guest;
    await timeline.travelTo(0);
    const answers = await askGdbExpressions(timeline, symbols, ['break stop_here', 'continue', 'up'], expressions);
    await timeline.travelTo(counter);
    const { equal, explained: others } = compareWithGdb(
      expressions,
      answers,
      environmentOfFrame(timeline, program, 1),
      explained,
    );
    console.log(`        ${equal} of ${expressions.length} equal, ${others} explained`);
    return equal;
  };

  it('agree on a guest in Rust', async () => {
    const expressions = expressionsOf(RUST_EXPRESSIONS);
    const equal = await compare(await stoppedGuest('rust/values', 'stop_here'), expressions, EXPLAINED_IN_RUST);
    assert.ok(equal >= 18, `${equal} expressions have the value and the type that gdb tells`);
  });

  it('agree on a guest in C', async () => {
    const expressions = expressionsOf(C_EXPRESSIONS + C_MACRO_EXPRESSIONS + ARITHMETIC);
    const equal = await compare(await stoppedGuest('values/values', 'stop_here'), expressions, EXPLAINED_IN_C);
    assert.ok(equal >= 300, `${equal} expressions have the value and the type that gdb tells`);
  });
});
