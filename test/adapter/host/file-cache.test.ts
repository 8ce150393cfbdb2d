import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cacheFolder, fileCacheIn } from '../../../adapter/host/file-cache.ts';
import { Program } from '../../../adapter/symbols/program.ts';
import { fixturePath, loadFixture, readFixture } from '../symbols/fixtures.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'retrograde-symbols-'));
after(() => {
  rmSync(folder, { recursive: true });
});

/** What is asked of every program here; each answer comes from another index. */
function answers(program: Program): unknown {
  const [address = 0n] = program.addressesOfFunction('recurse');
  return {
    function: program.functionsAt(address),
    line: program.addressesOfLine('main.c', 31),
    files: program.sourceFiles(),
    copies: program.inlinedCopiesOf('leaf'),
    frame: program.callFrameRow(address),
    symbols: program.lookupSymbols('scale'),
  };
}

function open(): Program {
  return Program.load('kernel.elf', readFixture('o2-dwarf5'), { cache: fileCacheIn(folder) });
}

const expected = answers(loadFixture('o2-dwarf5'));

describe('the cache of symbols', () => {
  it('answers the second time as the program did the first time', () => {
    assert.deepEqual(answers(open()), expected);
    const kept = readdirSync(folder).sort();
    assert.deepEqual(
      kept.map((name) => path.extname(name)),
      ['.frames', '.names', '.sources', '.symbols', '.units'],
    );
    const written = kept.map((name) => statSync(path.join(folder, name)).ino);
    assert.deepEqual(answers(open()), expected);
    const after = kept.map((name) => statSync(path.join(folder, name)).ino);
    assert.deepEqual(after, written, 'nothing was written again');
  });

  it('is not believed where it is damaged, cut short or of another program, and made anew', () => {
    const kept = readdirSync(folder);
    for (const name of kept) {
      const file = path.join(folder, name);
      const whole = readFileSync(file);
      for (let at = 0; at < whole.length; at += Math.max(1, Math.floor(whole.length / 8))) {
        const damaged = Uint8Array.from(whole);
        damaged[at] = (damaged[at] ?? 0) ^ 0x41;
        writeFileSync(file, damaged);
        const program = open();
        assert.deepEqual(answers(program), expected, `${name} at ${at}`);
        assert.deepEqual(program.problems, []);
        assert.deepEqual(readFileSync(file), whole, 'it was written again');
      }
      for (const size of [10, whole.length - 1]) {
        writeFileSync(file, whole.subarray(0, size));
        assert.deepEqual(answers(open()), expected);
      }
    }
    // The same name, from a program with other entries.
    const elsewhere = mkdtempSync(path.join(tmpdir(), 'retrograde-symbols-'));
    answers(Program.load('other.elf', readFixture('o0-dwarf4'), { cache: fileCacheIn(elsewhere) }));
    for (const foreign of readdirSync(elsewhere)) {
      const own = kept.find((name) => path.extname(name) === path.extname(foreign)) ?? assert.fail('no such part');
      writeFileSync(path.join(folder, own), readFileSync(path.join(elsewhere, foreign)));
    }
    rmSync(elsewhere, { recursive: true });
    assert.deepEqual(answers(open()), expected);
  });

  it('keeps nothing of a program that lies in several files', () => {
    const before = readdirSync(folder);
    const companions = {
      directory: fixturePath('.'),
      debugDirectories: [],
      read: (file: string) => readFileSync(file),
    };
    answers(Program.load('o2-shared.elf', readFixture('o2-shared'), { cache: fileCacheIn(folder), companions }));
    assert.deepEqual(readdirSync(folder), before);
  });

  it('does not grow beyond what it may, and leaves out what was not used for longest', () => {
    const small = mkdtempSync(path.join(tmpdir(), 'retrograde-symbols-'));
    const cache = fileCacheIn(small, 1000);
    for (let entry = 0; entry < 20; entry++)
      cache.write(`${entry.toString(16).padStart(8, '0')}.units`, new Uint8Array(200));
    const total = readdirSync(small).reduce((sum, name) => sum + statSync(path.join(small, name)).size, 0);
    assert.ok(total > 0 && total <= 1000, `${total} bytes`);
    assert.ok(cache.read('00000013.units') !== undefined, 'the last is there');
    cache.write('00000014.units', new Uint8Array(2000));
    assert.equal(cache.read('00000014.units'), undefined);
    cache.write('../../escaped', new Uint8Array(1));
    assert.equal(cache.read('../../escaped'), undefined);
    rmSync(small, { recursive: true });
  });

  it('lies where the system wants it, and is missed by nobody where it cannot be written', () => {
    assert.equal(cacheFolder('symbols', { XDG_CACHE_HOME: '/somewhere' }), '/somewhere/retrograde/symbols');
    const cache = fileCacheIn(path.join(fixturePath('main.c'), 'no-such-folder'));
    cache.write('0badcafe.units', new Uint8Array(8));
    assert.equal(cache.read('0badcafe.units'), undefined);
  });
});
