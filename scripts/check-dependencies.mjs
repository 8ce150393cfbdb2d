// Applies the dependency rules and proves that they were applied: every source file that is on disk must have been read,
// and the arrows that are known to exist must have been seen. A cruise that reads nothing finds no violation either.
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const configuration = createRequire(import.meta.url)(path.join(root, '.dependency-cruiser.cjs'));

const layers = [
  'emulator/riscv',
  'emulator/engine',
  'emulator/machine',
  'emulator/replay',
  'emulator/recording',
  'adapter/symbols',
  'adapter/session',
  'adapter/gdb',
  'adapter/cli',
  'adapter/host',
  'adapter/web',
  'extension',
];

/** Arrows that the architecture rests on: if one is not seen, the reader is blind (or the architecture has changed). */
const arrows = [
  ['emulator/engine', 'emulator/riscv'],
  ['emulator/machine', 'emulator/engine'],
  ['emulator/replay', 'emulator/machine'],
  ['adapter/session', 'emulator/replay'],
  ['adapter/gdb', 'emulator/replay'],
  ['extension', 'emulator/recording'],
];

/** The TypeScript files of a layer, relative to the root with `/`; AssemblyScript (engine/core) has rules of its own. */
function sourceFiles(layer) {
  return (existsSync(path.join(root, layer)) ? readdirSync(path.join(root, layer), { recursive: true }) : [])
    .map((name) => path.posix.join(layer, name.split(path.sep).join('/')))
    .filter((name) => name.endsWith('.ts') && !name.startsWith('emulator/engine/core/'));
}

process.chdir(root);
const { output } = await cruise(
  ['emulator', 'adapter', 'extension'],
  { ...configuration.options, ruleSet: { forbidden: configuration.forbidden }, validate: true },
  { extensions: configuration.options.enhancedResolveOptions.extensions },
  { tsConfig: extractTSConfig('tsconfig.json') },
);

const problems = output.summary.violations.map(
  ({ rule, from, to, cycle }) =>
    `${rule.name}: ${from} -> ${to}${cycle ? ` (through ${cycle.map(({ name }) => name).join(' -> ')})` : ''}`,
);

const read = new Map(output.modules.map((module) => [module.source, module]));
const counts = layers.map((layer) => {
  const files = sourceFiles(layer);
  if (files.length === 0) problems.push(`${layer}: no source file`);
  for (const file of files) if (!read.has(file)) problems.push(`${file}: was not read`);
  return `${layer} ${files.length}`;
});
for (const [from, to] of arrows) {
  const seen = [...read.values()].some(
    (module) =>
      module.source.startsWith(`${from}/`) && module.dependencies.some(({ resolved }) => resolved.startsWith(`${to}/`)),
  );
  if (!seen) problems.push(`no import from ${from} to ${to} was seen`);
}

for (const problem of problems) console.error(problem);
console.log(`dependencies: ${read.size} modules read (${counts.join(', ')}), ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
