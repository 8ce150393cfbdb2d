import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'retrograde-compiled-'));
const program = path.join(folder, 'program.cjs');
after(() => {
  rmSync(folder, { recursive: true });
});

/** A program that works for as long as it takes to be worth keeping, and says what it was given. */
const SOURCE = `
while (process.cpuUsage().user < 330_000);
process.stdout.write([...process.argv.slice(2), typeof __filename].join(' '));
process.exitCode = 7;
`;

function run(argument: string, flags: readonly string[] = []): { readonly output: string; readonly code: number } {
  const environment = { ...process.env, XDG_CACHE_HOME: folder, LOCALAPPDATA: folder, HOME: folder };
  const options = { env: environment, encoding: 'utf8' } as const;
  try {
    return { output: execFileSync(process.execPath, [...flags, program, argument], options), code: 0 };
  } catch (error) {
    const { stdout, status } = error as { readonly stdout: string; readonly status: number };
    return { output: stdout, code: status };
  }
}

/** The files of the cache. */
function kept(): readonly string[] {
  const cache = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.code'));
  return cache.map((name) => path.join(folder, name));
}

describe('a bundled program', () => {
  before(() => {
    const entry = path.join(folder, 'entry.ts');
    writeFileSync(entry, SOURCE);
    execFileSync(process.execPath, [
      path.join(root, 'scripts/build.mjs'),
      '--program',
      entry,
      '--folder',
      folder,
      'program.cjs',
    ]);
  });

  it('runs the same with and without what an earlier process compiled, damaged or whole', () => {
    const expected = { output: 'record string', code: 7 };
    assert.deepEqual(run('record'), expected);
    const [file, ...others] = kept();
    assert.ok(file !== undefined && others.length === 0, 'the first run leaves what it compiled');
    const made = statSync(file).mtimeMs;
    assert.deepEqual(run('record'), expected);
    assert.deepEqual(run('record', ['--no-opt']), expected, 'with other flags of V8');

    const bytes = readFileSync(file);
    for (const damage of [1, 40, bytes.length >> 1]) {
      const damaged = Buffer.from(bytes);
      damaged.fill(0, damage);
      writeFileSync(file, damaged);
      assert.deepEqual(run('record'), expected, `zeros from byte ${damage} on`);
    }
    assert.ok(statSync(file).mtimeMs >= made);
    assert.deepEqual(readFileSync(file).subarray(32).length > 100, true, 'what was damaged is made anew');
  });

  it('keeps what each of its commands uses apart', () => {
    run('replay');
    assert.equal(kept().length, 2);
  });

  it('runs where nothing can be kept', () => {
    const code = path.dirname(kept()[0] ?? folder);
    rmSync(code, { recursive: true });
    writeFileSync(code, 'a file where the folder would be');
    assert.deepEqual(run('record'), { output: 'record string', code: 7 });
  });
}).timeout(60_000);
