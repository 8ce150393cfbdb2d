// Bundles what is run: nothing to install beside it. `npm run build -- --watch` keeps building;
// `node scripts/build.mjs --folder FOLDER NAME...` builds the bundles of these names to another folder than dist;
// `--program ENTRY --folder FOLDER NAME` makes another program, as those are made that are delivered.
import { createHash } from 'node:crypto';
import { chmodSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build, context } from 'esbuild';
import { engineModules } from './engine-modules.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const { values: given, positionals: names } = parseArgs({
  options: {
    watch: { type: 'boolean', default: false },
    folder: { type: 'string', default: 'dist' },
    program: { type: 'string' },
  },
  allowPositionals: true,
});
const { folder } = given;

/** What Node's modules are in a browser, as far as @vscode/debugadapter needs them. */
const NODE_SHIMS = { events: './adapter/web/shims/events.ts', url: './adapter/web/shims/url.ts' };

/**
 * `started`: `output` starts the program (adapter/host/start.ts), which lies beside it.
 *
 * @typedef {{ readonly entry: string, readonly output: string, readonly external?: string[], readonly started?: true, readonly web?: true }} Bundle
 * @type {readonly Bundle[]}
 */
const delivered = [
  // What VS Code loads; it provides the module vscode.
  { entry: 'extension/extension.ts', output: 'extension.cjs', external: ['vscode'] },
  // The debug adapter, a process that speaks DAP over its standard input and output.
  { entry: 'adapter/cli/dap-main.ts', output: 'adapter.cjs', started: true },
  // A thread of either of these, which helps with long searches.
  { entry: 'adapter/host/search-worker.ts', output: 'search-worker.cjs' },
  // The command line.
  { entry: 'adapter/cli/main.ts', output: 'retrograde.cjs', started: true },
  // The debug adapter as a web worker, which speaks DAP by messages.
  { entry: 'adapter/web/worker-main.ts', output: 'adapter-worker.js', web: true },
];

/** @returns {import('esbuild').BuildOptions} */
function options({ entry, output, external = [], started, web }) {
  const file = path.resolve(root, folder, started === true ? output.replace(/\.cjs$/, '.program.cjs') : output);
  return {
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: file,
    external,
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
    plugins: [engineModules, ...(started === true ? [starter(file, path.resolve(root, folder, output))] : [])],
    sourcemap: 'linked',
    // Names are kept for stack traces in bug reports; white space and syntax are what makes the files large.
    minifyWhitespace: true,
    minifySyntax: true,
    logLevel: 'warning',
  };
}

/**
 * Writes a program's starter whenever the program was written.
 *
 * @returns {import('esbuild').Plugin}
 */
function starter(program, output) {
  return {
    name: 'starter',
    setup({ onEnd }) {
      onEnd(async ({ errors }) => {
        if (errors.length > 0) return;
        const identity = createHash('sha256').update(readFileSync(program)).digest('hex');
        await build({
          absWorkingDir: root,
          ...{ entryPoints: ['adapter/host/start.ts'], outfile: output, bundle: true },
          ...{ platform: 'node', target: 'node20', format: 'cjs', minifyWhitespace: true, minifySyntax: true },
          banner: { js: '#!/usr/bin/env node' },
          define: {
            'import.meta.url': '__filename',
            PROGRAM_FILE: JSON.stringify(path.basename(program)),
            PROGRAM_IDENTITY: JSON.stringify(identity),
          },
          logLevel: 'warning',
        });
        chmodSync(output, 0o755);
      });
    },
  };
}

const [name] = names;
const bundles =
  given.program === undefined || name === undefined
    ? delivered.filter(({ output }) => names.length === 0 || names.includes(output))
    : [{ entry: path.resolve(given.program), output: name, started: true }];
if (given.watch) {
  for (const bundle of bundles) await (await context(options(bundle))).watch();
} else {
  await Promise.all(bundles.map((bundle) => build(options(bundle))));
  console.log(`built ${bundles.map(({ output }) => path.join(folder, output)).join(', ')}`);
}
