import type { SessionHost } from '../session/host.ts';
import { companionFilesOf, filesBelow } from './companion-files.ts';
import { cacheFolder, fileCacheIn } from './file-cache.ts';
import { nodeFiles } from './node-files.ts';
import { NodeTimelines } from './node-timelines.ts';
import { openSymbolFile } from './symbol-file.ts';

/** What a session needs, from this computer. `program` names the maker of recordings, with its version. */
export function nodeHost(program: string): SessionHost {
  return {
    timelines: new NodeTimelines(program),
    files: nodeFiles,
    symbols: {
      cache: fileCacheIn(cacheFolder('symbols')),
      open: openSymbolFile,
      companionsOf: (file, debugDirectories) => companionFilesOf(file, [...debugDirectories, SYSTEM_DEBUG_DIRECTORY]),
      filesBelow,
    },
  };
}

/** Where distributions put debug information. */
const SYSTEM_DEBUG_DIRECTORY = '/usr/lib/debug';
