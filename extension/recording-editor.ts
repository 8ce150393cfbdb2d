import * as vscode from 'vscode';
import type { ByteSource } from '../emulator/recording/byte-source.ts';
import { readRecording } from '../emulator/recording/recording-reader.ts';
import { Command, debugRecording } from './commands.ts';
import { formatBytes, recordingFacts } from './recording-facts.ts';
import { recordingPage, type PageContent } from './recording-page.ts';
import type { SessionStatuses } from './session-status.ts';

const VIEW_TYPE = 'retrograde.recording';

/** A larger file is not read into the editor only to show what it holds; the session reads it piece by piece. */
const MOST_BYTES_READ = 256 * 1024 * 1024;

/** Opening a recording shows a page of facts and starts a session that stands at its end. */
export function registerRecordingEditor(statuses: SessionStatuses): vscode.Disposable {
  return vscode.window.registerCustomEditorProvider(VIEW_TYPE, new RecordingEditor(statuses));
}

interface RecordingDocument extends vscode.CustomDocument {
  readonly content: PageContent;
}

class RecordingEditor implements vscode.CustomReadonlyEditorProvider<RecordingDocument> {
  readonly #statuses: SessionStatuses;
  /** Paths of recordings whose session is being started: a page that is split or pinned meanwhile asks for no second one. */
  readonly #starting = new Set<string>();

  constructor(statuses: SessionStatuses) {
    this.#statuses = statuses;
  }

  async openCustomDocument(uri: vscode.Uri): Promise<RecordingDocument> {
    return { uri, content: await readContent(uri), dispose: () => undefined };
  }

  resolveCustomEditor({ uri, content }: RecordingDocument, panel: vscode.WebviewPanel): void {
    const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
    panel.webview.options = { enableCommandUris: [Command.openRecording] };
    const argument = encodeURIComponent(JSON.stringify([uri]));
    panel.webview.html = recordingPage(name, content, `command:${Command.openRecording}?${argument}`);
    // Not awaited: the page is to be there before the session's first stop brings a source file to the front.
    if (content.kind === 'facts') void this.#debug(uri);
  }

  async #debug(uri: vscode.Uri): Promise<void> {
    const { fsPath } = uri;
    if (this.#starting.has(fsPath) || this.#statuses.holds(fsPath)) return;
    this.#starting.add(fsPath);
    try {
      await debugRecording(uri);
    } finally {
      this.#starting.delete(fsPath);
    }
  }
}

async function readContent(uri: vscode.Uri): Promise<PageContent> {
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > MOST_BYTES_READ) return { kind: 'facts', facts: [{ name: 'File size', value: formatBytes(size) }] };
    const source = inMemory(uri.fsPath, await vscode.workspace.fs.readFile(uri));
    return { kind: 'facts', facts: recordingFacts(await readRecording(source)) };
  } catch (error) {
    return { kind: 'problem', sentence: error instanceof Error ? error.message : String(error) };
  }
}

function inMemory(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    size: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
    close: () => Promise.resolve(),
  };
}
