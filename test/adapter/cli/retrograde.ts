import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The command line as its users run it: bundled, in a process of its own. */

export interface Finished {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class Retrograde {
  /** A folder for the files of a test; removed by `dispose`. */
  readonly folder = mkdtempSync(join(tmpdir(), 'retrograde-test-'));
  readonly #program = join(this.folder, 'retrograde.cjs');

  async build(): Promise<void> {
    await build({
      entryPoints: [fileURLToPath(new URL('../../../adapter/cli/main.ts', import.meta.url))],
      outfile: this.#program,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      logLevel: 'error',
    });
  }

  file(name: string): string {
    return join(this.folder, name);
  }

  start(...args: readonly string[]): ChildProcess {
    return spawn(process.execPath, [this.#program, ...args], { cwd: this.folder });
  }

  run(...args: readonly string[]): Promise<Finished> {
    return this.runWithInput('', ...args);
  }

  /** The command line's program and its first arguments, for those who start it themselves. */
  get command(): readonly string[] {
    return [process.execPath, this.#program];
  }

  runWithInput(input: string, ...args: readonly string[]): Promise<Finished> {
    return finished(this.start(...args), input);
  }

  /** Runs another program, in the same folder. */
  spawn(program: string, ...args: readonly string[]): Promise<Finished> {
    return finished(spawn(program, args, { cwd: this.folder }), '');
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function finished(child: ChildProcess, input: string): Promise<Finished> {
  const out: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => errors.push(chunk));
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(errors).toString() });
    });
  });
}
