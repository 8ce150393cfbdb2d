import type { DebugProtocol } from '@vscode/debugprotocol';
import type { DapClient } from './dap-client.ts';

/** A frame of the stack: where, in the source. */
export interface Frame {
  readonly name: string;
  readonly file: string;
  readonly line: number;
}

/** The guest, in the words of the story; everything is asked from the debug adapter. */
export class Debuggee {
  readonly #client: DapClient;

  constructor(client: DapClient) {
    this.#client = client;
  }

  /** The present moment. */
  async counter(): Promise<number> {
    const status = (await this.#client.request('retrograde/status')) as { readonly counter: number };
    return status.counter;
  }

  async stack(): Promise<readonly Frame[]> {
    const body = (await this.#client.request('stackTrace', {
      threadId: 1,
    })) as DebugProtocol.StackTraceResponse['body'];
    return body.stackFrames.map(({ name, source, line }) => ({ name, file: source?.name ?? '', line }));
  }

  /** The value of an expression of registers, symbols and memory. */
  async value(expression: string): Promise<bigint> {
    const body = (await this.#client.request('evaluate', { expression, context: 'watch' })) as { result: string };
    const digits = /^(?:0x[0-9a-f]+|\d+)/.exec(body.result)?.[0];
    if (digits === undefined) throw new Error(`${expression} has no natural number for a value, but ${body.result}`);
    return BigInt(digits);
  }

  async memory(address: bigint, count: number): Promise<Uint8Array> {
    const memoryReference = `0x${address.toString(16)}`;
    const body = (await this.#client.request('readMemory', { memoryReference, count })) as { data?: string };
    return Buffer.from(body.data ?? '', 'base64');
  }

  /** A text in guest memory, up to its NUL. */
  async text(address: bigint): Promise<string> {
    const bytes = await this.memory(address, 64);
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
  }

  /** What the guest has printed. */
  async console(): Promise<string> {
    const body = (await this.#client.request('retrograde/consoleOutput')) as { data: string };
    return Buffer.from(body.data, 'base64').toString('latin1');
  }

  /** Goes back to the last write to the 8 bytes at an address; stops before it is carried out. */
  async runBackToWrite(address: bigint): Promise<void> {
    const info = (await this.#client.request('dataBreakpointInfo', {
      name: `0x${address.toString(16)}`,
      asAddress: true,
      bytes: 8,
    })) as { dataId: string | null; description: string };
    if (info.dataId === null) throw new Error(info.description);
    await this.#client.request('setDataBreakpoints', {
      breakpoints: [{ dataId: info.dataId, accessType: 'write' }],
    });
    await this.#client.move('reverseContinue');
  }
}
