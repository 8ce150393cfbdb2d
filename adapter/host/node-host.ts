import type { SessionHost } from '../session/host.ts';
import { nodeFiles } from './node-files.ts';
import { NodeTimelines } from './node-timelines.ts';

/** What a session needs, from this computer. `program` names the maker of recordings, with its version. */
export function nodeHost(program: string): SessionHost {
  return { timelines: new NodeTimelines(program), files: nodeFiles };
}
