import assert from 'node:assert/strict';
import { Program } from '../../../adapter/symbols/program.ts';
import { SymbolError } from '../../../adapter/symbols/symbol-error.ts';
import { lineOf, loadFixture, PROGRAMS_WITH_LINES, readFixture, single } from './fixtures.ts';

for (const name of PROGRAMS_WITH_LINES) {
  describe(`the symbols of ${name}`, () => {
    const program = loadFixture(name);

    it('are read without a complaint', () => {
      program.lineAt(0x80000010n);
      program.callFrameRow(0x80000100n);
      assert.deepEqual(program.problems, []);
    });

    it('name the function at each address of a function, and lines in its file', () => {
      const { address, size } = program.lookupSymbol('recurse') ?? assert.fail('no symbol');
      for (let at = address; at < address + BigInt(size); at += 2n) {
        assert.equal(program.functionAt(at)?.name, 'recurse');
        assert.match(program.lineAt(at)?.path ?? '', /^\/build\/sample\/(main\.c|shapes\.h)$/);
      }
    });

    it('find a function behind its prologue, or at its start where variables are tracked', () => {
      const address = single(program.addressesOfFunction('recurse'));
      const opening = lineOf('main.c', 'recurse');
      if (name.startsWith('o0')) assert.equal(program.lineAt(address)?.line, opening + 1);
      else assert.equal(program.functionAt(address)?.start, address);
    });

    it('find a static function in each file that has one', () => {
      const addresses = program.addressesOfFunction('scale');
      assert.deepEqual(new Set(addresses.map((address) => program.functionAt(address)?.name)), new Set(['scale']));
      // Optimised, the one of main.c is inlined and gone.
      assert.equal(addresses.length, name.startsWith('o0') ? 2 : 1);
      assert.deepEqual(
        program.lookupSymbols('scale').map(({ file }) => file),
        name.startsWith('o0') ? ['main.c', 'other.c'] : ['other.c'],
      );
    });

    it('find each copy of a line that was inlined', () => {
      const functionsOf = (file: string, line: number): Set<string | undefined> => {
        const found = program.addressesOfLine(file, line) ?? assert.fail('no such line');
        assert.equal(found.line, line);
        return new Set(found.addresses.map((address) => program.functionAt(address)?.name));
      };
      if (name.startsWith('o0')) {
        const line = lineOf('shapes.h', 'product of area');
        assert.deepEqual(functionsOf('shapes.h', line), new Set(['total_area', 'scale']));
      } else {
        const line = lineOf('main.c', 'leaf') + 1;
        assert.deepEqual(functionsOf('main.c', line), new Set(['leaf', 'recurse']));
      }
    });

    it('move a line without code to the next that has some', () => {
      const blank = lineOf('main.c', 'deepest') - 1;
      const found = program.addressesOfLine('main.c', blank) ?? assert.fail('no such line');
      assert.ok(found.line > blank);
      assert.equal(program.functionAt(found.addresses[0] ?? 0n)?.name, 'deepest');
    });

    it('match a source file wherever it lies', () => {
      const line = lineOf('main.c', 'bottom of recurse');
      const expected = program.addressesOfLine('main.c', line)?.addresses;
      assert.ok(expected !== undefined && expected.length > 0);
      for (const path of ['/build/sample/main.c', 'sample/main.c', '/home/someone/project/sample/main.c', './main.c']) {
        assert.deepEqual(program.addressesOfLine(path, line)?.addresses, expected, path);
      }
      assert.equal(program.addressesOfLine('elsewhere/main.c', line), undefined);
      assert.equal(program.addressesOfLine('missing.c', line), undefined);
    });

    it('tell the addresses of a line from those of the rest of its function', () => {
      const [address = 0n] = program.addressesOfLine('main.c', lineOf('main.c', 'loop of deepest'))?.addresses ?? [];
      // Another line may begin at the same address: then it is that one's.
      const line = program.lineAt(address)?.line;
      const ranges = program.lineRangeAt(address) ?? assert.fail('no range');
      const { ranges: body } = program.functionAt(address) ?? assert.fail('no function');
      assert.ok(ranges.some(({ start, end }) => start <= address && address < end));
      for (const { start, end } of body) {
        for (let at = start; at < end; at += 2n) {
          const isInside = ranges.some((range) => range.start <= at && at < range.end);
          assert.equal(isInside, program.lineAt(at)?.line === line, at.toString(16));
        }
      }
    });

    it('know the source files', () => {
      assert.deepEqual(
        program.sourceFiles(),
        ['main.c', 'other.c', 'shapes.h', 'start.S', 'types.c'].map((file) => `/build/sample/${file}`),
      );
    });

    it('know assembly by line and by label', () => {
      const line = lineOf('start.S', 'calls main');
      const address = single(program.addressesOfLine('start.S', line)?.addresses ?? []);
      assert.equal(program.functionAt(address)?.name, '_start');
      assert.equal(program.symbolNear(address)?.symbol.name, '_start');
      assert.deepEqual(program.addressesOfFunction('_start'), [program.entry]);
    });

    it('know variables, and name addresses near a symbol', () => {
      const symbol = program.lookupSymbol('shapes') ?? assert.fail('no symbol');
      assert.equal(symbol.type, 'object');
      assert.equal(symbol.size, 3 * 48);
      assert.equal(program.symbolNear(symbol.address + 0x12n)?.text, 'shapes+0x12');
      assert.equal(program.symbolNear(symbol.address)?.text, 'shapes');
      assert.equal(program.lookupSymbol('no such symbol'), undefined);
      assert.equal(program.lookupSymbol('table')?.file, 'main.c');
    });

    it('are the same wherever the program was loaded', () => {
      const bias = 0xffff_ffff_0000_0000n;
      const elsewhere = program.relocated(bias);
      const [here = 0n] = program.addressesOfFunction('deepest');
      const [there = 0n] = elsewhere.addressesOfFunction('deepest');
      assert.equal(there, here + bias);
      assert.deepEqual(elsewhere.lineAt(there), program.lineAt(here));
      assert.equal(elsewhere.functionAt(there)?.name, 'deepest');
      assert.equal(elsewhere.functionAt(here), undefined);
    });
  });
}

describe('the symbols of a function whose first instructions a kernel patches', () => {
  it('begin where its first line does', () => {
    const program = loadFixture('o2-patchable');
    const { address } = program.lookupSymbol('recurse') ?? assert.fail('no symbol');
    const stop = single(program.addressesOfFunction('recurse'));
    assert.equal(stop, address + 8n);
    assert.deepEqual(program.functionAt(address), program.functionAt(stop));
    assert.deepEqual(program.lineAt(address)?.line, program.lineAt(stop)?.line);
  });
});

describe('a program without debug information', () => {
  const program = loadFixture('o1-frame-pointer');

  it('has functions by its symbols', () => {
    const [address = 0n] = program.addressesOfFunction('recurse');
    assert.deepEqual(program.functionAt(address + 4n)?.name, 'recurse');
    assert.equal(program.functionAt(address)?.hasDebugInformation, false);
  });

  it('has no lines', () => {
    assert.equal(program.hasLineInformation, false);
    assert.equal(program.lineAt(0x80000010n), undefined);
    assert.equal(program.addressesOfLine('main.c', 10), undefined);
  });
});

describe('a file that is no program for this machine', () => {
  const damaged = (change: (bytes: Uint8Array) => void): Uint8Array => {
    const bytes = Uint8Array.from(readFixture('o0-dwarf5'));
    change(bytes);
    return bytes;
  };
  const cases: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['is empty', new Uint8Array(0), /not an ELF file \(the ELF header at 0x0\)/],
    ['is text', new TextEncoder().encode('kernel: not found\n'), /not an ELF file/],
    ['has 32 bits', damaged((bytes) => (bytes[4] = 1)), /only RV64/],
    ['is for another machine', damaged((bytes) => (bytes[18] = 62)), /machine 62, not for RISC-V/],
    ['is cut short', readFixture('o0-dwarf5').subarray(0, 4000), /cut short/],
  ];
  for (const [what, bytes, message] of cases) {
    it(`is refused when it ${what}`, () => {
      assert.throws(
        () => Program.load('kernel', bytes),
        (error) => error instanceof SymbolError && message.test(error.message),
      );
    });
  }
});
