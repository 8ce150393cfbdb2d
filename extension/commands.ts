import * as vscode from 'vscode';
import type { BookmarksView } from './bookmarks-view.ts';
import { formatCounter } from './moment.ts';
import { goToMoment, type PastView } from './past-view.ts';
import { DEBUG_TYPE, isRecord, Request, type Bookmark } from './protocol.ts';
import { askQuestion, QUESTIONS } from './questions.ts';
import type { SessionStatuses } from './session-status.ts';

/** The commands of package.json's `contributes.commands`. */
export const Command = {
  openRecording: 'retrograde.openRecording',
  reverseStepIn: 'retrograde.reverseStepIn',
  reverseStepOut: 'retrograde.reverseStepOut',
  travel: 'retrograde.travel',
  returnToHistory: 'retrograde.returnToHistory',
  navigateBack: 'retrograde.navigateBack',
  navigateForth: 'retrograde.navigateForth',
  toggleHex: 'retrograde.toggleHex',
  goToMoment: 'retrograde.goToMoment',
  clearPast: 'retrograde.clearPast',
  addBookmark: 'retrograde.addBookmark',
  removeBookmark: 'retrograde.removeBookmark',
} as const;

export function registerCommands(
  statuses: SessionStatuses,
  past: PastView,
  bookmarks: BookmarksView,
): vscode.Disposable {
  const questions = Object.entries(QUESTIONS).map(([command, question]) =>
    vscode.commands.registerCommand(command, async (row?: unknown) => {
      await told(askQuestion(question, row, past));
    }),
  );
  return vscode.Disposable.from(
    ...questions,
    vscode.commands.registerCommand(Command.navigateBack, () => askActive(Request.navigate, { to: 'back' })),
    vscode.commands.registerCommand(Command.navigateForth, () => askActive(Request.navigate, { to: 'forth' })),
    vscode.commands.registerCommand(Command.toggleHex, toggleHex),
    vscode.commands.registerCommand(Command.clearPast, () => {
      past.clear();
    }),
    vscode.commands.registerCommand(Command.addBookmark, () => told(bookmarks.add())),
    vscode.commands.registerCommand(Command.removeBookmark, (bookmark: Bookmark) => told(bookmarks.remove(bookmark))),
    vscode.commands.registerCommand(Command.goToMoment, async (session: vscode.DebugSession, counter: number) => {
      await told(goToMoment(session, counter));
    }),
    vscode.commands.registerCommand(Command.openRecording, async (recording?: vscode.Uri) => {
      // A link carries the parts of a Uri, not the Uri.
      const chosen = recording === undefined ? await chooseRecording() : vscode.Uri.from(recording);
      if (chosen !== undefined) await debugRecording(chosen);
    }),
    vscode.commands.registerCommand(Command.reverseStepIn, () => moveBack(Request.reverseStepIn)),
    vscode.commands.registerCommand(Command.reverseStepOut, () => moveBack(Request.reverseStepOut)),
    vscode.commands.registerCommand(Command.travel, () => travel(statuses)),
    vscode.commands.registerCommand(Command.returnToHistory, () => returnToHistory(statuses)),
  );
}

/** Starts a session that stands at the end of a recording. When there can be none, the person is told why. */
export async function debugRecording(recording: vscode.Uri): Promise<void> {
  const name = recording.path.slice(recording.path.lastIndexOf('/') + 1);
  try {
    // When it resolves to false, VS Code or the adapter has said why.
    await vscode.debug.startDebugging(vscode.workspace.getWorkspaceFolder(recording), {
      type: DEBUG_TYPE,
      request: 'attach',
      name,
      recording: recording.fsPath,
      at: 'end',
    });
  } catch (error) {
    tell(error, `No session could be started on ${name}: `);
  }
}

async function chooseRecording(): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: 'Open a recording',
    openLabel: 'Debug',
    filters: { 'Retrograde recordings': ['retrograde'], 'All files': ['*'] },
  });
  return chosen?.[0];
}

async function askActive(request: string, body: object): Promise<void> {
  const session = vscode.debug.activeDebugSession;
  if (session?.type === DEBUG_TYPE) await ask(session, request, body);
}

/** VS Code asks for values again when the session says that they look otherwise. */
async function toggleHex(): Promise<void> {
  const session = vscode.debug.activeDebugSession;
  if (session?.type !== DEBUG_TYPE) return;
  await told(
    (async () => {
      const present: unknown = await session.customRequest(Request.format, {});
      await session.customRequest(Request.format, { hex: !(isRecord(present) && present['hex'] === true) });
    })(),
  );
}

/** Both reverse steps take the thread the person looks at. */
async function moveBack(request: string): Promise<void> {
  const item = vscode.debug.activeStackItem;
  const session = item?.session ?? vscode.debug.activeDebugSession;
  if (session?.type !== DEBUG_TYPE) return;
  await ask(session, request, { threadId: item?.threadId ?? 1 });
}

async function travel(statuses: SessionStatuses): Promise<void> {
  const active = statuses.active;
  if (active === undefined) {
    void vscode.window.showInformationMessage(
      'Open a recording or start a guest first: there is no time to travel in.',
    );
    return;
  }
  const { counter, end } = active.status;
  const typed = await vscode.window.showInputBox({
    title: `Travel: now at ${formatCounter(counter)} of ${formatCounter(end)}`,
    prompt: 'A counter, 50%, 1.5s of guest time, +N or -N of these from here, start, end, or the name of a bookmark',
    value: String(counter),
  });
  if (typed === undefined || typed.trim() === '') return;
  await ask(active.session, Request.travel, { counter: typed.trim() });
}

async function returnToHistory({ active }: SessionStatuses): Promise<void> {
  if (active?.status.branch === undefined) {
    void vscode.window.showInformationMessage('Nothing was changed: this is recorded history already.');
    return;
  }
  await ask(active.session, Request.discardBranch, {});
}

/** Sends a request; what the session refuses is told to the person in the session's own words. */
async function ask(session: vscode.DebugSession, request: string, body: object): Promise<void> {
  await told(Promise.resolve(session.customRequest(request, body)));
}

/** What fails is told to the person. */
async function told(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    tell(error);
  }
}

function tell(error: unknown, introduction = ''): void {
  void vscode.window.showErrorMessage(introduction + (error instanceof Error ? error.message : String(error)));
}
