import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/** All of it; the least recently used goes first. Linux with debug information takes some 15 MB. */
const MOST_BYTES = 512 * 2 ** 20;
/** Keys are made of build-ids and hashes; nothing else becomes a file name. */
const KEY = /^[0-9a-f]{8,128}\.[a-z]+$/;

/** Bytes under keys, which are file names: found again by later processes, or not. */
export interface FileCache {
  /** What was written under a key; undefined when there is none. */
  readonly read: (key: string) => Uint8Array | undefined;
  /** Keeps something under a key, if it can; never throws. */
  readonly write: (key: string, bytes: Uint8Array) => void;
}

/** Where the system wants what may be made again: `retrograde/CONTENT` in its folder of caches. */
export function cacheFolder(content: 'symbols' | 'code', environment: NodeJS.ProcessEnv = process.env): string {
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = environment;
  const parent =
    xdg !== undefined && path.isAbsolute(xdg)
      ? xdg
      : process.platform === 'win32'
        ? (local ?? path.join(homedir(), 'AppData', 'Local'))
        : process.platform === 'darwin'
          ? path.join(homedir(), 'Library', 'Caches')
          : path.join(homedir(), '.cache');
  return path.join(parent, 'retrograde', content);
}

/**
 * A cache in a folder. Each entry is a file, written under another name first, so that it is whole or not
 * there. What cannot be read or written is as if it were not there: a full disk costs time, not a session.
 */
export function fileCacheIn(folder: string, mostBytes: number = MOST_BYTES): FileCache {
  return {
    read: (key) => {
      if (!KEY.test(key)) return undefined;
      const file = path.join(folder, key);
      return attempt(() => {
        const bytes = readFileSync(file);
        const now = new Date();
        attempt(() => {
          utimesSync(file, now, now);
        });
        return bytes;
      });
    },
    write: (key, bytes) => {
      if (!KEY.test(key) || bytes.length > mostBytes) return;
      const temporary = path.join(folder, `${key}.${process.pid}.tmp`);
      attempt(() => {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        makeRoom(folder, mostBytes - bytes.length);
        try {
          writeFileSync(temporary, bytes, { mode: 0o600 });
          renameSync(temporary, path.join(folder, key));
        } catch (error) {
          rmSync(temporary, { force: true });
          throw error;
        }
      });
    },
  };
}

/** Removes the entries that were not used for longest until the rest has no more than `most` bytes. */
function makeRoom(folder: string, most: number): void {
  const files = readdirSync(folder).flatMap((name) => {
    const file = path.join(folder, name);
    const stats = attempt(() => statSync(file));
    return stats?.isFile() === true ? [{ file, size: stats.size, used: stats.mtimeMs }] : [];
  });
  files.sort((a, b) => b.used - a.used);
  let total = 0;
  for (const { file, size } of files) {
    total += size;
    if (total > most) rmSync(file, { force: true });
  }
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
