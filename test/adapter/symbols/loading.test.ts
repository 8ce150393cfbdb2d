import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Program } from '../../../adapter/symbols/program.ts';
import { requirePeer } from '../../peers.ts';
import { fixturePath, loadFixture } from './fixtures.ts';
import { askGdb } from './gdb.ts';

for (const name of ['o2-macros-5', 'o2-macros-4', 'o2-macinfo'] as const) {
  describe(`the macros of ${name}`, () => {
    it('are those that gdb expands', function () {
      requirePeer(this, 'gdb-multiarch');
      const program = loadFixture(name);
      const [main = 0n] = program.addressesOfFunction('main');
      const macros = program.macrosAt(main).filter(({ parameters }) => parameters === undefined);
      assert.ok(macros.length > 100, `${macros.length} macros`);
      const chosen = macros.filter(({ replacement }) => /^-?[\w.]+$/.test(replacement)).slice(0, 60);
      const answers = askGdb(fixturePath(`${name}.elf`), [
        'list main',
        ...chosen.map((each) => `info macro ${each.name}`),
      ]);
      chosen.forEach((macro, at) => {
        const told = (answers[at + 1] ?? '').trim().split('\n').at(-1) ?? '';
        // gdb writes those of the command line as its options.
        assert.ok(
          told.endsWith(`${macro.name} ${macro.replacement}`) || told === `-D${macro.name}=${macro.replacement}`,
          told,
        );
      });
    });
  });
}

describe('a relocatable file at the addresses of its sections', () => {
  it('has the lines that gdb tells of it there', function () {
    requirePeer(this, 'gdb-multiarch');
    const file = fixturePath('o0-object.o');
    const text = 0xffff_ffff_0200_0000n;
    const sectionAddresses = new Map([
      ['.text', text],
      ['.data', text + 0x10_000n],
      ['.rodata', text + 0x20_000n],
    ]);
    const program = Program.load(file, readFileSync(file), { sectionAddresses });
    const addresses = Array.from({ length: 80 }, (_, at) => text + BigInt(at * 8));
    const answers = askGdb(fixturePath('link.ld'), [
      `add-symbol-file ${file} -s .text 0x${text.toString(16)}`,
      ...addresses.map((address) => `info line *0x${address.toString(16)}`),
    ]);
    addresses.forEach((address, at) => {
      const told = /^Line (\d+) of "([^"]+)"/.exec((answers[at + 1] ?? '').trim());
      assert.equal(program.lineAt(address)?.line, told === null ? undefined : Number(told[1]), address.toString(16));
    });
    assert.deepEqual(program.problems, []);
  });
});
