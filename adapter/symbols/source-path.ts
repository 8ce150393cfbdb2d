/** Paths of source files, as compilers on any system wrote them; nothing here looks at a file system. */

/** A path below a directory, without `.` and, where they can be resolved, `..`. Absolute names stand alone. */
export function joinPath(directory: string, name: string): string {
  return normalizePath(isAbsolute(name) || directory === '' ? name : `${directory}/${name}`);
}

export function isAbsolute(path: string): boolean {
  return path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path);
}

/** The name without its directories. */
export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

export function normalizePath(path: string): string {
  const forward = path.replaceAll('\\', '/');
  if (!/(?:^|\/)\.{1,2}(?:\/|$)|\/\//.test(forward)) return forward;
  const root = forward.startsWith('/') ? '/' : '';
  const parts: string[] = [];
  for (const part of forward.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '..' || root === '') parts.push(part);
  }
  return root + parts.join('/');
}

/**
 * How well a path that a person or an editor gives names a file of the debug information, whose directory may have
 * been another machine's, or relative to nothing known: the number of components, from the last on, that agree. 0 if
 * it does not name it: a relative path must agree in all its components.
 */
export function matchPath(wanted: string, file: string): number {
  const wantedParts = partsOf(wanted);
  const fileParts = partsOf(file);
  let agreed = 0;
  while (agreed < wantedParts.length && agreed < fileParts.length) {
    if (wantedParts[wantedParts.length - 1 - agreed] !== fileParts[fileParts.length - 1 - agreed]) break;
    agreed++;
  }
  if (agreed === wantedParts.length || agreed === fileParts.length) return agreed;
  return isAbsolute(wanted) ? agreed : 0;
}

function partsOf(path: string): string[] {
  return normalizePath(path)
    .split('/')
    .filter((part) => part !== '');
}
