import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { peerVersion, requirePeer } from '../peers.ts';
import { buildRust, requireRust } from './rust.ts';
import { barePrograms, demoKernel, readGuest } from './programs.ts';

/** Another compiler makes other code of the same source, so only the one that built the guests can tell. */
const compiler = '(Debian 12.2.0-';

const teaching = ['kernel', 'ping', 'pong', 'stray'].map((name) => `teach/${name}`);

describe('the built guest in Rust', function () {
  this.timeout(300_000);

  it('rust/values is what its source compiles to', function () {
    requireRust(this);
    const folder = mkdtempSync(join(tmpdir(), 'retrograde-guests-'));
    try {
      const elf = join(folder, 'values.elf');
      buildRust('values', elf, { optimization: 0, dwarf: 4 });
      assert.ok(readFileSync(elf).equals(readGuest('rust/values')), 'values.elf differs: run rust/build.sh');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the built guests', function () {
  this.timeout(120_000);
  let folder: string;

  before(function () {
    requirePeer(this, 'make');
    requirePeer(this, 'riscv64-linux-gnu-gcc');
    const version = peerVersion('riscv64-linux-gnu-gcc') ?? '';
    if (!version.includes(compiler)) {
      console.error(`SKIPPED the built guests: they were made with Debian's gcc 12.2.0, here is ${version}`);
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), 'retrograde-guests-'));
    const guests = fileURLToPath(new URL('.', import.meta.url));
    const make = spawnSync('make', ['-s', '-C', guests, `OUT=${folder}`], { encoding: 'utf8' });
    assert.equal(make.status, 0, make.stderr);
  });

  after(() => {
    if (folder) rmSync(folder, { recursive: true });
  });

  for (const name of [
    ...barePrograms.map((program) => program.name),
    demoKernel,
    'torture/keeper',
    'console/echo',
    'linux/user/knock',
    'linux/user/decoy',
    'linux/user/wander',
    ...teaching,
    'values/values',
    'calls/calls',
    'moved/kernel',
  ]) {
    it(`${name} is what its source compiles to`, () => {
      assert.ok(readFileSync(join(folder, `${name}.elf`)).equals(readGuest(name)), `${name}.elf differs: run make`);
    });
  }
});
