import * as vscode from 'vscode';
import { callsAnswer, lastWriteAnswer, originAnswer, valueHistoryAnswer, type PastAnswer } from './past-answer.ts';
import type { PastView } from './past-view.ts';
import { DEBUG_TYPE, isRecord, Request } from './protocol.ts';

/** A question about the past, by the command that asks it. */
interface Question {
  readonly request: string;
  /** The name of the argument that says what it is about. */
  readonly about: 'name' | 'function';
  readonly prompt: string;
  readonly answer: (name: string, body: unknown) => PastAnswer;
}

export const QUESTIONS: Readonly<Record<string, Question>> = {
  'retrograde.lastWrite': {
    request: Request.lastWrite,
    about: 'name',
    prompt: 'A variable, an expression that names memory, or a register: who last wrote it?',
    answer: lastWriteAnswer,
  },
  'retrograde.origin': {
    request: Request.origin,
    about: 'name',
    prompt: 'A variable, an expression that names memory, or a register: where did its value come from?',
    answer: originAnswer,
  },
  'retrograde.valueHistory': {
    request: Request.valueHistory,
    about: 'name',
    prompt: 'A variable or an expression that names memory: which values did it have?',
    answer: valueHistoryAnswer,
  },
  'retrograde.calls': {
    request: Request.calls,
    about: 'function',
    prompt: 'A function: when was it called, and with what?',
    answer: callsAnswer,
  },
};

/** Asks about a row of the Variables view, else about what is selected in the editor, else about what the person types. */
export async function askQuestion(question: Question, row: unknown, view: PastView): Promise<void> {
  const item = vscode.debug.activeStackItem;
  const session = item?.session ?? vscode.debug.activeDebugSession;
  if (session?.type !== DEBUG_TYPE) return;
  const name = nameIn(row) ?? wordInFront() ?? (await vscode.window.showInputBox({ prompt: question.prompt }));
  if (name === undefined || name.trim() === '') return;
  const frame = item instanceof vscode.DebugStackFrame && question.about === 'name' ? { frameId: item.frameId } : {};
  // Progress, an estimate and a button to cancel come from the session itself.
  const body: unknown = await session.customRequest(question.request, { [question.about]: name.trim(), ...frame });
  await view.show(session, question.answer(name.trim(), body));
}

/** What a menu of the Variables view is given. */
function nameIn(row: unknown): string | undefined {
  if (!isRecord(row) || !isRecord(row['variable'])) return undefined;
  const { evaluateName, name } = row['variable'];
  return typeof evaluateName === 'string' ? evaluateName : typeof name === 'string' ? name : undefined;
}

/** The selection of the editor in front, or the word at its cursor. */
function wordInFront(): string | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return undefined;
  const range = editor.selection.isEmpty
    ? editor.document.getWordRangeAtPosition(editor.selection.active)
    : editor.selection;
  return range === undefined ? undefined : editor.document.getText(range);
}
