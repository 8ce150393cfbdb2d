import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { CHUNK_MAGIC } from '../../emulator/recording/chunk.ts';
import { codeOf, fileError } from './file-error.ts';

/**
 * A session that records to the same file again and again keeps what is there: `kernel.retrograde` becomes
 * `kernel.1.retrograde`, the one after it `kernel.2.retrograde`. The next number is one above the highest there is, so the
 * names of recordings that are kept do not change. A recording that is open elsewhere stays readable there under its new name.
 */

/**
 * Makes `file` free for a new recording. With `keep`, only that many earlier recordings stay, those of the highest numbers.
 * Returns what was done, as sentences. Rejects with a FileError, nothing moved, when `file` is anything but a recording.
 */
export async function makeRoomFor(file: string, keep: number | undefined): Promise<readonly string[]> {
  const before = await earlierRecordings(file);
  const notes: string[] = [];
  const aside = await setAside(file, (before.at(-1)?.number ?? 0) + 1);
  if (aside !== undefined) notes.push(`The recording that was ${file} is kept as ${aside}.`);
  if (keep === undefined) return notes;
  const all = aside === undefined ? before : await earlierRecordings(file);
  for (const { name } of all.slice(0, Math.max(0, all.length - keep))) {
    if ((await contentOf(name)) !== 'recording') continue;
    await rm(name);
    notes.push(`${name} was removed: "keepRecordings" is ${keep}.`);
  }
  return notes;
}

interface EarlierRecording {
  readonly number: number;
  readonly name: string;
}

/** The files that have the name of an earlier recording of `file`, oldest first. */
async function earlierRecordings(file: string): Promise<readonly EarlierRecording[]> {
  const { dir, name, ext } = path.parse(file);
  const entries = await readdir(dir === '' ? '.' : dir).catch(() => []);
  return entries
    .flatMap((entry) => {
      if (!entry.startsWith(`${name}.`) || !entry.endsWith(ext)) return [];
      const digits = entry.slice(name.length + 1, entry.length - ext.length);
      return /^[1-9]\d{0,8}$/.test(digits) ? [{ number: Number(digits), name: path.join(dir, entry) }] : [];
    })
    .sort((a, b) => a.number - b.number);
}

/** Gives `file` the number `from`, or the first after it that is free. Returns the new name; undefined without a file. */
async function setAside(file: string, from: number): Promise<string | undefined> {
  const content = await contentOf(file);
  if (content === 'nothing') return undefined;
  if (content === 'other') {
    throw fileError(file, 'recorded to', 'it is there already, and no recording', 'Choose another name.');
  }
  const { dir, name, ext } = path.parse(file);
  for (let number = from; ; number++) {
    const aside = path.join(dir, `${name}.${number}${ext}`);
    if (!(await claim(aside))) continue;
    try {
      // Onto the empty file of our own: another session that makes room at the same time takes another number.
      await rename(file, aside);
      return aside;
    } catch (error) {
      await rm(aside, { force: true });
      if (codeOf(error) === 'ENOENT') return undefined;
      throw fileError(file, 'renamed', error, 'Choose another name for the recording.');
    }
  }
}

/** Makes an empty file; false when the name is taken. */
async function claim(name: string): Promise<boolean> {
  try {
    await (await open(name, 'wx')).close();
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw fileError(name, 'created', error, 'Choose a place for the recording that may be written.');
  }
}

/** What is at `file`, by its first bytes. A recorder that was killed at once leaves an empty recording. */
async function contentOf(file: string): Promise<'nothing' | 'recording' | 'other'> {
  try {
    if (!(await stat(file)).isFile()) return 'other';
    const handle = await open(file, 'r');
    try {
      const bytes = new Uint8Array(4);
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
      const magic = bytesRead === bytes.length && new DataView(bytes.buffer).getUint32(0, true) === CHUNK_MAGIC;
      return bytesRead === 0 || magic ? 'recording' : 'other';
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 'nothing';
    throw fileError(file, 'read', error, 'Choose another name for the recording.');
  }
}
