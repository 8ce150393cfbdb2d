import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Program } from '../../../adapter/symbols/program.ts';
import { evaluate } from '../../../adapter/symbols/expressions/evaluate.ts';
import { renderingOf } from '../../../adapter/symbols/variables/render/registry.ts';
import { buildRust, requireRust } from '../../guests/rust.ts';
import { environmentOfFrame } from '../../peers/expressions/frame.ts';
import { recordToEnd } from '../../peers/recorded-guest.ts';

describe('the collections of a program in Rust', function () {
  this.timeout(300_000);
  const folder = mkdtempSync(path.join(tmpdir(), 'retrograde-rust-'));

  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('are shown by what is in them', async function () {
    requireRust(this);
    const elf = path.join(folder, 'collections.elf');
    buildRust('collections', elf, { optimization: 0, dwarf: 4 });
    const file = readFileSync(elf);
    const program = Program.load('collections.elf', file);
    const timeline = await recordToEnd({ configuration: {}, images: { kernel: file } });
    const conditions = program.addressesOfFunction('stop_here').map((address) => {
      return { kind: 'instruction' as const, address };
    });
    assert.equal((await timeline.run({ conditions })).kind, 'hit');
    const environment = environmentOfFrame(timeline, program, 1);
    const shown = (expression: string): string => {
      const value = evaluate(expression, environment);
      return renderingOf(value, environment.types.typeNamed)?.text ?? value.text;
    };
    const expected: Readonly<Record<string, string>> = {
      text: '"один"',
      'names[0]': '"zero"',
      numbers: '(5) [1, 4, 9, 16, 25]',
      slice: '(3) [4, 9, 16]',
      empty: '(0) []',
      'slice[1]': '9',
      'numbers[4]': '25',
      '*boxed': 'Exited(7)',
      none: 'None',
      good: 'Ok(3)',
      bad: 'Err(Ready)',
      best: 'Some(25)',
      average: '2.5',
    };
    const actual = Object.fromEntries(Object.keys(expected).map((expression) => [expression, shown(expression)]));
    assert.deepEqual(actual, expected);
    assert.match(shown('names'), /^\(2\) \[/);
    assert.match(shown('some'), /^Some\(0x[\da-f]+ <collections::ARENA\+0x[\da-f]+>\)$/);
    await timeline.close();
  });
});
