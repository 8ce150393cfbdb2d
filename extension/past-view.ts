import * as vscode from 'vscode';
import { formatCounter } from './moment.ts';
import { rowTooltip, type MomentRow, type PastAnswer } from './past-answer.ts';
import { Request } from './protocol.ts';

const VIEW = 'retrograde.past';

/** An answer and the session that gave it. */
interface Given {
  readonly session: vscode.DebugSession;
  readonly answer: PastAnswer;
}

type Node =
  | { readonly kind: 'answer'; readonly given: Given }
  | { readonly kind: 'moment'; readonly given: Given; readonly row: MomentRow };

/** Answers kept to be looked at again. */
const MOST_ANSWERS = 20;

/** The answers to questions about the past, latest first; a click on a moment travels there. */
export class PastView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #view: vscode.TreeView<Node>;
  readonly #subscriptions: vscode.Disposable;
  #answers: Given[] = [];

  readonly onDidChangeTreeData = this.#changed.event;

  constructor() {
    this.#view = vscode.window.createTreeView(VIEW, { treeDataProvider: this });
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      this.#view,
      vscode.debug.onDidTerminateDebugSession((session) => {
        this.#answers = this.#answers.filter((given) => given.session.id !== session.id);
        this.#changed.fire();
      }),
    );
  }

  /** Shows an answer, opened, in front of those there are. */
  async show(session: vscode.DebugSession, answer: PastAnswer): Promise<void> {
    const given = { session, answer };
    this.#answers = [given, ...this.#answers].slice(0, MOST_ANSWERS);
    this.#changed.fire();
    await this.#view.reveal({ kind: 'answer', given }, { expand: true, focus: false });
  }

  clear(): void {
    this.#answers = [];
    this.#changed.fire();
  }

  getParent(node: Node): Node | undefined {
    return node.kind === 'moment' ? { kind: 'answer', given: node.given } : undefined;
  }

  getChildren(node?: Node): Node[] {
    if (node === undefined) return this.#answers.map((given) => ({ kind: 'answer', given }));
    const { given } = node;
    return node.kind === 'answer' ? given.answer.rows.map((row) => ({ kind: 'moment', given, row })) : [];
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if (node.kind === 'answer') {
      const { title, note, rows } = node.given.answer;
      const state = rows.length === 0 ? vscode.TreeItemCollapsibleState.None : vscode.TreeItemCollapsibleState.Expanded;
      const item = new vscode.TreeItem(title, state);
      item.id = `${node.given.session.id} ${this.#answers.length - this.#answers.indexOf(node.given)} ${title}`;
      item.description = note === '' && rows.length > 1 ? `${formatCounter(rows.length)} moments` : note;
      item.tooltip = note;
      item.iconPath = new vscode.ThemeIcon('question');
      return item;
    }
    const { row } = node;
    const item = new vscode.TreeItem(row.label);
    item.description = row.place === '' ? formatCounter(row.counter) : `${row.place}  ${formatCounter(row.counter)}`;
    item.tooltip = rowTooltip(row);
    item.iconPath = new vscode.ThemeIcon('history');
    item.command = {
      command: 'retrograde.goToMoment',
      title: 'Go There',
      arguments: [node.given.session, row.counter],
    };
    return item;
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}

/** Travels to a moment of an answer. */
export async function goToMoment(session: vscode.DebugSession, counter: number): Promise<void> {
  await session.customRequest(Request.travel, { counter });
}
