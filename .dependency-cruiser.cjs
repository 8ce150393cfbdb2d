/**
 * The layers of ARCHITECTURE.md, as rules. Arrows run down only:
 *
 *   extension -> adapter -> emulator
 *   emulator: recording, replay -> machine -> engine -> riscv
 *
 * `npm run layers` applies them and also proves that every file was read (scripts/check-dependencies.mjs).
 *
 * @type {import('dependency-cruiser').IConfiguration}
 */

/** Modules under `from` may not import modules under `to`. */
function never(name, comment, from, to) {
  return { name, comment, severity: 'error', from, to };
}

module.exports = {
  forbidden: [
    never('no-cycles', 'A cycle means that the files in it are one file.', {}, { circular: true }),
    never('resolvable', 'An import that cannot be resolved cannot be judged either.', {}, { couldNotResolve: true }),

    never(
      'emulator-is-below-everything',
      'The emulator runs in Node, in a worker and in a browser: it knows neither debuggers nor VS Code.',
      { path: '^emulator/' },
      { path: '^(adapter|extension|test|scripts)/' },
    ),
    never(
      'emulator-is-pure',
      'No node: module, and no package that is not pure computation.',
      { path: '^emulator/' },
      { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: 'node_modules/fflate/' },
    ),
    never(
      'riscv-is-the-bottom',
      'The description of the ISA knows none of its readers.',
      { path: '^emulator/riscv/' },
      { path: '^emulator/(?!riscv/)' },
    ),
    never(
      'engine-on-riscv-only',
      'The engine executes instructions; the board is above it.',
      { path: '^emulator/engine/' },
      { path: '^emulator/(?!engine/|riscv/)' },
    ),
    never(
      'machine-on-engine-and-riscv',
      'The machine knows nothing of being recorded (law 2).',
      { path: '^emulator/machine/' },
      { path: '^emulator/(?!machine/|engine/|riscv/)' },
    ),
    never(
      'replay-not-on-engine',
      'Travel and files see a machine, whatever executes its instructions.',
      { path: '^emulator/(replay|recording)/' },
      { path: '^emulator/engine/' },
    ),

    never(
      'adapter-not-above-itself',
      'The adapter runs without VS Code.',
      { path: '^adapter/' },
      { path: '^(extension|test|scripts)/|^vscode$' },
    ),
    never(
      'adapter-not-on-engine',
      'Debuggers know the emulator through its timeline.',
      { path: '^adapter/' },
      { path: '^emulator/engine/' },
    ),
    never(
      'node-in-host-only',
      'Files, sockets and processes are behind adapter/host; the rest of the adapter also runs in a web worker.',
      { path: '^adapter/', pathNot: '^adapter/host/' },
      { dependencyTypes: ['core'], pathNot: '^vscode$' },
    ),
    never(
      'symbols-stand-alone',
      'Symbols are a function of bytes; they know no session.',
      { path: '^adapter/symbols/' },
      { path: '^adapter/(session|gdb|cli|guests)/' },
    ),
    never(
      'doors-not-on-each-other',
      'DAP and the GDB remote protocol are two doors to one timeline; the command line opens either.',
      { path: '^adapter/(session|gdb)/' },
      { path: '^adapter/(session|gdb|cli)/', pathNot: '^adapter/$1/' },
    ),

    never(
      'extension-speaks-dap',
      'The extension reaches a running session by DAP requests only.',
      { path: '^extension/' },
      { path: '^(adapter|test|scripts)/' },
    ),
    never(
      'extension-reads-recordings',
      'Of the emulator the extension sees the recording file, and the description of the ISA for its language server.',
      { path: '^extension/' },
      { path: '^emulator/(?!recording/|riscv/)' },
    ),
    never(
      'extension-runs-on-the-web',
      'Only what starts the desktop debug adapter may need Node.',
      { path: '^extension/', pathNot: '^extension/node/' },
      { dependencyTypes: ['core'], pathNot: '^vscode$' },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(emulator/engine/core/|dist/|coverage/|test/guests/)' },
    // The types that VS Code provides at run time are the one import with no module behind it.
    builtInModules: { add: ['vscode'] },
    tsConfig: { fileName: 'tsconfig.json' },
    // Imports of types count: a layer that knows another's types knows the layer.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.mjs', '.cjs', '.js'], conditionNames: ['import', 'node', 'types'] },
  },
};
