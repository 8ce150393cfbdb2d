/**
 * The files that belong to a program beside its own: its debug information when that was separated from it, what several
 * programs share, and the parts that a compiler split off. Read at once, for one may turn out to be needed in the midst of
 * another; a host that cannot do that (a browser) has none.
 */
export interface CompanionFiles {
  /** Undefined when there is no such file, or it may not be read. */
  readonly read: (path: string) => Uint8Array | undefined;
  /** The folder that the program's file is in; '' when that is not known. */
  readonly directory: string;
  /** Folders that a system keeps debug information in, such as `/usr/lib/debug`. */
  readonly debugDirectories: readonly string[];
}

/** For a program that comes alone. */
export const NO_COMPANIONS: CompanionFiles = { read: () => undefined, directory: '', debugDirectories: [] };

/** Where a file of debug information is kept by its build-id: `.build-id/ab/cdef.debug` in each of the folders. */
export function pathsByBuildId(buildId: string, { debugDirectories }: CompanionFiles): string[] {
  if (buildId.length < 4) return [];
  const name = `.build-id/${buildId.slice(0, 2)}/${buildId.slice(2)}.debug`;
  return debugDirectories.map((directory) => `${directory}/${name}`);
}
