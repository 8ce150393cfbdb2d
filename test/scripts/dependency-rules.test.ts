import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cruise, type IConfiguration } from 'dependency-cruiser';

const configuration = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as IConfiguration;

/** What is imported by a file planted at `from`, and the rule that must forbid it (undefined: allowed). */
interface Case {
  readonly from: string;
  readonly imports: string;
  readonly rule: string | undefined;
}

const cases: readonly Case[] = [
  { from: 'emulator/riscv/a.ts', imports: 'emulator/engine/b.ts', rule: 'riscv-is-the-bottom' },
  { from: 'emulator/engine/a.ts', imports: 'emulator/machine/b.ts', rule: 'engine-on-riscv-only' },
  { from: 'emulator/machine/a.ts', imports: 'emulator/replay/b.ts', rule: 'machine-on-engine-and-riscv' },
  { from: 'emulator/machine/a.ts', imports: 'emulator/engine/b.ts', rule: undefined },
  { from: 'emulator/replay/a.ts', imports: 'emulator/engine/b.ts', rule: 'replay-not-on-engine' },
  { from: 'emulator/recording/a.ts', imports: 'emulator/machine/b.ts', rule: undefined },
  { from: 'emulator/machine/a.ts', imports: 'node:fs', rule: 'emulator-is-pure' },
  { from: 'emulator/replay/a.ts', imports: 'adapter/session/b.ts', rule: 'emulator-is-below-everything' },
  { from: 'adapter/session/a.ts', imports: 'vscode', rule: 'adapter-not-above-itself' },
  { from: 'adapter/session/a.ts', imports: 'emulator/engine/b.ts', rule: 'adapter-not-on-engine' },
  { from: 'adapter/session/a.ts', imports: 'emulator/replay/b.ts', rule: undefined },
  { from: 'adapter/session/a.ts', imports: 'node:net', rule: 'node-in-host-only' },
  { from: 'adapter/host/a.ts', imports: 'node:net', rule: undefined },
  { from: 'adapter/symbols/a.ts', imports: 'adapter/session/b.ts', rule: 'symbols-stand-alone' },
  { from: 'adapter/gdb/a.ts', imports: 'adapter/session/b.ts', rule: 'doors-not-on-each-other' },
  { from: 'adapter/gdb/a.ts', imports: 'adapter/gdb/b.ts', rule: undefined },
  { from: 'extension/a.ts', imports: 'adapter/session/b.ts', rule: 'extension-speaks-dap' },
  { from: 'extension/a.ts', imports: 'emulator/machine/b.ts', rule: 'extension-reads-recordings' },
  { from: 'extension/a.ts', imports: 'emulator/recording/b.ts', rule: undefined },
  { from: 'extension/a.ts', imports: 'node:path', rule: 'extension-runs-on-the-web' },
  { from: 'extension/a.ts', imports: 'vscode', rule: undefined },
  { from: 'extension/node/a.ts', imports: 'node:path', rule: undefined },
];

/** What a file at `from` writes to import a planted file (or a package, which is named as it is). */
function specifier(from: string, imports: string): string {
  if (!imports.endsWith('.ts')) return imports;
  const relative = path.posix.relative(path.posix.dirname(from), imports);
  return relative.startsWith('.') ? relative : `./${relative}`;
}

describe('the dependency rules', () => {
  let tree: string;
  beforeEach(async () => {
    tree = await mkdtemp(path.join(tmpdir(), 'retrograde-rules-'));
  });
  afterEach(() => rm(tree, { recursive: true, force: true }));

  async function plant(file: string, text: string): Promise<void> {
    await mkdir(path.dirname(path.join(tree, file)), { recursive: true });
    await writeFile(path.join(tree, file), text);
  }

  async function brokenRules(): Promise<readonly string[]> {
    const { output } = await cruise(['.'], {
      ...configuration.options,
      ruleSet: { forbidden: configuration.forbidden ?? [] },
      validate: true,
      baseDir: tree,
    });
    assert(typeof output === 'object');
    return [...new Set(output.summary.violations.map(({ rule }) => rule.name))].sort();
  }

  for (const { from, imports, rule } of cases) {
    it(`${rule === undefined ? 'allow' : 'forbid'} an import of ${imports} from ${from}`, async () => {
      // Type imports count as much as values do.
      await plant(from, `import type * as b from '${specifier(from, imports)}';\nexport type { b };\n`);
      if (imports.endsWith('.ts')) await plant(imports, 'export const value = 1;\n');
      assert.deepEqual(await brokenRules(), rule === undefined ? [] : [rule]);
    });
  }

  it('forbid a cycle', async () => {
    await plant('emulator/riscv/a.ts', `import './b.ts';\n`);
    await plant('emulator/riscv/b.ts', `import './a.ts';\n`);
    assert.deepEqual(await brokenRules(), ['no-cycles']);
  });

  it('forbid an import of what is not there', async () => {
    await plant('emulator/riscv/a.ts', `import './absent.ts';\n`);
    assert.deepEqual(await brokenRules(), ['resolvable']);
  });
});
