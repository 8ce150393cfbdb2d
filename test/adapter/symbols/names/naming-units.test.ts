import assert from 'node:assert/strict';
import { ALL_KINDS, NameIndex } from '../../../../adapter/symbols/names/name-index.ts';
import { unitsNaming } from '../../../../adapter/symbols/names/naming-units.ts';
import type { SymbolError } from '../../../../adapter/symbols/symbol-error.ts';
import { requireLinuxFile } from '../../../guests/linux.ts';
import { fixturePath, openImage, PROGRAMS_WITH_LINES } from '../fixtures.ts';

/** Of all kinds, in the sources of the fixtures and in no source. */
const NAMES = ['main', 'recurse', 'leaf', 'shape', 'colour', 'RED', 'counter', 'f', 'e', 'int', 'nowhere', ''];

function fail(error: SymbolError): never {
  throw error;
}

describe('the units that may name something', () => {
  for (const program of [...new Set(PROGRAMS_WITH_LINES)]) {
    it(`are all that do, or are not told: ${program}`, () => {
      const { info } = openImage(fixturePath(`${program}.elf`));
      const index = NameIndex.build(info, info.everyUnit(), fail);
      for (const name of NAMES) {
        const units = unitsNaming(info, name);
        if (units === undefined) continue;
        for (const { unit } of index.find(name, ALL_KINDS)) assert(units.includes(unit), name);
        assert.deepEqual(told(NameIndex.build(info, units, fail), name), told(index, name), name);
      }
    });
  }

  it('are told of a program whose names are offsets', () => {
    assert.equal(unitsNaming(openImage(fixturePath('o2-dwarf5.elf')).info, 'nowhere')?.length, 0);
    assert.equal(unitsNaming(openImage(fixturePath('o2-dwarf4.elf')).info, 'recurse')?.length, 1);
  });

  it('are those of 150 functions of the small Linux', function () {
    const { info, symbols } = openImage(requireLinuxFile(this, 'small-symbols'));
    const functions = [...symbols].filter(({ type, size }) => type === 'function' && size > 8);
    const index = NameIndex.build(info, info.everyUnit(), fail);
    let searched = 0;
    for (let at = 0; at < 150; at++) {
      const name = functions[Math.floor((at * functions.length) / 150)]?.name ?? '';
      const units = unitsNaming(info, name);
      if (units === undefined) continue;
      searched++;
      assert.deepEqual(told(NameIndex.build(info, units, fail), name), told(index, name), name);
    }
    assert(searched > 100, `${searched} searched`);
  });
});

function told(index: NameIndex, name: string): readonly number[] {
  return index.find(name, ALL_KINDS).map(({ entry }) => entry.offset);
}
