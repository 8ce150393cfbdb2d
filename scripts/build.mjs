// Bundles what is run: one file for each program, nothing to install beside it. `npm run build -- --watch` keeps building;
// `node scripts/build.mjs --folder FOLDER NAME...` builds the bundles of these names to another folder than dist.
import { chmodSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build, context } from 'esbuild';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const { values: given, positionals: names } = parseArgs({
  options: { watch: { type: 'boolean', default: false }, folder: { type: 'string', default: 'dist' } },
  allowPositionals: true,
});
const { folder } = given;

/** What Node's modules are in a browser, as far as @vscode/debugadapter needs them. */
const NODE_SHIMS = { events: './adapter/web/shims/events.ts', url: './adapter/web/shims/url.ts' };

/** @type {readonly { readonly entry: string, readonly output: string, readonly external?: string[], readonly banner?: string, readonly web?: true }[]} */
const bundles = [
  // What VS Code loads; it provides the module vscode.
  { entry: 'extension/extension.ts', output: 'extension.cjs', external: ['vscode'] },
  // The debug adapter, a process that speaks DAP over its standard input and output.
  { entry: 'adapter/cli/dap-main.ts', output: 'adapter.cjs' },
  // A thread of either of these, which helps with long searches.
  { entry: 'adapter/host/search-worker.ts', output: 'search-worker.cjs' },
  // The command line.
  { entry: 'adapter/cli/main.ts', output: 'retrograde.cjs', banner: '#!/usr/bin/env node' },
  // The debug adapter as a web worker, which speaks DAP by messages.
  { entry: 'adapter/web/worker-main.ts', output: 'adapter-worker.js', web: true },
];

/** @returns {import('esbuild').BuildOptions} */
function options({ entry, output, external = [], banner, web }) {
  return {
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: path.join(folder, output),
    external,
    ...(banner === undefined ? {} : { banner: { js: banner } }),
    bundle: true,
    ...(web === true
      ? { platform: 'browser', target: 'es2022', format: 'iife', alias: NODE_SHIMS }
      : {
          platform: 'node',
          target: 'node20',
          format: 'cjs',
          // CommonJS has no import.meta; what is looked for lies beside the bundle.
          define: { 'import.meta.url': '__filename' },
        }),
    sourcemap: 'linked',
    // Names are kept for stack traces in bug reports; white space and syntax are what makes the files large.
    minifyWhitespace: true,
    minifySyntax: true,
    logLevel: 'warning',
  };
}

const chosen = bundles.filter(({ output }) => names.length === 0 || names.includes(output));
if (given.watch) {
  for (const bundle of chosen) await (await context(options(bundle))).watch();
} else {
  await Promise.all(chosen.map((bundle) => build(options(bundle))));
  for (const { output, banner } of chosen) {
    if (banner !== undefined) chmodSync(path.resolve(root, folder, output), 0o755);
  }
  console.log(`built ${chosen.map(({ output }) => path.join(folder, output)).join(', ')}`);
}
