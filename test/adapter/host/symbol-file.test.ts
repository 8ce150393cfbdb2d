import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openSymbolFile } from '../../../adapter/host/symbol-file.ts';
import type { FileContents } from '../../../adapter/symbols/file-contents.ts';
import { Program } from '../../../adapter/symbols/program.ts';
import { FIXTURE_COMPANIONS, fixturePath, PROGRAMS_WITH_LINES } from '../symbols/fixtures.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'retrograde-file-'));
after(() => {
  rmSync(folder, { recursive: true });
});

/** The parts of a program that are read from different sections. */
function answers(contents: Uint8Array | FileContents): unknown {
  const program = Program.load('program.elf', contents, { companions: FIXTURE_COMPANIONS });
  const [address = 0n] = program.addressesOfFunction('recurse');
  const context = {
    pc: address,
    readRegister: () => 0x8000_1000n,
    readMemory: (_: bigint, length: number) => new Uint8Array(length),
  };
  const frames = [...program.unwind(context, { limit: 3 })];
  const variables = frames.map((frame) => program.variables(frame));
  return {
    functions: program.functionsAt(address),
    lines: program.linesIn(program.functionAt(address)?.ranges ?? []),
    files: program.sourceFiles(),
    copies: program.inlinedCopiesOf('leaf'),
    symbols: [...program.symbols()],
    frame: program.callFrameRow(address),
    values: variables
      .flatMap((each) => [...each.arguments, ...each.locals])
      .map(({ typeName, text }) => [typeName, text]),
    type: program.typeNamed('struct', 'shape') !== undefined,
    macros: program.macrosAt(address).length,
    bytes: program.fileBytes(address, 16),
    problems: program.problems,
  };
}

describe('a file of symbols that is read in parts', () => {
  for (const name of new Set(PROGRAMS_WITH_LINES)) {
    it(`says what the whole file says: ${name}`, () => {
      const file = fixturePath(`${name}.elf`);
      assert.deepEqual(answers(openSymbolFile(file)), answers(new Uint8Array(readFileSync(file))));
    });
  }

  it('is the file that was opened, when another takes its place', () => {
    const file = path.join(folder, 'kernel.elf');
    writeFileSync(file, readFileSync(fixturePath('o2-dwarf5.elf')));
    const program = Program.load(file, openSymbolFile(file));
    writeFileSync(`${file}.new`, readFileSync(fixturePath('o0-dwarf4.elf')));
    renameSync(`${file}.new`, file);
    const expected = Program.load(file, readFileSync(fixturePath('o2-dwarf5.elf')));
    assert.deepEqual(program.addressesOfLine('main.c', 31), expected.addressesOfLine('main.c', 31));
    assert.deepEqual(program.problems, []);
  });

  it('is not read any more when it is written over, and says why', () => {
    const file = path.join(folder, 'changed.elf');
    writeFileSync(file, readFileSync(fixturePath('o2-dwarf5.elf')));
    const contents = openSymbolFile(file);
    writeFileSync(file, new Uint8Array(100));
    assert.throws(() => {
      contents.fetch(0, 64);
    }, /it was written over since it was opened: start the session again/);
  });

  it('cannot be opened when it is not there or a folder', () => {
    assert.throws(() => openSymbolFile(path.join(folder, 'nowhere')), /nowhere cannot be read: there is no such file/);
    assert.throws(() => openSymbolFile(folder), /cannot be read: it is no file/);
  });
});
