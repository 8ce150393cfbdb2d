import type { DebugProtocol } from '@vscode/debugprotocol';
import type { GivenFile } from './given-files.ts';

/** What passes between a page and the worker besides DAP, whose messages are posted as objects: DAP.md, "In a web worker". */

/** Files for the session, by name. Sent before the request that uses them; `launch` and `attach` name them like paths. */
export interface FilesMessage {
  readonly type: 'retrograde/files';
  readonly files: ReadonlyMap<string, GivenFile>;
}

/** A recording is complete: the session that made it is over. */
export interface RecordingMessage {
  readonly type: 'retrograde/recording';
  readonly name: string;
  readonly content: Blob;
}

export type FromPage = FilesMessage | { readonly type: 'dap'; readonly message: DebugProtocol.ProtocolMessage };

/** Reads what the page posted; undefined when it is nothing that the worker knows. */
export function parseFromPage(data: unknown): FromPage | undefined {
  if (!isRecord(data)) return undefined;
  if (data['type'] === 'retrograde/files') {
    if (!isRecord(data['files'])) return undefined;
    const files = new Map<string, GivenFile>();
    for (const [name, value] of Object.entries(data['files'])) {
      const file = parseFile(value);
      if (file === undefined) return undefined;
      files.set(name, file);
    }
    return { type: 'retrograde/files', files };
  }
  const { seq, type } = data;
  if (typeof seq !== 'number' || (type !== 'request' && type !== 'response')) return undefined;
  return { type: 'dap', message: { ...data, seq, type } };
}

/** A Blob, an ArrayBuffer or a view of one is content; `{ url }` is fetched when it is needed. */
function parseFile(value: unknown): GivenFile | undefined {
  if (value instanceof Blob) return { kind: 'content', blob: value };
  if (value instanceof ArrayBuffer) return { kind: 'content', blob: new Blob([value]) };
  if (value instanceof Uint8Array) return { kind: 'content', blob: new Blob([new Uint8Array(value)]) };
  if (isRecord(value) && typeof value['url'] === 'string') return { kind: 'url', url: value['url'] };
  return undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
