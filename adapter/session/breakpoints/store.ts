import type { DebugProtocol } from '@vscode/debugprotocol';
import { formatAddress } from '../address.ts';
import type { Client } from '../client.ts';
import type { BreakpointSource } from '../motion/mover.ts';
import type { Program } from '../program.ts';
import type { Sources } from '../sources.ts';
import { ActiveBreakpoints, type ActiveBreakpoint } from './active.ts';
import { exceptionConditions, exceptionLabel } from './exception-filters.ts';
import type {
  DataBreakpointRequest,
  FunctionBreakpointRequest,
  InstructionBreakpointRequest,
  SourceBreakpointRequest,
} from './requests.ts';
import { conditionOf, parseDataId } from './watched-data.ts';

/** A request, what the client is told about it, and what the engine watches for. */
interface Resolved {
  readonly answer: DebugProtocol.Breakpoint;
  readonly active: ActiveBreakpoint | undefined;
}

const NOTHING_OPEN = 'No recording is open yet.';

/**
 * The client's breakpoints. Requests that come before a program is known are kept and resolved once it is; the client is
 * then told by events. A motion under way takes changes up at once.
 */
export class BreakpointStore implements BreakpointSource {
  readonly #client: Client;
  #program: { readonly program: Program; readonly sources: Sources } | undefined;
  #active = ActiveBreakpoints.none;
  #changed = new AbortController();
  #lastId = 0;
  #resolving: Promise<readonly DebugProtocol.Breakpoint[]> = Promise.resolve([]);
  readonly #sources = new Map<string, readonly SourceBreakpointRequest[]>();
  #functions: readonly FunctionBreakpointRequest[] = [];
  #instructions: readonly InstructionBreakpointRequest[] = [];
  #data: readonly DataBreakpointRequest[] = [];
  #exceptions: readonly string[] = [];

  constructor(client: Client) {
    this.#client = client;
  }

  get active(): ActiveBreakpoints {
    return this.#active;
  }

  get changed(): AbortSignal {
    return this.#changed.signal;
  }

  /** Resolves everything against a program, and tells the client about each. */
  async bind(program: Program, sources: Sources): Promise<void> {
    this.#program = { program, sources };
    for (const breakpoint of await this.#refresh()) {
      this.#client.event('breakpoint', { reason: 'changed', breakpoint });
    }
  }

  async setSource(path: string, lines: readonly number[]): Promise<DebugProtocol.Breakpoint[]> {
    const requests = lines.map((line) => ({ id: this.#nextId(), path, line }));
    if (requests.length === 0) this.#sources.delete(path);
    else this.#sources.set(path, requests);
    return this.#answers(requests);
  }

  async setFunctions(names: readonly string[]): Promise<DebugProtocol.Breakpoint[]> {
    this.#functions = names.map((name) => ({ id: this.#nextId(), name }));
    return this.#answers(this.#functions);
  }

  async setInstructions(addresses: readonly bigint[]): Promise<DebugProtocol.Breakpoint[]> {
    this.#instructions = addresses.map((address) => ({ id: this.#nextId(), address }));
    return this.#answers(this.#instructions);
  }

  async setData(requests: readonly Omit<DataBreakpointRequest, 'id'>[]): Promise<DebugProtocol.Breakpoint[]> {
    this.#data = requests.map((request) => ({ id: this.#nextId(), ...request }));
    return this.#answers(this.#data);
  }

  async setExceptions(filters: readonly string[]): Promise<void> {
    this.#exceptions = filters;
    await this.#refresh();
  }

  /** Nothing stops a motion that is made to record everything. */
  clear(): void {
    this.#sources.clear();
    this.#functions = [];
    this.#instructions = [];
    this.#data = [];
    this.#exceptions = [];
    this.#activate([]);
  }

  #nextId(): number {
    return ++this.#lastId;
  }

  /** Resolves everything and gives the answers to the requests asked for. */
  async #answers(requests: readonly { readonly id: number }[]): Promise<DebugProtocol.Breakpoint[]> {
    const byId = new Map((await this.#refresh()).map((answer) => [answer.id, answer]));
    return requests.map(({ id }) => byId.get(id) ?? { id, verified: false });
  }

  /** One at a time, so that the last request is also the last to take effect. */
  #refresh(): Promise<readonly DebugProtocol.Breakpoint[]> {
    const resolved = this.#resolving.then(() => this.#resolveAll());
    this.#resolving = resolved.catch(() => []);
    return resolved;
  }

  async #resolveAll(): Promise<readonly DebugProtocol.Breakpoint[]> {
    const resolved = [
      ...(await Promise.all([...this.#sources.values()].flat().map((request) => this.#resolveSource(request)))),
      ...(await Promise.all(this.#functions.map((request) => this.#resolveFunction(request)))),
      ...this.#instructions.map((request) => this.#resolveInstruction(request)),
      ...this.#data.map((request) => this.#resolveData(request)),
    ];
    const active = resolved.flatMap((one) => (one.active === undefined ? [] : [one.active]));
    for (const filter of this.#exceptions) {
      const conditions = exceptionConditions(filter);
      active.push({ id: undefined, kind: 'exception', label: exceptionLabel(filter), conditions });
    }
    this.#activate(active);
    return resolved.map((one) => one.answer);
  }

  #activate(active: readonly ActiveBreakpoint[]): void {
    this.#active = new ActiveBreakpoints(active);
    const changed = this.#changed;
    this.#changed = new AbortController();
    changed.abort();
  }

  async #resolveSource(request: SourceBreakpointRequest): Promise<Resolved> {
    const { id, path, line } = request;
    const asked = { id, line: this.#client.lineToClient(line), source: { path: this.#client.pathToClient(path) } };
    if (this.#program === undefined) return unresolved(asked, NOTHING_OPEN);
    const { program, sources } = this.#program;
    const file = sources.fileFor(path);
    if (file === undefined) return unresolved(asked, `No source of ${program.name} has a path that ends like ${path}.`);
    const found = program.breakpointLine(file, line);
    if (found === undefined) return unresolved(asked, `There is no code at or after line ${line}.`);
    return {
      answer: {
        id,
        verified: true,
        line: this.#client.lineToClient(found.line),
        source: await sources.toClient(file),
        ...reference(found.addresses),
      },
      active: atAddresses(
        id,
        'source',
        `${file.path.slice(file.path.lastIndexOf('/') + 1)}:${found.line}`,
        found.addresses,
      ),
    };
  }

  async #resolveFunction({ id, name }: FunctionBreakpointRequest): Promise<Resolved> {
    if (this.#program === undefined) return unresolved({ id }, NOTHING_OPEN);
    const { program, sources } = this.#program;
    const addresses = program.functionsNamed(name).map((fn) => program.bodyOf(fn));
    const first = addresses[0];
    if (first === undefined) return unresolved({ id }, `${program.name} has no function "${name}".`);
    const position = program.positionAt(first);
    return {
      answer: {
        id,
        verified: true,
        ...reference(addresses),
        ...(position && {
          line: this.#client.lineToClient(position.line),
          source: await sources.toClient(position.file),
        }),
      },
      active: atAddresses(id, 'function', name, addresses),
    };
  }

  #resolveInstruction({ id, address }: InstructionBreakpointRequest): Resolved {
    return {
      answer: { id, verified: true, instructionReference: formatAddress(address) },
      active: atAddresses(id, 'instruction', formatAddress(address), [address]),
    };
  }

  #resolveData({ id, dataId, access }: DataBreakpointRequest): Resolved {
    const data = parseDataId(dataId);
    if (data === undefined) return unresolved({ id }, `"${dataId}" is no data that can be watched.`);
    const symbol = this.#program?.program.symbolAt(data.address);
    const label = symbol?.address === data.address ? symbol.name : formatAddress(data.address);
    return {
      answer: { id, verified: true },
      active: { id, kind: 'data', label, conditions: [conditionOf(data, access)] },
    };
  }
}

function atAddresses(
  id: number,
  kind: ActiveBreakpoint['kind'],
  label: string,
  addresses: readonly bigint[],
): ActiveBreakpoint {
  return { id, kind, label, conditions: addresses.map((address) => ({ kind: 'instruction', address })) };
}

function reference(addresses: readonly bigint[]): { instructionReference?: string } {
  const first = addresses[0];
  return first === undefined ? {} : { instructionReference: formatAddress(first) };
}

function unresolved(answer: Omit<DebugProtocol.Breakpoint, 'verified'>, message: string): Resolved {
  return { answer: { ...answer, verified: false, message }, active: undefined };
}
