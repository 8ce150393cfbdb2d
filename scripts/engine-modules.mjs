// An esbuild plugin that puts the engine's WebAssembly modules into bundles as bytes: what emulator/engine/wasm-modules.ts
// decodes and generates whenever a program starts is done here once.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const source = path.join(root, 'emulator/engine/wasm-modules.ts');
const functions = ['coreBytes', 'interpreterBytes'];

/** The bytes that the functions of wasm-modules.ts return, by the function's name. */
async function engineBytes() {
  const bundle = await build({ entryPoints: [source], bundle: true, write: false, format: 'esm', platform: 'neutral' });
  const [{ text }] = bundle.outputFiles;
  const module = await import(`data:text/javascript;base64,${Buffer.from(text).toString('base64')}`);
  return Object.fromEntries(functions.map((name) => [name, module[name]()]));
}

/** @type {import('esbuild').Plugin} */
export const engineModules = {
  name: 'engine-modules',
  setup(pluginBuild) {
    /** @type {Promise<Record<string, Uint8Array>> | undefined} */
    let bytes;
    pluginBuild.onStart(() => {
      bytes = undefined;
    });
    pluginBuild.onResolve({ filter: /^engine-bytes:/ }, ({ path: name }) => ({
      path: name,
      namespace: 'engine-bytes',
    }));
    pluginBuild.onLoad({ filter: /./, namespace: 'engine-bytes' }, async ({ path: name }) => ({
      contents: (await (bytes ??= engineBytes()))[name.slice('engine-bytes:'.length)],
      loader: 'binary',
    }));
    pluginBuild.onLoad({ filter: /[\\/]engine[\\/]wasm-modules\.ts$/ }, () => ({
      contents: functions
        .map((name) => `import ${name}Made from 'engine-bytes:${name}';\nexport const ${name} = () => ${name}Made;\n`)
        .join(''),
      resolveDir: root,
    }));
  },
};
