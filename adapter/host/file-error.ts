/** A file of the person's computer cannot be used; the message is a sentence that names it and the remedy. */
export class FileError extends Error {
  override readonly name = 'FileError';
}

/** The sentence for a system error about a path; `remedy` begins a sentence of its own. */
export function fileError(path: string, doing: string, error: unknown, remedy: string): FileError {
  return new FileError(`${path} cannot be ${doing}: ${reasonOf(error)}. ${remedy}`);
}

/** The reason in an error, in words; the system's own messages repeat the call and the path. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = codeOf(error);
  return (code === undefined ? undefined : reasons.get(code)) ?? error.message;
}

/** The system's code in an error: `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

const reasons: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['ENOTDIR', 'a part of its path is not a folder'],
  ['EISDIR', 'it is a folder'],
  ['EACCES', 'permission is denied'],
  ['EPERM', 'it is not permitted'],
  ['EEXIST', 'it exists already'],
  ['ENOSPC', 'no space is left on the device'],
  ['EDQUOT', 'the disk quota is exceeded'],
  ['EFBIG', 'the file would become too large'],
  ['EROFS', 'the file system is read-only'],
  ['EMFILE', 'too many files are open'],
  ['EADDRINUSE', 'the address is in use'],
  ['EADDRNOTAVAIL', 'this computer does not have the address'],
  ['ENOTFOUND', 'the host is not known'],
]);
