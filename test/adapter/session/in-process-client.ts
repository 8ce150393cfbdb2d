import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { nodeHost } from '../../../adapter/host/node-host.ts';
import { RetrogradeSession } from '../../../adapter/session/session.ts';
import type { AttachAttributes } from './debug-session.ts';

/** Where and why the machine stopped. */
export interface InProcessStop {
  readonly counter: number;
  readonly reason: string;
  readonly description: string;
  readonly text: string | undefined;
}

/**
 * A client of a session in the test's own process: DAP without pipes, for what takes thousands of requests. TestSession is the one
 * that is like a real client.
 */
export class InProcessClient {
  readonly #session: RetrogradeSession;
  readonly #responses = new Map<number, (response: DebugProtocol.Response) => void>();
  #sequence = 0;
  #stopped: ((event: DebugProtocol.StoppedEvent) => void) | undefined;

  private constructor() {
    this.#session = new RetrogradeSession(nodeHost('Retrograde tests'), () => undefined);
    this.#session.onDidSendMessage((message) => {
      this.#take(message as DebugProtocol.ProtocolMessage);
    });
  }

  static async attach(attributes: AttachAttributes): Promise<InProcessClient> {
    const client = new InProcessClient();
    await client.request('initialize', { adapterID: 'retrograde' });
    await client.move('configurationDone', {}, () => client.request('attach', attributes));
    return client;
  }

  /** The body of the response. Rejects with the sentence with which the request is refused. */
  request(command: string, args: object = {}): Promise<unknown> {
    const seq = ++this.#sequence;
    return new Promise((resolve, reject) => {
      this.#responses.set(seq, (response) => {
        if (response.success) resolve(response.body);
        else reject(new Error(response.message));
      });
      const request: DebugProtocol.Request = { seq, type: 'request', command, arguments: args };
      this.#session.handleMessage(request);
    });
  }

  /** Makes a motion, and waits until the machine stands still. */
  async move(command: string, args: object = { threadId: 1 }, before?: () => Promise<unknown>): Promise<InProcessStop> {
    await before?.();
    const stopped = this.#nextStop();
    await this.request(command, args);
    return this.#where(await stopped);
  }

  /** Begins a motion, and pauses it at once. */
  async moveAndPause(command: string, args: object = { threadId: 1 }): Promise<InProcessStop> {
    const stopped = this.#nextStop();
    const requests = [this.request(command, args), this.request('pause', { threadId: 1 })];
    await Promise.all(requests);
    return this.#where(await stopped);
  }

  async counter(): Promise<number> {
    return ((await this.request('retrograde/status')) as { counter: number }).counter;
  }

  async end(): Promise<number> {
    return ((await this.request('retrograde/status')) as { end: number }).end;
  }

  travel(counter: number): Promise<InProcessStop> {
    return this.move('retrograde/travel', { counter });
  }

  /** The frames of the hart, innermost first. */
  async stack(): Promise<readonly DebugProtocol.StackFrame[]> {
    const body = await this.request('stackTrace', { threadId: 1, levels: 100 });
    return (body as DebugProtocol.StackTraceResponse['body']).stackFrames;
  }

  /** The sentence with which a request is refused. */
  async refusal(command: string, args: object = { threadId: 1 }): Promise<string> {
    try {
      await this.request(command, args);
    } catch (error) {
      assert.ok(error instanceof Error);
      return error.message;
    }
    return assert.fail(`${command} was not refused`);
  }

  async close(): Promise<void> {
    await this.#session.close();
  }

  #nextStop(): Promise<DebugProtocol.StoppedEvent> {
    return new Promise((resolve) => {
      this.#stopped = resolve;
    });
  }

  async #where({ body }: DebugProtocol.StoppedEvent): Promise<InProcessStop> {
    const { reason, description = '', text } = body;
    return { counter: await this.counter(), reason, description, text };
  }

  #take(message: DebugProtocol.ProtocolMessage): void {
    if (message.type === 'response') {
      const response = message as DebugProtocol.Response;
      this.#responses.get(response.request_seq)?.(response);
      this.#responses.delete(response.request_seq);
      return;
    }
    const event = message as DebugProtocol.Event;
    if (event.event === 'stopped') this.#stopped?.(event as DebugProtocol.StoppedEvent);
  }
}
