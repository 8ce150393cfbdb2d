import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Script } from 'node:vm';
import type { FileCache } from './file-cache.ts';

/** A program that was bundled into one file of CommonJS. */
export interface BundledProgram {
  readonly file: string;
  /** Differs when the file's content does. */
  readonly identity: string;
}

const DIGEST_LENGTH = 32;
/** Microseconds of processor time after which a process has run enough of its program to be worth keeping. */
const WORTH_KEEPING = 300_000;

/**
 * Runs a bundled program in this process with what V8 compiled of it in an earlier one: compiling anew takes a tenth of the time
 * in which a small Linux boots. Each first argument has a cache of its own, for commands use different parts. The first process that works for
 * a while keeps what it compiled. Without a cache the program runs all the same.
 */
export function runCompiled({ file, identity }: BundledProgram, cache: FileCache): void {
  const key = `${sha256([identity, process.version, process.arch, process.argv[2] ?? ''].join('\n')).toString('hex')}.code`;
  const kept = unsealed(cache.read(key));
  const source = `(function (exports, require, module, __filename, __dirname) { ${readFileSync(file, 'utf8')}\n})`;
  const script = new Script(source, { filename: file, ...(kept === undefined ? {} : { cachedData: kept }) });
  // V8 refuses what was made with other flags. It is left for those who run with them.
  if (kept === undefined) {
    process.once('exit', () => {
      const { user, system } = process.cpuUsage();
      if (user + system >= WORTH_KEEPING) cache.write(key, sealed(script.createCachedData()));
    });
  }
  const run: unknown = script.runInThisContext();
  if (typeof run !== 'function') throw new Error(`${file} is no program`);
  const module = { exports: {} };
  Reflect.apply(run, module.exports, [module.exports, createRequire(file), module, file, path.dirname(file)]);
}

function sha256(content: string | Uint8Array): Buffer {
  return createHash('sha256').update(content).digest();
}

/** V8 trusts what it is given: a file that was damaged must not get that far. */
function sealed(code: Uint8Array): Uint8Array {
  return Buffer.concat([sha256(code), code]);
}

function unsealed(bytes: Uint8Array | undefined): Buffer | undefined {
  if (bytes === undefined || bytes.length <= DIGEST_LENGTH) return undefined;
  const code = Buffer.from(bytes.buffer, bytes.byteOffset + DIGEST_LENGTH, bytes.length - DIGEST_LENGTH);
  return sha256(code).equals(bytes.subarray(0, DIGEST_LENGTH)) ? code : undefined;
}
