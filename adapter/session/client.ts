import type { DebugProtocol } from '@vscode/debugprotocol';
import { Event } from '@vscode/debugadapter';
import type { Arguments } from './arguments.ts';
import { RequestFailure } from './failure.ts';

/** What the client said about itself in `initialize`. */
interface Conventions {
  readonly linesStartAt1: boolean;
  readonly columnsStartAt1: boolean;
  readonly pathsAreUris: boolean;
  readonly showsProgress: boolean;
  readonly takesInvalidated: boolean;
  readonly takesMemoryEvents: boolean;
  readonly showsStyling: boolean;
}

const BEFORE_INITIALIZE: Conventions = {
  linesStartAt1: true,
  columnsStartAt1: true,
  pathsAreUris: false,
  showsProgress: false,
  takesInvalidated: false,
  takesMemoryEvents: false,
  showsStyling: false,
};

/** The client: its conventions for lines, columns and paths, and the way of events to it. Inside, lines count from 1. */
export class Client {
  #conventions = BEFORE_INITIALIZE;
  readonly #send: (event: DebugProtocol.Event) => void;

  constructor(send: (event: DebugProtocol.Event) => void) {
    this.#send = send;
  }

  /** Takes note of the arguments of `initialize`. */
  introduce(args: Arguments): void {
    const pathFormat = args.optionalString('pathFormat') ?? 'path';
    if (pathFormat !== 'path' && pathFormat !== 'uri') {
      throw new RequestFailure(`initialize: "pathFormat" must be "path" or "uri", not "${pathFormat}".`);
    }
    this.#conventions = {
      linesStartAt1: args.optionalBoolean('linesStartAt1') ?? true,
      columnsStartAt1: args.optionalBoolean('columnsStartAt1') ?? true,
      pathsAreUris: pathFormat === 'uri',
      showsProgress: args.optionalBoolean('supportsProgressReporting') ?? false,
      takesInvalidated: args.optionalBoolean('supportsInvalidatedEvent') ?? false,
      takesMemoryEvents: args.optionalBoolean('supportsMemoryEvent') ?? false,
      showsStyling: args.optionalBoolean('supportsANSIStyling') ?? false,
    };
  }

  get showsProgress(): boolean {
    return this.#conventions.showsProgress;
  }

  /** Whether it understands the escape sequences of terminals in output. */
  get showsStyling(): boolean {
    return this.#conventions.showsStyling;
  }

  /** What it was told of the present moment is to be asked for again, although the machine did not move. */
  invalidated(...areas: readonly ('all' | 'stacks' | 'threads' | 'variables')[]): void {
    if (this.#conventions.takesInvalidated) this.event('invalidated', { areas });
  }

  /** `count` bytes of memory at a memory reference are other than they were, although the machine did not move. */
  memoryChanged(memoryReference: string, count: number): void {
    if (this.#conventions.takesMemoryEvents) this.event('memory', { memoryReference, offset: 0, count });
  }

  event(name: string, body?: object): void {
    this.#send(new Event(name, body));
  }

  /** A line of text in the debug console. */
  tell(text: string, category: 'console' | 'important' | 'stderr' = 'console'): void {
    this.event('output', { category, output: `${text}\n` });
  }

  lineFromClient(line: number): number {
    return this.#conventions.linesStartAt1 ? line : line + 1;
  }

  lineToClient(line: number): number {
    return this.#conventions.linesStartAt1 ? line : line - 1;
  }

  columnFromClient(column: number): number {
    return this.#conventions.columnsStartAt1 ? column : column + 1;
  }

  columnToClient(column: number): number {
    return this.#conventions.columnsStartAt1 ? column : column - 1;
  }

  pathFromClient(path: string): string {
    if (!this.#conventions.pathsAreUris) return path;
    try {
      return decodeURIComponent(new URL(path).pathname);
    } catch {
      throw new RequestFailure(`The path "${path}" is not a URI, although initialize said that paths are.`);
    }
  }

  pathToClient(path: string): string {
    if (!this.#conventions.pathsAreUris) return path;
    return `file://${path.split('/').map(encodeURIComponent).join('/')}`;
  }
}
