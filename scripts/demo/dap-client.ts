import type { ChildProcessByStdio } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { DebugProtocol } from '@vscode/debugprotocol';

/** A client of the Debug Adapter Protocol over the standard input and output of an adapter. */
export class DapClient {
  readonly #adapter: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers = new Map<number, (response: DebugProtocol.Response) => void>();
  readonly #listeners = new Set<(event: DebugProtocol.Event) => void>();
  #received: Buffer = Buffer.alloc(0);
  #sequence = 0;

  /** Starts an adapter. When it ends before its time, every request under way fails. */
  constructor(program: string, args: readonly string[], environment: NodeJS.ProcessEnv = process.env) {
    this.#adapter = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], env: environment });
    this.#adapter.stdout.on('data', (bytes: Buffer) => {
      this.#take(bytes);
    });
    this.#adapter.once('close', (code) => {
      for (const [sequence, answer] of this.#answers) {
        answer({
          ...{ type: 'response', seq: 0, request_seq: sequence, command: '', success: false },
          message: `The debug adapter has ended with code ${code ?? 'none'}.`,
        });
      }
    });
  }

  get processId(): number | undefined {
    return this.#adapter.pid;
  }

  /** Sends a request; rejects with the adapter's sentence when it fails. */
  async request(command: string, args: object = {}): Promise<unknown> {
    const seq = ++this.#sequence;
    const answered = new Promise<DebugProtocol.Response>((resolve) => this.#answers.set(seq, resolve));
    const message = JSON.stringify({ seq, type: 'request', command, arguments: args });
    this.#adapter.stdin.write(`Content-Length: ${Buffer.byteLength(message)}\r\n\r\n${message}`);
    const response = await answered;
    if (!response.success) throw new Error(response.message ?? `The request ${command} failed.`);
    return response.body;
  }

  /** The next event with this name. */
  event(name: string): Promise<unknown> {
    return new Promise((resolve) => {
      const listener = (event: DebugProtocol.Event): void => {
        if (event.event !== name) return;
        this.#listeners.delete(listener);
        resolve(event.body);
      };
      this.#listeners.add(listener);
    });
  }

  /** Sends a request for motion and waits until the machine stands. */
  async move(command: string, args: object = {}): Promise<void> {
    const stopped = this.event('stopped');
    await this.request(command, { threadId: 1, ...args });
    await stopped;
  }

  async close(): Promise<void> {
    const closed = once(this.#adapter, 'close');
    await this.request('disconnect');
    this.#adapter.stdin.end();
    await closed;
  }

  #take(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    for (;;) {
      const head = this.#received.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/Content-Length: (\d+)/.exec(this.#received.toString('latin1', 0, head))?.[1]);
      const end = head + 4 + length;
      if (this.#received.length < end) return;
      const message = JSON.parse(this.#received.toString('utf8', head + 4, end)) as DebugProtocol.ProtocolMessage;
      this.#received = this.#received.subarray(end);
      this.#dispatch(message);
    }
  }

  #dispatch(message: DebugProtocol.ProtocolMessage): void {
    if (message.type === 'response') {
      const response = message as DebugProtocol.Response;
      this.#answers.get(response.request_seq)?.(response);
      this.#answers.delete(response.request_seq);
    } else if (message.type === 'event') {
      for (const listener of [...this.#listeners]) listener(message as DebugProtocol.Event);
    }
  }
}
