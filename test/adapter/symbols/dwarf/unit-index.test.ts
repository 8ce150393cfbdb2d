import assert from 'node:assert/strict';
import { readAddressRanges } from '../../../../adapter/symbols/dwarf/address-ranges.ts';
import { DW_LANG } from '../../../../adapter/symbols/dwarf/constants.ts';
import type { Image } from '../../../../adapter/symbols/image.ts';
import { requireLinuxFile } from '../../../guests/linux.ts';
import { fixturePath, openImage, PROGRAMS_WITH_LINES } from '../fixtures.ts';

/** Looks each function of every so-manieth unit up by its first address and its last; returns how many there were. */
function findFunctions(image: Image, every: number): number {
  let count = 0;
  for (const [at, unit] of image.info.everyUnit().entries()) {
    if (at % every !== 0) continue;
    for (const { ranges } of image.scopesOf(unit).functions) {
      for (const { start, end } of ranges) {
        // What a linker left out stays at 0.
        if (!image.isCode(start)) continue;
        assert.equal(image.units.find(start)?.header.unitOffset, unit.header.unitOffset);
        // The assembler does not see that the linker makes code shorter.
        const last = unit.language === DW_LANG.Mips_Assembler ? start : end - 1;
        assert.equal(image.units.find(last)?.header.unitOffset, unit.header.unitOffset);
        count++;
      }
    }
  }
  return count;
}

describe('the unit of an address', () => {
  for (const program of [...new Set(PROGRAMS_WITH_LINES), 'o0-object', 'o2-module'] as const) {
    it(`is the one whose function is there: ${program}`, () => {
      const suffix = program === 'o0-object' ? '.o' : program === 'o2-module' ? '.ko' : '.elf';
      assert(findFunctions(openImage(fixturePath(`${program}${suffix}`)), 1) > 0);
    });
  }

  it('is the one whose function is there: the small Linux, whose table of ranges has nearly all units', function () {
    const image = openImage(requireLinuxFile(this, 'small-symbols'));
    const listed = readAddressRanges(image.info.sections, image.onError);
    assert(listed.size > 0.9 * image.info.units.length, `${listed.size} of ${image.info.units.length}`);
    assert(findFunctions(image, 5) > 1000);
    assert.deepEqual(image.problems, []);
  });
});
