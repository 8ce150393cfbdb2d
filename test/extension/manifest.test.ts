import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { DEFAULT_MEMORY } from '../../adapter/host/assemble-machine.ts';
import { DEFAULT_MEMORY_BUDGET } from '../../emulator/replay/checkpoint-policy.ts';

/** package.json's contributions against what the code registers: VS Code reports neither kind of mismatch. */
const root = path.dirname(path.dirname(import.meta.dirname));

interface Contribution {
  readonly command?: string;
  readonly path?: string;
  readonly configuration?: string;
  readonly icon?: string | Readonly<Record<string, string>>;
}

interface Manifest {
  readonly main: string;
  readonly icon: string;
  readonly contributes: {
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly default?: unknown }>> };
    readonly commands: readonly (Contribution & { readonly command: string })[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string }[]>>;
    readonly languages: readonly Contribution[];
    readonly grammars: readonly Contribution[];
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly keybindings: readonly { readonly command: string }[];
    readonly customEditors: readonly { readonly viewType: string }[];
    readonly debuggers: readonly {
      readonly type: string;
      readonly configurationAttributes: Readonly<
        Record<'launch' | 'attach', { readonly properties: Readonly<Record<string, { readonly default?: unknown }>> }>
      >;
      readonly initialConfigurations: readonly Readonly<Record<string, unknown>>[];
      readonly configurationSnippets: readonly { readonly body: Readonly<Record<string, unknown>> }[];
    }[];
  };
}

describe('the manifest', () => {
  let manifest: Manifest;
  let code: string;
  before(async () => {
    manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as Manifest;
    const folder = path.join(root, 'extension');
    const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts'));
    code = (await Promise.all(files.map((name) => readFile(path.join(folder, name), 'utf8')))).join('\n');
  });

  it('names every command and editor that the code registers, and no other', () => {
    const { commands, customEditors, views } = manifest.contributes;
    const ids = Object.values(views).flatMap((inPlace) => inPlace.map(({ id }) => id));
    const contributed = [
      ...commands.map(({ command }) => command),
      ...customEditors.map(({ viewType }) => viewType),
      ...ids,
    ];
    // Status bar items and keys of when-clauses are named like commands, and are none.
    const named = new Set([...code.matchAll(/'(retrograde\.\w+)'/g)].map(([, name]) => name));
    for (const other of ['retrograde.moment', 'retrograde.branch', 'retrograde.inBranch']) named.delete(other);
    assert.deepEqual([...named].sort(), contributed.sort());
  });

  it('puts only its own commands into menus', () => {
    const { commands, menus, keybindings } = manifest.contributes;
    const known = commands.map(({ command }) => command);
    for (const { command } of [...Object.values(menus).flat(), ...keybindings])
      assert(known.includes(command), command);
  });

  it('names only files that exist, and packs them', async () => {
    const { commands, languages, grammars } = manifest.contributes;
    const icons = commands.flatMap(({ icon }) => (typeof icon === 'object' ? Object.values(icon) : []));
    const files = [
      ...icons,
      ...[...languages, ...grammars].flatMap((it) => [it.path, it.configuration]),
      manifest.icon,
    ];
    const packed = (await readFile(path.join(root, '.vscodeignore'), 'utf8')).split('\n');
    for (const file of files) {
      if (file === undefined) continue;
      const name = path.posix.normalize(file);
      assert(existsSync(path.join(root, name)), name);
      const pattern = `!${path.posix.dirname(name)}/*${path.posix.extname(name)}`;
      assert(packed.includes(pattern), `${name} is not packed: .vscodeignore has no ${pattern}`);
    }
    assert(packed.includes(`!${path.posix.normalize(manifest.main)}`));
  });

  it('offers configurations that use only attributes of its own schema', () => {
    for (const debuggerContribution of manifest.contributes.debuggers) {
      const { initialConfigurations, configurationSnippets, configurationAttributes } = debuggerContribution;
      const offered = [...initialConfigurations, ...configurationSnippets.map(({ body }) => body)];
      assert(offered.length > 0);
      for (const { type, request, name, ...attributes } of offered) {
        assert.equal(type, debuggerContribution.type);
        assert(typeof name === 'string');
        assert(request === 'launch' || request === 'attach');
        const known = Object.keys(configurationAttributes[request].properties);
        for (const attribute of Object.keys(attributes)) assert(known.includes(attribute), attribute);
      }
    }
  });

  it('tells the memory that a machine has by default', async () => {
    const [contribution] = manifest.contributes.debuggers;
    const told = `${DEFAULT_MEMORY / 2 ** 20}M`;
    assert.equal(contribution?.configurationAttributes.launch.properties['memory']?.default, told);
    assert((await readFile(path.join(root, 'DAP.md'), 'utf8')).includes(`(default \`${told}\`)`));
  });

  it('tells the memory that checkpoints have by default', async () => {
    const told = `${DEFAULT_MEMORY_BUDGET / 2 ** 30}G`;
    assert.equal(manifest.contributes.configuration.properties['retrograde.memoryBudget']?.default, told);
    const documented = (await readFile(path.join(root, 'DAP.md'), 'utf8'))
      .split('\n')
      .find((line) => line.includes('| `memoryBudget`'));
    assert(documented?.includes(`(default \`${told}\`,`));
  });

  it('offers the attributes that DAP.md promises, and no other', async () => {
    const text = await readFile(path.join(root, 'DAP.md'), 'utf8');
    const documented = (request: string): string[] => {
      const section = text.split(`### ${request}:`)[1]?.split(/^#/m)[0] ?? '';
      const cells = [...section.matchAll(/^\| (`[^|]+) \|/gm)].map(([, cell]) => cell ?? '');
      return cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name ?? ''));
    };
    const [contribution] = manifest.contributes.debuggers;
    assert(contribution !== undefined);
    // noDebug is VS Code's own: Run Without Debugging.
    const launch = documented('launch').filter((name) => name !== 'noDebug');
    assert.deepEqual(Object.keys(contribution.configurationAttributes.launch.properties).sort(), launch.sort());
    assert.deepEqual(
      Object.keys(contribution.configurationAttributes.attach.properties).sort(),
      documented('attach').sort(),
    );
  });
});
