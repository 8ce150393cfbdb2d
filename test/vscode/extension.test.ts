import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findBrowser } from './browser.ts';
import { cacheFolder, installVsCode } from './installation.ts';
import { Server } from './server.ts';
import { Workbench } from './workbench.ts';

const root = path.dirname(path.dirname(import.meta.dirname));
const vsix = path.join(root, 'dist/retrograde.vsix');

describe('the packed extension in VS Code', () => {
  let server: Server | undefined;
  let workbench: Workbench | undefined;
  let folder: string | undefined;

  before(async function () {
    const browser = findBrowser();
    if (browser === undefined) {
      console.error('SKIPPED: no chromium; set CHROMIUM to a browser or install one');
      this.skip();
    }
    assert(existsSync(vsix), `${vsix} is missing: npm run package makes it`);
    const installation = await installVsCode(cacheFolder(root));
    folder = await mkdtemp(path.join(tmpdir(), 'retrograde-workspace-'));
    await cp(path.join(root, 'test/guests/demo'), folder, { recursive: true });
    await mkdir(path.join(folder, '.vscode'));
    await writeFile(path.join(folder, '.vscode/launch.json'), JSON.stringify(launchConfigurations()));
    server = await Server.start(installation, vsix);
    workbench = await Workbench.open(server.workspace(folder), browser);
  });

  after(async () => {
    await workbench?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    const picture = path.join(root, 'dist/vscode-failure.png');
    await workbench?.screenshot(picture);
    console.error(`the page as it was: ${picture}\n${workbench?.errors.slice(-10).join('\n')}`);
  });

  it('asks for a recording to open', async () => {
    assert(workbench !== undefined);
    await workbench.runCommand('Retrograde: Open Recording');
    await workbench.textIn('.quick-input-titlebar', 'Open a recording');
    await workbench.press('Escape');
  });
});

function launchConfigurations(): object {
  return { version: '0.2.0', configurations: [] };
}
