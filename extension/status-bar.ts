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

function text({ state, mode, counter, end }: Status): string {
  const icon = state === 'running' ? 'sync~spin' : mode === 'recording' ? 'record' : 'history';
  return `$(${icon}) ${formatCounter(counter)} / ${formatCounter(end)}`;
}

function tooltip({ mode, counter, end, recording, exit }: Status): string {
  return [
    `Step ${formatCounter(counter)} of ${formatCounter(end)}, ${mode}`,
    recording,
    ...(exit === undefined ? [] : [exit]),
    'Click to travel to another moment',
  ].join('\n');
}
