import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { demangled } from '../../../../adapter/symbols/demangle/demangle.ts';
import { Program } from '../../../../adapter/symbols/program.ts';
import { buildRust, requireRust } from '../../../guests/rust.ts';
import { requirePeer } from '../../../peers.ts';

const RUSTC = '/usr/bin/rustc';
const THINGS = fileURLToPath(new URL('names.rs', import.meta.url));
const TOOLS = 'riscv64-linux-gnu-';

/** rustc's own reader of these names, which is in every installation of Rust. */
const RUSTC_DEMANGLE = `
  #![feature(rustc_private)]
  extern crate rustc_demangle;
  fn main() {
      for line in std::io::stdin().lines().map(Result::unwrap) {
          match rustc_demangle::try_demangle(&line) {
              Ok(name) => println!("{name:#}"),
              Err(_) => println!("{line}"),
          }
      }
  }
`;

/** What rustc-demangle writes into a name that it finds damaged, or too deep. Retrograde then leaves the symbol as it is. */
const DAMAGE = /\{invalid syntax\}|\{recursion limit reached\}|\{size limit reached\}|\?|punycode\{/;

describe('symbols of Rust in the v0 mangling, as their peers tell them', function () {
  this.timeout(300_000);
  const folder = mkdtempSync(path.join(tmpdir(), 'retrograde-rust-v0-'));
  const inFolder = (name: string): string => path.join(folder, name);

  before(function () {
    requireRust(this);
    requirePeer(this, 'riscv64-linux-gnu-gcc');
    requirePeer(this, 'gdb-multiarch');
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  function rustc(source: string, ...options: string[]): void {
    const env = { ...process.env, RUSTC_BOOTSTRAP: '1' };
    const all = ['--edition', '2021', '-C', 'symbol-mangling-version=v0', '--cap-lints', 'allow', ...options, source];
    execFileSync(RUSTC, all, { cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit'] });
  }

  /** One answer to each line. */
  function ask(command: string, parameters: readonly string[], lines: readonly string[]): readonly string[] {
    const output = execFileSync(command, parameters, {
      input: `${lines.join('\n')}\n`,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    return output.trimEnd().split('\n');
  }

  function symbolsOf(file: string): readonly string[] {
    const lines = execFileSync(`${TOOLS}nm`, [file], { encoding: 'utf8' }).trimEnd().split('\n');
    return [...new Set(lines.map((line) => line.slice(19)).filter((name) => name.startsWith('_R')))];
  }

  it('are those of rustc-demangle, damaged ones as well', () => {
    const source = inFolder('rustc-demangle.rs');
    writeFileSync(source, RUSTC_DEMANGLE);
    rustc(source, '-O', '-o', inFolder('rustc-demangle'));
    rustc(THINGS, '--emit=obj', '-o', inFolder('names.o'));
    const symbols = symbolsOf(inFolder('names.o'));
    assert.ok(symbols.length > 900, `${symbols.length} symbols`);
    const told = ask(inFolder('rustc-demangle'), [], symbols);
    assert.deepEqual(symbols.map(demangled), told);

    const damaged = symbols.flatMap((symbol, index) => [...damages(symbol, index)]);
    const toldOfDamaged = ask(inFolder('rustc-demangle'), [], damaged);
    let alike = 0;
    for (const [index, symbol] of damaged.entries()) {
      const name = demangled(symbol);
      const theirs = toldOfDamaged[index] ?? '';
      const expected = DAMAGE.test(theirs) ? symbol : theirs;
      if (theirs !== symbol) alike++;
      assert.equal(name, expected, symbol);
    }
    assert.ok(alike > 500, `${alike} of ${damaged.length} damaged symbols are still names`);
  });

  it('are those of binutils and gdb in a kernel', () => {
    const elf = inFolder('collections.elf');
    buildRust('collections', elf, { optimization: 0, dwarf: 4 }, ['-C', 'symbol-mangling-version=v0']);
    const program = Program.load('collections.elf', readFileSync(elf));
    const symbols = [...program.symbols()].map(({ name }) => name).filter((name) => name.startsWith('_R'));
    assert.ok(symbols.length > 300, `${symbols.length} symbols`);
    const ours = symbols.map(demangled);
    // Without -i it writes what gdb does.
    assert.deepEqual(ours, ask(`${TOOLS}c++filt`, ['-i'], symbols));
    const script = symbols.map((symbol) => `demangle -l rust -- ${symbol}`);
    writeFileSync(inFolder('names.gdb'), script.join('\n'));
    const told = ask('gdb-multiarch', ['-q', '-nx', '-batch', '-x', inFolder('names.gdb')], []);
    assert.deepEqual(ours, told.map(withoutHashes));
  });

  it('name the code of a kernel without debug information', () => {
    const elf = inFolder('collections.elf');
    const bare = inFolder('bare.elf');
    execFileSync(`${TOOLS}objcopy`, ['--strip-debug', elf, bare]);
    const program = Program.load('bare.elf', readFileSync(bare));
    const run = [...program.symbols()].find(({ name }) => /^_RN\w*BTreeMap/.test(name) && name.includes('insert'));
    assert.ok(run !== undefined);
    const name = demangled(run.name);
    assert.match(name, /BTreeMap<.*>>::insert$/);
    assert.equal(program.symbolNear(run.address + 4n)?.text, `${name}+0x4`);
    assert.deepEqual(program.addressesOfFunction(name), [run.address]);
    // As it is called in the source: of all instances.
    const instances = [...program.symbols()].filter((one) => /::BTreeMap<.*>>::insert$/.test(demangled(one.name)));
    assert.deepEqual(
      program.addressesOfFunction('BTreeMap::insert'),
      instances.map(({ address }) => address).sort((one, other) => Number(one - other)),
    );
    assert.deepEqual(
      program.addressesOfFunction('btree::map::BTreeMap::insert'),
      program.addressesOfFunction('BTreeMap::insert'),
    );
    assert.ok(program.addressesOfFunction('drop_in_place').length > 1);
    assert.deepEqual(program.addressesOfFunction('TreeMap::insert'), []);
  });
});

/** A name without what gdb adds to it: the hashes of crates, `core[232079858c45ac0c]`, and the types of constants, `3: usize`. */
function withoutHashes(name: string): string {
  return name.replaceAll(/(?<=\w)\[[\da-f]+\]/g, '').replaceAll(/(?<=\d): [iu](?:\d+|size)\b/g, '');
}

/** Symbols with a character changed, removed or added at places that follow from `seed`. */
function* damages(symbol: string, seed: number): Generator<string> {
  const alphabet = '_0123456789aehjnpsuyBCDEFGIKLMNRSTVWXY';
  for (let round = 0; round < 6; round++) {
    const at = 2 + ((seed * 31 + round * 17) % (symbol.length - 2));
    const character = alphabet[(seed * 7 + round * 13) % alphabet.length] ?? '';
    const kept = round % 3 === 2 ? at : at + 1;
    yield symbol.slice(0, at) + (round % 3 === 1 ? '' : character) + symbol.slice(kept);
  }
}
