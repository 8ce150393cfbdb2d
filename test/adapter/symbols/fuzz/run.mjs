// Bundles the campaign first: a hundred thousand files are too many for modules that are translated one by one.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const folder = path.dirname(fileURLToPath(import.meta.url));
const output = mkdtempSync(path.join(tmpdir(), 'retrograde-fuzz-'));
try {
  const outfile = path.join(output, 'main.mjs');
  await build({
    entryPoints: [path.join(folder, 'main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    // The fixtures lie beside their module.
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(path.join(folder, '../fixtures.ts')).href) },
    logLevel: 'warning',
  });
  const { status } = spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
} finally {
  rmSync(output, { recursive: true });
}
