import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Installation } from './installation.ts';

/** Settings under which nothing but the test happens in the workbench. */
const SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.colorTheme': 'Default Dark Modern',
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'chat.disableAIFeatures': true,
  'debug.openDebug': 'openOnDebugBreak',
  'editor.accessibilitySupport': 'off',
  // Draws the terminal's text as text, which can be read from the page.
  'terminal.integrated.gpuAcceleration': 'off',
  'editor.minimap.enabled': false,
  'editor.stickyScroll.enabled': false,
  'files.watcherExclude': { '**': true },
};

/** How long an installed server may take to answer, in milliseconds. It takes about one second. */
const READY_WITHIN = 60_000;

/** A running server with profile and extensions of its own, all in a temporary folder. */
export class Server implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #state: string;
  readonly url: string;

  private constructor(process: ChildProcess, state: string, url: string) {
    this.#process = process;
    this.#state = state;
    this.url = url;
  }

  /** Starts a server on a free port of the loopback interface, with one extension installed from its .vsix. */
  static async start(installation: Installation, vsix: string): Promise<Server> {
    const state = await mkdtemp(path.join(tmpdir(), 'retrograde-vscode-'));
    const user = path.join(state, 'user');
    await mkdir(path.join(user, 'User'), { recursive: true });
    await writeFile(path.join(user, 'User/settings.json'), JSON.stringify(SETTINGS));
    await writeFile(path.join(state, 'config.yaml'), 'auth: none\ncert: false\n');
    const shared = [
      installation.entry,
      ...['--config', path.join(state, 'config.yaml')],
      ...['--user-data-dir', user],
      ...['--extensions-dir', path.join(state, 'extensions')],
    ];
    await finished(installation.node, [...shared, '--install-extension', vsix]);

    const port = await freePort();
    const log = path.join(state, 'log');
    const child = spawn(
      'sh',
      [
        '-c',
        'exec "$0" "$@" > "$LOG" 2>&1',
        installation.node,
        ...shared,
        ...['--bind-addr', `127.0.0.1:${port}`, '--auth', 'none'],
        ...['--disable-telemetry', '--disable-update-check', '--disable-workspace-trust'],
        '--disable-getting-started-override',
      ],
      // A process group of its own: its terminals and watchers outlive it unless the whole group is ended.
      { detached: true, stdio: 'ignore', env: { ...process.env, LOG: log, EXTENSIONS_GALLERY: '{}' } },
    );
    const server = new Server(child, state, `http://127.0.0.1:${port}`);
    try {
      await server.#ready(log);
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
    return server;
  }

  /** The address of the workbench with a folder opened. */
  workspace(folder: string): string {
    return `${this.url}/?folder=${encodeURIComponent(folder)}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { pid } = this.#process;
    const exited =
      this.#process.exitCode === null && this.#process.signalCode === null
        ? new Promise((resolve) => this.#process.once('exit', resolve))
        : Promise.resolve();
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    } catch {
      // The group is gone already.
    }
    await exited;
    await rm(this.#state, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  async #ready(log: string): Promise<void> {
    const start = Date.now();
    for (;;) {
      const answer = await fetch(`${this.url}/healthz`).catch(() => undefined);
      if (answer?.ok === true) return;
      if (this.#process.exitCode !== null || Date.now() - start > READY_WITHIN) {
        throw new Error(`VS Code's server did not start:\n${await readFile(log, 'utf8').catch(() => '(no log)')}`);
      }
      await sleep(100);
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === 'object' && address !== null) resolve(address.port);
        else reject(new Error('no port'));
      });
    });
  });
}

/** Runs a program to its end; rejects with what it printed when it fails. */
function finished(program: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const output: Buffer[] = [];
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (bytes: Buffer) => output.push(bytes));
    child.stderr.on('data', (bytes: Buffer) => output.push(bytes));
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${program} ${args.join(' ')} failed:\n${Buffer.concat(output).toString()}`));
    });
  });
}
