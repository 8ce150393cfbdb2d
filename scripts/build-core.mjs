// Compiles the engine's AssemblyScript core (emulator/engine/core) and writes it as a base64 TypeScript module, so that
// Node, bundles, workers and browsers all load it the same way, with no file to find at run time. A core that was made of the
// same sources by the same compiler is left as it is.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync, mkdtempSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { tmpdir } from 'node:os';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const output = path.join(root, 'emulator/engine/generated/core.ts');
const engine = path.join(root, 'emulator/engine');

/** Of everything that the core is made of: its sources, the layout that they share with TypeScript, the compiler, this file. */
function fingerprint() {
  const hash = createHash('sha256');
  const sources = readdirSync(path.join(engine, 'core'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => path.join(engine, 'core', name));
  const compiler = path.join(root, 'node_modules/assemblyscript/package.json');
  for (const file of [...sources, path.join(engine, 'layout.ts'), compiler, fileURLToPath(import.meta.url)]) {
    const bytes = readFileSync(file);
    hash.update(`${path.relative(root, file)} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}

const madeOf = `// Made of ${fingerprint()}`;
if (existsSync(output) && readFileSync(output, 'utf8').split('\n').includes(madeOf)) process.exit(0);

const work = mkdtempSync(path.join(tmpdir(), 'retrograde-core-'));
try {
  const wasm = path.join(work, 'core.wasm');
  execFileSync(
    process.execPath,
    [
      path.join(root, 'node_modules/assemblyscript/bin/asc.js'),
      path.join(root, 'emulator/engine/core/index.ts'),
      '--outFile',
      wasm,
      '--runtime',
      'stub',
      '--noAssert',
      '--importMemory',
      '--memoryBase',
      String(0x120000),
      '--optimizeLevel',
      '3',
      '--shrinkLevel',
      '0',
      '--enable',
      'sign-extension',
      '--enable',
      'bulk-memory',
      '--enable',
      'nontrapping-f2i',
      '--enable',
      'simd',
      '--use',
      'abort=',
    ],
    { stdio: 'inherit', cwd: root },
  );
  const bytes = readFileSync(wasm);
  if (!WebAssembly.validate(bytes)) throw new Error('the compiled core is not valid WebAssembly');
  mkdirSync(path.dirname(output), { recursive: true });
  writeFileSync(
    output,
    `// Made by scripts/build-core.mjs from emulator/engine/core; not kept in git.\n${madeOf}\nexport const coreWasmBase64 =\n  '${bytes.toString('base64')}';\n`,
  );
  console.log(`core: ${bytes.length} bytes`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
