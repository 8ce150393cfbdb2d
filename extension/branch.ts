import * as vscode from 'vscode';
import { formatCounter } from './moment.ts';
import type { SessionStatuses } from './session-status.ts';

/** Set while the active session is in a branch: for the when-clauses of package.json. */
const CONTEXT_KEY = 'retrograde.inBranch';

/** A sign that cannot be overlooked while the active session is in a branch; a click returns to history. */
export function showBranch(statuses: SessionStatuses, returnCommand: string): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('retrograde.branch', vscode.StatusBarAlignment.Left, 49);
  item.name = 'Retrograde: branch';
  item.command = returnCommand;
  item.backgroundColor = new vscode.ThemeColor('statusBarItem.warningBackground');
  const update = (): void => {
    const branch = statuses.active?.status.branch;
    void vscode.commands.executeCommand('setContext', CONTEXT_KEY, branch !== undefined);
    if (branch === undefined) {
      item.hide();
      return;
    }
    const base = formatCounter(branch.base);
    item.text = `$(git-branch) In a branch from ${base}`;
    item.tooltip = [
      `Something was changed at counter ${base}: what follows is not what was recorded.`,
      'The recording stays as it is. Click to return to it.',
    ].join('\n');
    item.accessibilityInformation = { label: `In a branch from ${base}. Return to history`, role: 'button' };
    item.show();
  };
  update();
  return vscode.Disposable.from(item, statuses.onDidChange(update));
}
