import * as vscode from 'vscode';
import { formatCounter } from './moment.ts';
import type { Status } from './protocol.ts';
import type { SessionStatuses } from './session-status.ts';

/** Shows the present moment of the active session; a click asks for a moment to travel to. */
export function showStatusBar(statuses: SessionStatuses, travelCommand: string): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('retrograde.moment', vscode.StatusBarAlignment.Left, 50);
  item.name = 'Retrograde: moment';
  item.command = travelCommand;
  const update = (): void => {
    const active = statuses.active;
    if (active === undefined || active.status.state === 'none') {
      item.hide();
      return;
    }
    item.text = text(active.status);
    item.tooltip = tooltip(active.status);
    item.accessibilityInformation = {
      label: `Moment ${active.status.counter} of ${active.status.end}`,
      role: 'button',
    };
    item.show();
  };
  update();
  return vscode.Disposable.from(item, statuses.onDidChange(update));
}

function text({ state, mode, counter, end, branch }: Status): string {
  const still = mode === 'recording' ? 'record' : branch === undefined ? 'history' : 'git-branch';
  const icon = state === 'running' ? 'sync~spin' : still;
  return `$(${icon}) ${formatCounter(counter)} / ${formatCounter(end)}`;
}

function tooltip({ mode, counter, end, recording, exit, branch }: Status): string {
  return [
    `Step ${formatCounter(counter)} of ${formatCounter(end)}, ${branch === undefined ? mode : 'in a branch'}`,
    recording,
    ...(exit === undefined ? [] : [exit]),
    'Click to travel to another moment',
  ].join('\n');
}
