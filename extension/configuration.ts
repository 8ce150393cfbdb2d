/** What a file can be debugged as, and the completion of debug configurations. Knows no VS Code. */

/** How a file is debugged: a recording is opened, a kernel is recorded. */
export type Debuggable =
  { readonly request: 'attach'; readonly recording: string } | { readonly request: 'launch'; readonly kernel: string };

/** Files that may be kernels or recordings, as a glob for a search of the workspace. */
export const DEBUGGABLE_FILES = '**/{*.retrograde,*.elf,vmlinux,vmlinux-*,Image,Image.gz}';

/** What the file at `path` can be debugged as, judged by its name; undefined for other files. */
export function debuggable(path: string): Debuggable | undefined {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  if (name.endsWith('.retrograde')) return { request: 'attach', recording: path };
  if (/\.elf$|^vmlinux(-|$)|^Image(\.gz)?$/.test(name)) return { request: 'launch', kernel: path };
  return undefined;
}

/** Attributes whose value is a path, or a list of paths. */
const PATHS = ['kernel', 'initrd', 'dtb', 'recording', 'symbols', 'debugDirectories', 'inputScript', 'sourceRoots'];

/**
 * Makes the paths of a configuration absolute with `absolute` (which leaves absolute paths as they are): the adapter is a
 * process of its own, whose working directory means nothing to the person. Values of an unexpected type are left for the
 * adapter to refuse by name.
 */
export function withAbsolutePaths<T extends Readonly<Record<string, unknown>>>(
  configuration: T,
  absolute: (path: string) => string,
): T {
  const resolve = (value: unknown): unknown => {
    if (typeof value === 'string') return absolute(value);
    if (Array.isArray(value)) return value.map((item: unknown) => resolve(item));
    if (typeof value === 'object' && value !== null && 'path' in value) return { ...value, path: resolve(value.path) };
    return value;
  };
  const changed = Object.entries(configuration).map(([name, value]): [string, unknown] => {
    if (PATHS.includes(name) || name === 'drives') return [name, resolve(value)];
    if (name === 'firmware' && value !== 'builtin' && value !== 'none') return [name, resolve(value)];
    return [name, value];
  });
  return { ...configuration, ...Object.fromEntries(changed) };
}
