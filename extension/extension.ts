import * as vscode from 'vscode';
import { BookmarksView } from './bookmarks-view.ts';
import { showBranch } from './branch.ts';
import { Command, registerCommands } from './commands.ts';
import { ConfigurationProvider } from './configuration-provider.ts';
import { provideConsoleTerminals } from './console-terminal.ts';
import { AdapterProcessFactory } from './node/adapter-factory.ts';
import { DEBUG_TYPE } from './protocol.ts';
import { PastView } from './past-view.ts';
import { registerRecordingEditor } from './recording-editor.ts';
import { SessionStatuses } from './session-status.ts';
import { showStatusBar } from './status-bar.ts';

/** Entry point of the extension in a Node extension host. */
export function activate(context: vscode.ExtensionContext): void {
  const statuses = new SessionStatuses();
  const past = new PastView();
  const bookmarks = new BookmarksView(statuses);
  context.subscriptions.push(
    statuses,
    past,
    bookmarks,
    vscode.debug.registerDebugAdapterDescriptorFactory(
      DEBUG_TYPE,
      new AdapterProcessFactory(context.asAbsolutePath('dist/adapter.cjs')),
    ),
    vscode.debug.registerDebugConfigurationProvider(DEBUG_TYPE, new ConfigurationProvider()),
    provideConsoleTerminals(),
    showStatusBar(statuses, Command.travel),
    showBranch(statuses, Command.returnToHistory),
    registerCommands(statuses, past, bookmarks),
    registerRecordingEditor(statuses),
  );
}
