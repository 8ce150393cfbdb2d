import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Client } from './client.ts';
import type { SymbolConfiguration } from './configuration/shared.ts';
import type { SourceFiles } from './host.ts';
import type { Program, SourceFile } from './program.ts';

/**
 * Where the sources that the debug information names are on this computer, and the other way round. A path is replaced by
 * the longest matching prefix of `sourceMap`; else taken as it is when the file exists; else its end is looked for in the
 * source roots, the longest end first; else it is where a client has a breakpoint in a file with the same end.
 */
export class Sources {
  readonly #program: Program;
  readonly #files: SourceFiles;
  readonly #configuration: SymbolConfiguration;
  readonly #client: Client;
  /** Local paths by recorded path; undefined when it was looked for and not found. */
  readonly #local = new Map<string, string | undefined>();
  /** Paths of a client's breakpoints by recorded path. */
  readonly #learnt = new Map<string, string>();
  /** Sources without a local file, by reference - 1. */
  readonly #absent: SourceFile[] = [];
  #byName:
    { readonly of: readonly SourceFile[]; readonly files: ReadonlyMap<string, readonly SourceFile[]> } | undefined;

  constructor(program: Program, files: SourceFiles, configuration: SymbolConfiguration, client: Client) {
    this.#program = program;
    this.#files = files;
    this.#configuration = configuration;
    this.#client = client;
  }

  /** The file as the client is told of it. One that is not on this computer gets a reference, for `source` to explain. */
  async toClient(file: SourceFile): Promise<DebugProtocol.Source> {
    const local = await this.localPath(file);
    const name = lastPart(file.path);
    if (local !== undefined) return { name, path: this.#client.pathToClient(local) };
    return { name, path: this.#client.pathToClient(file.path), sourceReference: this.#referenceOf(file) };
  }

  /** The file on this computer, or undefined when there is none. */
  async localPath(file: SourceFile): Promise<string | undefined> {
    if (this.#local.has(file.path)) return this.#local.get(file.path);
    const found = (await this.#search(file.path)) ?? this.#learnt.get(file.path);
    this.#local.set(file.path, found);
    return found;
  }

  /** The file that a reference of `toClient` stands for. */
  referenced(reference: number): SourceFile | undefined {
    return this.#absent[reference - 1];
  }

  /**
   * The file of the program that a client's path means: mapped back by `sourceMap`, else the file that shares the longest
   * end with it, its name at least.
   */
  fileFor(clientPath: string): SourceFile | undefined {
    const path = normal(clientPath);
    const mapped = this.#mappedBack(path);
    const candidates = this.#filesByName().get(lastPart(path)) ?? [];
    let best: SourceFile | undefined;
    let bestShared = 0;
    for (const candidate of candidates) {
      const shared = Math.max(...mapped.map((one) => sharedEnd(one, candidate.path)));
      if (shared > bestShared) {
        best = candidate;
        bestShared = shared;
      }
    }
    if (best !== undefined) this.#learn(best, path);
    return best;
  }

  #learn(file: SourceFile, path: string): void {
    const wasAbsent = this.#local.has(file.path) && this.#local.get(file.path) === undefined;
    this.#learnt.set(file.path, path);
    if (!wasAbsent) return;
    this.#local.delete(file.path);
    // The client was told that it is not here.
    void this.toClient(file).then((source) => {
      this.#client.event('loadedSource', { reason: 'changed', source });
    });
  }

  async #search(path: string): Promise<string | undefined> {
    const rule = longestPrefix(this.#configuration.sourceMap, path, (one) => one.from);
    if (rule !== undefined) {
      const mapped = normal(rule.to + path.slice(rule.from.length));
      if (await this.#files.exists(mapped)) return mapped;
    }
    if (isAbsolute(path) && (await this.#files.exists(path))) return path;
    const parts = normal(path)
      .split('/')
      .filter((part) => part !== '');
    for (let skipped = 0; skipped < parts.length; skipped++) {
      for (const root of this.#configuration.sourceRoots) {
        const candidate = normal(`${root}/${parts.slice(skipped).join('/')}`);
        if (await this.#files.exists(candidate)) return candidate;
      }
    }
    return undefined;
  }

  #mappedBack(path: string): readonly string[] {
    const rule = longestPrefix(this.#configuration.sourceMap, path, (one) => normal(one.to));
    return rule === undefined ? [path] : [path, normal(rule.from + path.slice(normal(rule.to).length))];
  }

  #referenceOf(file: SourceFile): number {
    const known = this.#absent.findIndex((one) => one.path === file.path);
    return known >= 0 ? known + 1 : this.#absent.push(file);
  }

  #filesByName(): ReadonlyMap<string, readonly SourceFile[]> {
    const of = this.#program.sourceFiles();
    if (this.#byName?.of === of) return this.#byName.files;
    const byName = new Map<string, SourceFile[]>();
    for (const file of of) {
      const name = lastPart(file.path);
      const there = byName.get(name);
      if (there === undefined) byName.set(name, [file]);
      else there.push(file);
    }
    this.#byName = { of, files: byName };
    return byName;
  }
}

function longestPrefix<T>(rules: readonly T[], path: string, prefixOf: (rule: T) => string): T | undefined {
  let best: T | undefined;
  for (const rule of rules) {
    const prefix = prefixOf(rule);
    if (path.startsWith(prefix) && (best === undefined || prefix.length > prefixOf(best).length)) best = rule;
  }
  return best;
}

/** How many of the last parts of two paths are equal. */
function sharedEnd(a: string, b: string): number {
  const x = normal(a).split('/').reverse();
  const y = normal(b).split('/').reverse();
  let shared = 0;
  while (shared < x.length && shared < y.length && x[shared] === y[shared]) shared++;
  return shared;
}

/** Forward slashes, without `.` and `..` where they can be resolved. */
function normal(path: string): string {
  const slashed = path.replaceAll('\\', '/');
  const parts: string[] = [];
  for (const part of slashed.split('/')) {
    if (part === '.' || (part === '' && parts.length > 0)) continue;
    const last = parts.at(-1);
    if (part === '..' && last !== undefined && last !== '' && last !== '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}

function isAbsolute(path: string): boolean {
  return path.startsWith('/') || /^[a-z]:[\\/]/i.test(path);
}

function lastPart(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
