import { existsSync } from 'node:fs';
import path from 'node:path';

/** The browser that shows the workbench: the one CHROMIUM names, else the first Chromium in PATH; undefined if none. */
export function findBrowser(): string | undefined {
  const named = process.env['CHROMIUM'];
  if (named !== undefined) return named;
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  return names.flatMap((name) => folders.map((folder) => path.join(folder, name))).find((file) => existsSync(file));
}
