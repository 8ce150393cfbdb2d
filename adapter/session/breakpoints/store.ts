import type { DebugProtocol } from '@vscode/debugprotocol';
import { formatAddress } from '../address.ts';
import type { Client } from '../client.ts';
import type { SearchPredicate } from '../../../emulator/machine/predicate.ts';
import type { StopCondition } from '../../../emulator/machine/stop.ts';
import type { BreakpointSource } from '../motion/mover.ts';
import { fixedPlace, type CodePlace, type Program, type Statement } from '../program.ts';
import type { Sources } from '../sources.ts';
import { ExpressionError } from '../../symbols/expressions/expression-error.ts';
import { ActiveBreakpoints, type ActiveBreakpoint, type CountedHits, type LogPoint } from './active.ts';
import { conditioned, conditionedData, conditionedSteps, logText, type Conditioned } from './condition.ts';
import { exceptionFilter, trapConditions } from './exception-filters.ts';
import { placesOf } from './function-places.ts';
import { parseHitCondition } from './hit-condition.ts';
import { HitLogs } from './hit-log.ts';
import type {
  BreakpointOptions,
  DataBreakpointRequest,
  ExceptionBreakpointRequest,
  FunctionBreakpointRequest,
  InstructionBreakpointRequest,
  SourceBreakpointRequest,
} from './requests.ts';
import { RequestFailure } from '../failure.ts';
import { restrictionText, type BreakpointModes, type Restriction } from './modes.ts';
import type { WatchedRegister } from '../registers.ts';
import { parseDataId, type WatchedData } from './watched-data.ts';

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
  #program: { readonly program: Program; readonly sources: Sources; readonly modes: BreakpointModes } | undefined;
  #active = ActiveBreakpoints.none;
  /** All that `#active` was made from. */
  #activeText = '[[],[]]';
  #changed = new AbortController();
  #lastId = 0;
  #resolving: Promise<readonly DebugProtocol.Breakpoint[]> = Promise.resolve([]);
  readonly #sources = new Map<string, readonly SourceBreakpointRequest[]>();
  #functions: readonly FunctionBreakpointRequest[] = [];
  #instructions: readonly InstructionBreakpointRequest[] = [];
  #data: readonly DataBreakpointRequest[] = [];
  #exceptions: readonly ExceptionBreakpointRequest[] = [];
  readonly #hitLogs = new HitLogs();
  /** What breakpoints were restricted to when they were first set, by what they are: clients set all of a file anew with each. */
  readonly #restrictions = new Map<string, Restriction | undefined>();
  /** What the client was last told of each, by identifier. */
  #verified: ReadonlyMap<number, boolean> = new Map();

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
  async bind(program: Program, sources: Sources, modes: BreakpointModes): Promise<void> {
    this.#program = { program, sources, modes };
    this.#restrictions.clear();
    this.#hitLogs.forget();
    for (const breakpoint of await this.#refresh()) {
      this.#client.event('breakpoint', { reason: 'changed', breakpoint });
    }
  }

  /** Resolves everything against the present moment, and tells the client of breakpoints that bound or came loose. */
  async review(): Promise<void> {
    if (this.#sources.size + this.#functions.length + this.#exceptions.length === 0) return;
    const before = this.#verified;
    for (const breakpoint of await this.#refresh()) {
      if (breakpoint.id === undefined || before.get(breakpoint.id) === breakpoint.verified) continue;
      this.#client.event('breakpoint', { reason: 'changed', breakpoint });
    }
  }

  async setSource(
    path: string,
    lines: readonly Omit<SourceBreakpointRequest, 'id' | 'path'>[],
  ): Promise<DebugProtocol.Breakpoint[]> {
    const requests = lines.map((line) => ({ id: this.#nextId(), path, ...line }));
    if (requests.length === 0) this.#sources.delete(path);
    else this.#sources.set(path, requests);
    return this.#answers(requests);
  }

  async setFunctions(names: readonly Omit<FunctionBreakpointRequest, 'id'>[]): Promise<DebugProtocol.Breakpoint[]> {
    this.#functions = names.map((name) => ({ id: this.#nextId(), ...name }));
    return this.#answers(this.#functions);
  }

  async setInstructions(
    addresses: readonly Omit<InstructionBreakpointRequest, 'id'>[],
  ): Promise<DebugProtocol.Breakpoint[]> {
    this.#instructions = addresses.map((address) => ({ id: this.#nextId(), ...address }));
    return this.#answers(this.#instructions);
  }

  async setData(requests: readonly Omit<DataBreakpointRequest, 'id'>[]): Promise<DebugProtocol.Breakpoint[]> {
    this.#data = requests.map((request) => ({ id: this.#nextId(), ...request }));
    return this.#answers(this.#data);
  }

  async setExceptions(filters: readonly Omit<ExceptionBreakpointRequest, 'id'>[]): Promise<DebugProtocol.Breakpoint[]> {
    this.#exceptions = filters.map((filter) => ({ id: this.#nextId(), ...filter }));
    return this.#answers(this.#exceptions);
  }

  /** Nothing stops a motion that is made to record everything. */
  clear(): void {
    this.#sources.clear();
    this.#functions = [];
    this.#instructions = [];
    this.#data = [];
    this.#exceptions = [];
    this.#activate([], []);
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
      ...this.#exceptions.map((request) => this.#resolveException(request)),
    ];
    const active = resolved.flatMap((one) => (one.active === undefined ? [] : [one.active]));
    const places = this.#sources.size + this.#functions.length + this.#exceptions.length;
    this.#activate(active, places === 0 ? [] : (this.#program?.program.arrivals ?? []));
    const answers = resolved.map((one) => one.answer);
    this.#verified = new Map(answers.flatMap(({ id, verified }) => (id === undefined ? [] : [[id, verified]])));
    return answers;
  }

  /** A motion under way goes on undisturbed when nothing has changed. */
  #activate(active: readonly ActiveBreakpoint[], arrivals: readonly StopCondition[]): void {
    const text = JSON.stringify([active, arrivals], (_key, value: unknown) =>
      typeof value === 'bigint' ? `${value}n` : value,
    );
    if (text === this.#activeText) return;
    this.#activeText = text;
    this.#active = new ActiveBreakpoints(active, arrivals);
    const changed = this.#changed;
    this.#changed = new AbortController();
    changed.abort();
  }

  async #resolveSource(request: SourceBreakpointRequest): Promise<Resolved> {
    const { id, path, line, column, options } = request;
    const asked = { id, line: this.#client.lineToClient(line), source: { path: this.#client.pathToClient(path) } };
    if (this.#program === undefined) return unresolved(asked, NOTHING_OPEN);
    const { program, sources } = this.#program;
    const file = sources.fileFor(path);
    if (file === undefined) {
      return unresolved(asked, unknownYet(`No source of ${program.name} has a path that ends like ${path}.`, program));
    }
    const found = program.breakpointLine(file, line);
    if (found === undefined) return unresolved(asked, `There is no code at or after line ${line}.`);
    const statement = column === undefined ? undefined : statementAt(program.statementsOn(file, found.line), column);
    const places = statement?.places ?? found.places;
    const at = statement === undefined ? '' : `:${statement.column}`;
    const label = `${file.path.slice(file.path.lastIndexOf('/') + 1)}:${found.line}${at}`;
    const answer = {
      id,
      ...presence(places, found.awaits),
      line: this.#client.lineToClient(found.line),
      ...(statement === undefined ? {} : { column: this.#client.columnToClient(statement.column) }),
      source: await sources.toClient(file),
      ...reference(places),
    };
    return this.#atAll(answer, { id, kind: 'source', label }, places, options);
  }

  async #resolveFunction({ id, name, options }: FunctionBreakpointRequest): Promise<Resolved> {
    if (this.#program === undefined) return unresolved({ id }, NOTHING_OPEN);
    const { program, sources } = this.#program;
    const places = placesOf(name, program, sources);
    const [first] = places;
    if (first === undefined) {
      const unknown = unknownYet(`${program.name} has no function "${name}".`, program);
      return unresolved({ id }, program.awaits(name) ?? unknown);
    }
    const position = program.positionAt(first.address);
    const answer = {
      id,
      ...presence(places),
      ...reference(places),
      ...(position && {
        line: this.#client.lineToClient(position.line),
        source: await sources.toClient(position.file),
      }),
    };
    return this.#atAll(answer, { id, kind: 'function', label: name }, places, options);
  }

  #resolveInstruction({ id, address, options }: InstructionBreakpointRequest): Resolved {
    const label = formatAddress(address);
    const answer = { id, verified: true, instructionReference: label };
    return this.#atAll(answer, { id, kind: 'instruction', label }, [fixedPlace(address)], options);
  }

  /** A breakpoint at places in code. */
  #atAll(
    answer: DebugProtocol.Breakpoint,
    what: Pick<ActiveBreakpoint, 'id' | 'kind' | 'label'>,
    places: readonly CodePlace[],
    options: BreakpointOptions,
  ): Resolved {
    return this.#bound(answer, what, options, (program) => conditioned(places, options.condition, program));
  }

  /** A breakpoint with what it asks besides; one that asks what makes no sense is told of, and stops nothing. */
  #bound(
    answer: DebugProtocol.Breakpoint,
    what: Pick<ActiveBreakpoint, 'id' | 'kind' | 'label'>,
    { condition, hitCondition, logMessage, mode }: BreakpointOptions,
    keep: (program: Program) => Conditioned,
  ): Resolved {
    if (this.#program === undefined) return unresolved(answer, NOTHING_OPEN);
    const { program, modes } = this.#program;
    try {
      const restriction = this.#restriction(`${mode} ${what.kind} ${what.label}`, mode, modes);
      const kept = restricted(keep(program), restriction && modes.predicate(restriction));
      const hits = countedHits(kept, hitCondition, this.#hitLogs);
      const log = logMessage === undefined || logMessage === '' ? {} : { log: this.#logPoint(logMessage, program) };
      const message = restriction === undefined ? {} : { message: restrictionText(restriction) };
      return { answer: { ...message, ...answer }, active: { ...what, ...kept, ...hits, ...log } };
    } catch (error) {
      if (error instanceof RequestFailure) return unresolved(answer, error.message);
      if (error instanceof HitConditionError) return unresolved(answer, error.message);
      if (!(error instanceof ExpressionError)) throw error;
      return unresolved(answer, `The condition cannot be: ${error.explain(condition ?? '')}`);
    }
  }

  #restriction(key: string, mode: string, modes: BreakpointModes): Restriction | undefined {
    if (!this.#restrictions.has(key)) this.#restrictions.set(key, modes.restriction(mode));
    return this.#restrictions.get(key);
  }

  #logPoint(message: string, program: Program): LogPoint {
    return {
      message,
      print: (timeline, hart) => {
        const output = `${logText(message, program, timeline, hart)}\n`;
        this.#client.event('output', { category: 'console', output });
      },
    };
  }

  #resolveData({ id, dataId, access, options }: DataBreakpointRequest): Resolved {
    const { data, restriction } = parseDataId(dataId) ?? {};
    if (data === undefined) return unresolved({ id }, `"${dataId}" is no data that can be watched.`);
    const what = { id, kind: 'data', label: this.#labelOf(data) } as const;
    const modes = this.#program?.modes;
    return this.#bound({ id, verified: true }, what, options, (program) =>
      restricted(
        conditionedData(data, access, options.condition, program),
        restriction && modes?.predicate(restriction),
      ),
    );
  }

  #resolveException({ id, filter, options }: ExceptionBreakpointRequest): Resolved {
    const { label, event } = exceptionFilter(filter) ?? {};
    if (label === undefined || event === undefined)
      return unresolved({ id }, `There is no exception filter "${filter}".`);
    const what = { id, kind: 'exception', label } as const;
    switch (event.kind) {
      case 'traps':
        return this.#bound({ id, verified: true }, what, options, (program) =>
          conditionedSteps(trapConditions(event.causes), options.condition, program),
        );
      case 'calls': {
        const program = this.#program?.program;
        const places = event.functions.map((name) => program?.placesNamed(name) ?? []).find(({ length }) => length > 0);
        if (program === undefined) return unresolved({ id }, NOTHING_OPEN);
        if (places === undefined) {
          return unresolved({ id }, `${program.name} has no function ${event.functions.join(' or ')}.`);
        }
        return this.#atAll({ id, ...presence(places) }, what, places, options);
      }
      case 'guest-exit':
        return { answer: { id, verified: true }, active: { ...what, conditions: [], atExit: true } };
    }
  }

  #labelOf(data: WatchedData | WatchedRegister): string {
    if (data.space === 'register') return data.name;
    const symbol = data.space === 'virtual' ? this.#program?.program.symbolAt(data.address) : undefined;
    return symbol?.address === data.address ? symbol.name : formatAddress(data.address);
  }
}

function restricted(kept: Conditioned, to: SearchPredicate | undefined): Conditioned {
  if (to === undefined) return kept;
  const conditions = kept.conditions.map((condition) => ({
    ...condition,
    when: condition.when === undefined ? to : ({ kind: 'all', of: [to, condition.when] } as const),
  }));
  return { ...kept, conditions };
}

/** What counts the hits of a breakpoint, when the client asks for certain ones. */
function countedHits(
  { conditions, test }: Conditioned,
  text: string | undefined,
  logs: HitLogs,
): { hits?: CountedHits } {
  if (text === undefined || text.trim() === '') return {};
  const condition = parseHitCondition(text);
  if (condition === undefined) {
    throw new HitConditionError(`"${text}" is no hit count. Write 5, >5, >=5, <5, <=5, or %5 for every fifth.`);
  }
  return { hits: { condition, log: logs.of(conditions, test?.text) } };
}

/** Says in a sentence what is wrong with a hit condition. */
class HitConditionError extends Error {}

/** Of a line with several statements the one at a column or behind it, else the last. */
function statementAt(statements: readonly Statement[], column: number): Statement | undefined {
  const known = statements.filter((one) => one.column > 0);
  if (known.length < 2) return undefined;
  return known.find((one) => one.column >= column) ?? known.at(-1);
}

function reference([first]: readonly CodePlace[]): { instructionReference?: string } {
  return first === undefined ? {} : { instructionReference: formatAddress(first.address) };
}

/** A breakpoint is verified when the code of one of its places is in memory; else the engine waits for it to be. */
function presence(
  places: readonly CodePlace[],
  awaits?: string,
): { readonly verified: boolean; readonly message?: string } {
  const absences = places.length === 0 ? [awaits] : places.map((place) => place.absence());
  const [message] = absences;
  return message === undefined || absences.includes(undefined) ? { verified: true } : { verified: false, message };
}

function unknownYet(sentence: string, { prospect }: Program): string {
  return prospect === undefined ? sentence : `${sentence} ${prospect}`;
}

function unresolved(answer: Omit<DebugProtocol.Breakpoint, 'verified'>, message: string): Resolved {
  return { answer: { ...answer, verified: false, message }, active: undefined };
}
