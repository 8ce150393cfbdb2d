import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type BrowserContext, type Locator, type Page } from 'playwright-core';

/** Where the editor shows that the program stands. */
export interface EditorStop {
  readonly file: string;
  readonly line: number;
}

/** A row of the call stack. */
export interface Frame {
  readonly function: string;
  readonly file: string;
  readonly line: number;
}

/** What is asked again and again need not be waited for. */
const AT_ONCE = { timeout: 500 };

/** Where the page says what it is doing. */
const GLANCE = {
  dialogs: '.monaco-dialog-box',
  notifications: '.notification-toast',
  'quick input': '.quick-input-widget:visible',
  tabs: '.tab',
  editor: '.editor-instance',
  'side bar': '.part.sidebar',
  'status bar': '.part.statusbar',
};

/** How long any one thing may take to appear, in milliseconds. */
const PATIENCE = 60_000;

/** A person in front of VS Code: what they press, and what they read on the page. */
export class Workbench implements AsyncDisposable {
  readonly #context: BrowserContext;
  readonly #profile: string;
  readonly #page: Page;
  /** What the page wrote to its console as errors, for the report of a failed test. */
  readonly errors: string[] = [];

  private constructor(context: BrowserContext, profile: string, page: Page) {
    this.#context = context;
    this.#profile = profile;
    this.#page = page;
    page.setDefaultTimeout(PATIENCE);
    page.on('console', (message) => {
      // Modules that the server can do without are left out on purpose, and it says so.
      const text = message.text().slice(0, 300);
      if (message.type() === 'error' && !/bindings file|Cannot find module/.test(text)) this.errors.push(text);
    });
    page.on('pageerror', (error) => this.errors.push(String(error)));
  }

  /** Opens a workbench at `url` in a headless Chromium with a profile of its own. */
  static async open(url: string, browser: string): Promise<Workbench> {
    const profile = await mkdtemp(path.join(tmpdir(), 'retrograde-chromium-'));
    await mkdir(path.join(profile, 'Default'));
    // Webviews live on another host name than the page and need storage there.
    const preferences = { profile: { cookie_controls_mode: 0, block_third_party_cookies: false } };
    await writeFile(path.join(profile, 'Default/Preferences'), JSON.stringify(preferences));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: browser,
      headless: true,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
      viewport: { width: 1400, height: 1100 },
    });
    const workbench = new Workbench(context, profile, context.pages()[0] ?? (await context.newPage()));
    await workbench.goTo(url);
    return workbench;
  }

  /**
   * Opens another folder in place of this one, and waits until the window has heard of the extension under test. Before
   * that it shows a recording as text: VS Code lets files be opened while it still asks its server which extensions it has.
   */
  async goTo(url: string): Promise<void> {
    await this.#page.goto(url);
    await this.#page.locator('.monaco-workbench .part.statusbar').waitFor();
    await this.#listCommand('Retrograde: Open Recording');
    await this.press('Escape');
    await this.#quickInput().waitFor({ state: 'hidden' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close();
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  async press(key: string): Promise<void> {
    await this.#page.keyboard.press(key);
  }

  async screenshot(file: string): Promise<void> {
    await this.#page.screenshot({ path: file });
  }

  /**
   * Opens a file of the folder by a double click in the explorer. The rows may move under the pointer, so that the click
   * opens another one: then it is tried again.
   */
  async openFile(name: string): Promise<void> {
    const row = this.#page.locator(`.explorer-folders-view .monaco-list-row[aria-label^="${name}"]`).first();
    const tab = this.#page.locator(`.tab.active[data-resource-name="${name}"]`).first();
    await this.#until(`${name} opened from the explorer`, async () => {
      if (!(await row.isVisible())) {
        await this.press('Control+Shift+E');
        if (!(await appears(row))) return undefined;
      }
      await row.dblclick();
      return (await appears(tab)) ? true : undefined;
    });
  }

  /**
   * Opens a recording in the same way. Before the window has heard of all that the extension brings, VS Code takes it for a
   * text that is none: a person would close that, and open the recording again.
   */
  async openRecording(name: string): Promise<void> {
    const page = this.#page.locator('iframe.webview.ready').first();
    await this.#until(`the page of ${name}`, async () => {
      await this.openFile(name);
      // A session's first stop may have brought its source to the front already.
      if (await appears(page, 'attached')) return true;
      if (await this.#page.locator('.monaco-editor-pane-placeholder').first().isVisible()) {
        await this.runCommand('View: Close Editor');
      }
      return undefined;
    });
  }

  /** Sets a breakpoint in the file in front. F9 does nothing until the extension is known, so it is pressed again. */
  async setBreakpoint(line: number): Promise<void> {
    const glyphs = this.#page.locator('.glyph-margin-widgets [class*="codicon-debug-breakpoint"]');
    await this.press('Control+G');
    await this.#quickInput().fill(`:${line}`);
    await this.press('Enter');
    await this.#quickInput().waitFor({ state: 'hidden' });
    await this.#until(`a breakpoint at line ${line}`, async () => {
      if ((await glyphs.count()) > 0) return true;
      await this.press('F9');
      await this.#page.waitForTimeout(500);
      return undefined;
    });
  }

  /** Puts the cursor of the editor in front at a place; both count from 1. */
  async placeCursor(line: number, column: number): Promise<void> {
    await this.press('Control+G');
    await this.#quickInput().fill(`:${line}:${column}`);
    await this.press('Enter');
    await this.#quickInput().waitFor({ state: 'hidden' });
  }

  /** The rows of a view that the extension provides, once one of them has `wanted`. */
  async viewRows(wanted: string): Promise<readonly string[]> {
    const rows = this.#page.locator('.monaco-list-row:has(.custom-view-tree-node-item)');
    return this.#until(`${wanted} in a view`, async () => {
      const texts = (await rows.allTextContents()).map((text) => text.replaceAll('\u00a0', ' '));
      return texts.some((text) => text.includes(wanted)) ? texts : undefined;
    });
  }

  async clickViewRow(text: string): Promise<void> {
    await this.#page.locator(`.monaco-list-row:has(.custom-view-tree-node-item):has-text("${text}")`).first().click();
  }

  /** Runs a command from the palette. */
  async runCommand(title: string): Promise<void> {
    const row = await this.#listCommand(title);
    await row.click();
  }

  /** Opens the palette on a command. Its list does not grow while it is open, so it is opened again until it is there. */
  async #listCommand(title: string): Promise<Locator> {
    const row = this.#page.locator(`.quick-input-list .monaco-list-row:has-text("${title}")`).first();
    return this.#until(`the command ${title}`, async () => {
      await this.press('F1');
      const listed = this.#quickInput()
        .fill(`>${title}`, { timeout: 1000 })
        .then(() => row.waitFor({ timeout: 1000 }));
      const found = await listed.then(
        () => row,
        () => undefined,
      );
      if (found === undefined) await this.press('Escape');
      return found;
    });
  }

  /** Answers an input box that is open. */
  async answer(text: string): Promise<void> {
    await this.#quickInput().fill(text);
    await this.press('Enter');
  }

  /** Chooses from a list that is open. */
  async choose(label: string): Promise<void> {
    await this.#page.locator(`.quick-input-list .monaco-list-row[aria-label^="${label}"]`).first().click();
  }

  /** Presses a button of the debug toolbar, by the beginning of its label. */
  async debugAction(label: string): Promise<void> {
    await this.#page.locator(`.debug-toolbar .action-label:not(.disabled)[aria-label^="${label}"]`).first().click();
  }

  /** Waits until the moment in the status bar satisfies `wanted`, with the machine at rest; resolves to it. */
  async moment(wanted: (counter: number, end: number) => boolean): Promise<{ counter: number; end: number }> {
    const item = this.#page.locator('.statusbar-item[id$="retrograde.moment"]');
    return this.#until('the moment', async () => {
      if (!(await item.isVisible())) return undefined;
      if ((await item.locator('.codicon-sync').count()) > 0) return undefined;
      const text = (await item.textContent()) ?? '';
      const match = /([\d,]+) \/ ([\d,]+)/.exec(text);
      if (match === null) return undefined;
      const [counter, end] = match.slice(1).map((digits) => Number(digits.replaceAll(',', '')));
      return counter !== undefined && end !== undefined && wanted(counter, end) ? { counter, end } : undefined;
    });
  }

  /** Waits until the status bar tells no moment: no session is left. */
  async momentGone(): Promise<void> {
    await this.#page.locator('.statusbar-item[id$="retrograde.moment"]').waitFor({ state: 'hidden' });
  }

  async clickMoment(): Promise<void> {
    await this.#page.locator('.statusbar-item[id$="retrograde.moment"]').click();
  }

  /** Where the editor marks the line the program stands on. */
  async editorStop(): Promise<EditorStop> {
    return this.#until('a marked line', async () => {
      const mark = await this.#page.locator('.debug-top-stack-frame-line').first().boundingBox();
      const file = await this.#page
        .locator('.tab.active[data-resource-name]')
        .first()
        .getAttribute('data-resource-name');
      if (mark === null || file === null) return undefined;
      for (const number of await this.#page.locator('.margin-view-overlays .line-numbers').all()) {
        const box = await number.boundingBox();
        if (box !== null && Math.abs(box.y - mark.y) < box.height / 2) {
          return { file, line: Number(await number.textContent()) };
        }
      }
      return undefined;
    });
  }

  /** The same, once it is at `line`. */
  async editorStopAt(line: number): Promise<EditorStop> {
    return this.#until(`the mark at line ${line}`, async () => {
      const stop = await this.editorStop();
      return stop.line === line ? stop : undefined;
    });
  }

  /** Brings the views of the debugger to the front. A key is lost while a web view takes the focus, so it is pressed again. */
  async showDebugger(): Promise<void> {
    const stack = this.#page.locator('.debug-call-stack');
    await this.#until('the call stack', async () => {
      await this.press('Control+Shift+D');
      return (await appears(stack)) ? true : undefined;
    });
  }

  /**
   * The call stack, innermost frame first, once it begins with these functions: after a stop the view is filled bit by bit,
   * and for a while shows frames of the stop before.
   */
  async callStack(...functions: readonly string[]): Promise<readonly Frame[]> {
    const rows = this.#page.locator('.debug-call-stack .monaco-list-row:has(.stack-frame)');
    return this.#until(`the call stack ${functions.join(', ')}`, async () => {
      const frames = await inOrder(rows, async (row) => ({
        function: await textOf(row.locator('.label.expression')),
        file: await textOf(row.locator('.file-name')),
        line: Number.parseInt(await textOf(row.locator('.line-number')), 10),
      }));
      return functions.every((name, index) => frames[index]?.function === name) ? frames : undefined;
    });
  }

  /** Opens a scope of the variables view. */
  async expandScope(name: string): Promise<void> {
    const scope = this.#page.locator(`.debug-variables .monaco-list-row[aria-label*="${name}"]`).first();
    await scope.waitFor();
    if ((await scope.getAttribute('aria-expanded')) === 'false') await scope.locator('.monaco-tl-twistie').click();
  }

  /** The value that the variables view shows for a name, once it does. */
  async variable(name: string): Promise<string> {
    const rows = this.#page.locator('.debug-variables .monaco-list-row:has(.expression)');
    let looks = 0;
    return this.#until(`the variable ${name}`, async () => {
      const variables = await inOrder(rows, async (row) => ({
        name: (await textOf(row.locator('.name'))).replace(/ ?[=:]$/, ''),
        value: await textOf(row.locator('.value')),
      }));
      const found = variables.find((variable) => variable.name === name);
      // Rows below the fold are not in the page.
      if (found === undefined) {
        // At the edge, where no tip comes up over the rows.
        const box = await this.#page.locator('.debug-variables').boundingBox();
        if (box !== null) await this.#page.mouse.move(box.x + 3, box.y + box.height / 2);
        // From the top on: the list may have been left anywhere.
        await this.#page.mouse.wheel(0, looks++ % 60 === 0 ? -100_000 : 60);
      }
      return found?.value;
    });
  }

  /** Waits for a text in a part of the page; resolves to all of the part's text. */
  async textIn(selector: string, wanted: string | RegExp): Promise<string> {
    return this.#until(`${String(wanted)} in ${selector}`, async () => {
      const text = (await this.#page.locator(selector).allTextContents()).join('\n').replaceAll('\u00a0', ' ');
      const found = typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text);
      return found ? text : undefined;
    });
  }

  /** The text of the web view in front, once it contains `wanted`. */
  async webviewText(wanted: string): Promise<string> {
    const inner = this.#page.locator('iframe.webview.ready').first().contentFrame().frameLocator('iframe#active-frame');
    return this.#until(`${wanted} in the web view`, async () => {
      const text = await inner
        .locator('body')
        .innerText({ timeout: 1000 })
        .catch(() => '');
      return text.includes(wanted) ? text : undefined;
    });
  }

  #quickInput(): Locator {
    return this.#page.locator('.quick-input-widget input[type=text]');
  }

  /** What a person would see at a glance, for the report of a failed test: dialogs, notifications, tabs, the status bar. */
  async #glance(): Promise<string> {
    const parts = Object.entries(GLANCE).map(async ([name, selector]) => {
      const texts = await this.#page.locator(selector).allInnerTexts();
      return `${name}: ${texts.map((text) => text.replace(/\s+/g, ' ').trim()).join(' | ') || 'none'}`;
    });
    return (await Promise.all(parts)).join('\n');
  }

  /** Asks again and again until there is an answer; rejects after PATIENCE, with what the page shows. */
  async #until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
    const start = Date.now();
    for (;;) {
      const answer = await ask();
      if (answer !== undefined) return answer;
      if (Date.now() - start > PATIENCE) {
        throw new Error(`${what} did not appear within ${PATIENCE / 1000} s; the page shows:\n${await this.#glance()}`);
      }
      await this.#page.waitForTimeout(50);
    }
  }
}

/** Whether an element is there within two seconds. */
function appears(element: Locator, state: 'visible' | 'attached' = 'visible'): Promise<boolean> {
  return element.waitFor({ state, timeout: 2000 }).then(
    () => true,
    () => false,
  );
}

/** What `read` makes of each row of a list, in the order on the screen, which is not that of the document. */
async function inOrder<T>(rows: Locator, read: (row: Locator) => Promise<T>): Promise<T[]> {
  const found = await Promise.all(
    (await rows.all()).map(async (row) => ({
      index: Number(await row.getAttribute('data-index', AT_ONCE).catch(() => null)),
      content: await read(row),
    })),
  );
  return found.sort((a, b) => a.index - b.index).map(({ content }) => content);
}

/** The text of an element; empty when the list has moved on meanwhile. */
async function textOf(element: Locator): Promise<string> {
  const text = await element
    .first()
    .textContent(AT_ONCE)
    .catch(() => null);
  return (text ?? '').replaceAll('\u00a0', ' ').trim();
}
