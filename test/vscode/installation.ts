import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * A real VS Code from npm: code-server is Microsoft's VS Code (workbench and Node extension host) served to a browser.
 * Nothing is downloaded from anywhere but the npm registry, and nothing is compiled.
 */
export interface Installation {
  /** The Node that runs the server. code-server refuses every other major version. */
  readonly node: string;
  /** The server's entry script. */
  readonly entry: string;
  /** The version of VS Code inside. */
  readonly vscodeVersion: string;
}

/** VS Code 1.139; the last line that runs on Node 20 holds VS Code 1.100, older than `engines.vscode`. */
const CODE_SERVER = '4.139.1';
const NODE = '24';

/** Where big downloads are kept between runs: RETROGRADE_CACHE, else .cache in the project. */
export function cacheFolder(projectRoot: string): string {
  return process.env['RETROGRADE_CACHE'] ?? path.join(projectRoot, '.cache');
}

/** Installs once (about 70 s, 740 MB); later calls find the finished installation and return at once. */
export async function installVsCode(cache: string): Promise<Installation> {
  const folder = path.join(cache, `code-server-${CODE_SERVER}`);
  const server = path.join(folder, 'node_modules/code-server');
  const node = path.join(folder, 'node_modules/node/bin/node');
  const finished = path.join(folder, 'finished');
  if (!existsSync(finished)) {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'package.json'), '{ "private": true }\n');
    // The package named node fetches its binary by a script, which is why this one install may run scripts.
    await npm(folder, ['install', `node@${NODE}`]);
    // code-server's own scripts download from outside npm and refuse root; its parts are installed one by one instead.
    await npm(folder, ['install', '--ignore-scripts', `code-server@${CODE_SERVER}`]);
    const vscode = path.join(server, 'lib/vscode');
    await npm(vscode, ['install', '--omit=dev', '--ignore-scripts']);
    await npm(path.join(vscode, 'extensions'), ['install', '--omit=dev', '--ignore-scripts']);
    // The built server looks for its modules in an archive's place.
    if (!existsSync(path.join(vscode, 'node_modules.asar'))) {
      await symlink('node_modules', path.join(vscode, 'node_modules.asar'));
    }
    await writeFile(finished, `${new Date().toISOString()}\n`);
  }
  return { node, entry: path.join(server, 'out/node/entry.js'), vscodeVersion: await vscodeVersion(server) };
}

async function vscodeVersion(server: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(path.join(server, 'lib/vscode/package.json'), 'utf8'));
  if (
    typeof manifest === 'object' &&
    manifest !== null &&
    'version' in manifest &&
    typeof manifest.version === 'string'
  )
    return manifest.version;
  throw new Error(`${server}/lib/vscode/package.json has no version`);
}

function npm(folder: string, command: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const output: Buffer[] = [];
    const child = spawn('npm', [...command, '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.on('data', (bytes: Buffer) => output.push(bytes));
    child.stderr.on('data', (bytes: Buffer) => output.push(bytes));
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`npm ${command.join(' ')} in ${folder} failed:\n${Buffer.concat(output).toString()}`));
    });
  });
}
