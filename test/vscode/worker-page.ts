import { createServer, type Server } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { chromium, type Browser, type Page } from 'playwright-core';

/** A page that debugs in a worker, as one of somebody else's would: what DAP.md says of it, and no more. */
const PAGE = `<!doctype html>
<title>Retrograde in a worker</title>
<script>
  const worker = new Worker('/adapter-worker.js');
  const answers = new Map();
  const listeners = [];
  let sequence = 0;
  const next = (wanted) => new Promise((resolve) => listeners.push({ wanted, resolve }));
  worker.onmessage = ({ data }) => {
    if (data.type === 'response') {
      const { resolve, reject } = answers.get(data.request_seq);
      if (data.success) resolve(data.body ?? {});
      else reject(new Error(data.message));
      return;
    }
    const name = data.type === 'event' ? data.event : data.type;
    for (const listener of listeners.filter(({ wanted }) => wanted === name)) {
      listeners.splice(listeners.indexOf(listener), 1);
      listener.resolve(data.type === 'event' ? (data.body ?? {}) : data);
    }
  };
  const request = (command, args) =>
    new Promise((resolve, reject) => {
      const seq = ++sequence;
      answers.set(seq, { resolve, reject });
      worker.postMessage({ seq, type: 'request', command, arguments: args });
    });
  const requestAndWait = async (event, command, args) => {
    const happened = next(event);
    await request(command, args);
    return happened;
  };
  const give = async (names) => {
    const files = {};
    for (const [name, { address, as }] of Object.entries(names)) {
      if (as === 'url') files[name] = { url: new URL(address, location.href).href };
      else {
        const response = await fetch(address);
        files[name] = as === 'blob' ? await response.blob() : new Uint8Array(await response.arrayBuffer());
      }
    }
    worker.postMessage({ type: 'retrograde/files', files });
  };
  const base64 = (blob) =>
    new Promise((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(',') + 1));
      reader.readAsDataURL(blob);
    });
  const leave = async () => {
    const recorded = next('retrograde/recording');
    await request('disconnect');
    const { name, content } = await recorded;
    return { name, bytes: await base64(content) };
  };
</script>`;

/** How the page gives a file to its worker. */
export interface GivenAs {
  /** A path of the server. */
  readonly address: string;
  readonly as: 'url' | 'blob' | 'bytes';
}

/** A browser that shows the page, and the server that it comes from. */
export class WorkerPage implements AsyncDisposable {
  readonly #server: Server;
  readonly #browser: Browser;
  readonly #page: Page;

  private constructor(server: Server, browser: Browser, page: Page) {
    this.#server = server;
    this.#browser = browser;
    this.#page = page;
  }

  /** `files` are paths on the server with the files of this computer behind them. */
  static async open(executablePath: string, files: ReadonlyMap<string, string>): Promise<WorkerPage> {
    const server = createServer((request, response) => {
      const file = files.get(request.url ?? '');
      if (request.url === '/') response.setHeader('content-type', 'text/html').end(PAGE);
      else if (file === undefined) response.writeHead(404).end();
      else
        void readFile(file).then((bytes) => {
          if (file.endsWith('.js')) response.setHeader('content-type', 'text/javascript');
          response.end(bytes);
        });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    const page = await browser.newPage();
    const worker = new WorkerPage(server, browser, page);
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return worker;
  }

  /** Begins anew, with a new worker. */
  async reload(): Promise<void> {
    await this.#page.reload();
  }

  async give(files: Readonly<Record<string, GivenAs>>): Promise<void> {
    await this.#page.evaluate(`give(${JSON.stringify(files)})`);
  }

  request(command: string, args: object = {}): Promise<unknown> {
    return this.#page.evaluate(`request(${JSON.stringify(command)}, ${JSON.stringify(args)})`);
  }

  /** Sends a request and waits for an event that follows; resolves to the event's body. */
  requestAndWait(event: string, command: string, args: object = {}): Promise<unknown> {
    const values = [event, command, args].map((value) => JSON.stringify(value));
    return this.#page.evaluate(`requestAndWait(${values.join(', ')})`);
  }

  /** Ends a session that has recorded; resolves to the recording that the worker hands over. */
  async leave(): Promise<{ readonly name: string; readonly bytes: Uint8Array }> {
    const { name, bytes } = await this.#page.evaluate<{ name: string; bytes: string }>('leave()');
    return { name, bytes: Buffer.from(bytes, 'base64') };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
