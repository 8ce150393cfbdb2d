import * as vscode from 'vscode';
import { debuggable, DEBUGGABLE_FILES, withAbsolutePaths } from './configuration.ts';
import { DEBUG_TYPE } from './protocol.ts';

/** Completes debug configurations, and makes one where there is none: F5 on a recording or in a folder with a kernel. */
export class ConfigurationProvider implements vscode.DebugConfigurationProvider {
  async resolveDebugConfiguration(
    folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
    token?: vscode.CancellationToken,
  ): Promise<vscode.DebugConfiguration | undefined> {
    // VS Code types these as always there, but leaves all three out when there is no launch.json.
    const given: Partial<vscode.DebugConfiguration> = configuration;
    if (given.type !== undefined && given.request !== undefined) return configuration;
    const file = fileInFront() ?? (await chooseFile(folder, token));
    const found = file && debuggable(file.fsPath);
    if (found === undefined) return undefined;
    return { type: DEBUG_TYPE, name: vscode.workspace.asRelativePath(file ?? ''), ...found };
  }

  resolveDebugConfigurationWithSubstitutedVariables(
    folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): vscode.DebugConfiguration {
    // What the adapter refuses is told with the name of the attribute.
    const memoryBudget = vscode.workspace.getConfiguration('retrograde', folder).get<unknown>('memoryBudget');
    const complete = { ...(memoryBudget === undefined ? {} : { memoryBudget }), ...configuration };
    if (folder === undefined) return complete;
    const absolute = (path: string): string =>
      /^([A-Za-z]:)?[\\/]/.test(path) ? path : vscode.Uri.joinPath(folder.uri, path).fsPath;
    // Debug information often names sources relative to where the kernel was built: look for them in the folder.
    return withAbsolutePaths({ sourceRoots: ['.'], ...complete }, absolute);
  }
}

/** The file of the tab in front, when it can be debugged. */
function fileInFront(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (!(input instanceof vscode.TabInputCustom || input instanceof vscode.TabInputText)) return undefined;
  return debuggable(input.uri.fsPath) === undefined ? undefined : input.uri;
}

/** Asks which of the workspace's kernels and recordings is meant; does not ask when there is only one. */
async function chooseFile(
  folder: vscode.WorkspaceFolder | undefined,
  token: vscode.CancellationToken | undefined,
): Promise<vscode.Uri | undefined> {
  const pattern = folder === undefined ? DEBUGGABLE_FILES : new vscode.RelativePattern(folder, DEBUGGABLE_FILES);
  const files = await vscode.workspace.findFiles(pattern, '**/node_modules/**', 100, token);
  if (files.length <= 1) {
    if (files.length === 0)
      void vscode.window.showErrorMessage(
        'No kernel (*.elf, vmlinux, Image) or recording (*.retrograde) was found here. Name one in launch.json.',
      );
    return files[0];
  }
  const items = files
    .map((uri) => ({ uri, label: vscode.workspace.asRelativePath(uri) }))
    .sort((a, b) => a.label.localeCompare(b.label))
    .map((item) => ({
      ...item,
      description: item.label.endsWith('.retrograde') ? 'open the recording' : 'record a run of this kernel',
    }));
  const chosen = await vscode.window.showQuickPick(items, { title: 'Debug which kernel or recording?' }, token);
  return chosen?.uri;
}
