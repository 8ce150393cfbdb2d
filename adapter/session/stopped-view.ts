import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Debuggee } from './debuggee.ts';
import { RequestFailure } from './failure.ts';
import { ChangeMemory } from './expression/change-memory.ts';
import type { Interruption } from '../symbols/frames/unwind.ts';
import {
  functionsOf,
  type ActiveFunction,
  type Program,
  type ProgramFrame,
  type ProgramVariable,
  type SourcePosition,
} from './program.ts';
import { savedContextOf } from './guest/saved-context.ts';
import { threadOf, type Thread } from './threads.ts';
import type { TypeKeyword } from '../symbols/expressions/type-table.ts';
import type { Type } from '../symbols/types/type.ts';
import type { Value } from '../symbols/variables/value.ts';
import { DECIMAL, type ValueFormat } from '../symbols/variables/value-format.ts';

/** Frames deeper than this are not looked for: a broken stack may go round in a circle. */
const DEEPEST_FRAME = 1024;

/** A frame of the stopped machine, as frame identifiers name it. */
export interface ViewFrame {
  readonly id: number;
  /** The hart that executes the thread; of a task that is on none, the one whose registers are shown beside it. */
  readonly hart: number;
  /** 0 is the innermost. */
  readonly depth: number;
  readonly frame: ProgramFrame;
  /** Which of the functions at the frame's address this is: 0 is the outermost, into which the others are inlined. */
  readonly inlineDepth: number;
  readonly function: ActiveFunction | undefined;
  /** This is no frame, but the boundary below the one that a trap interrupted. */
  readonly boundary: Interruption | undefined;
}

/** What can be opened in a view of variables. */
export interface VariableSource {
  /** The variables [start, start + count); all from start on when count is undefined. `format` is for numbers of the program. */
  list(start: number, count: number | undefined, format?: ValueFormat): DebugProtocol.Variable[];
  /** They are elements, which a request with the filter `indexed` is for; absent: they have names. */
  readonly isIndexed?: boolean;
  /** Where one of them is in memory; absent when none of them is. */
  locate?(name: string): { readonly address: bigint; readonly length: number } | undefined;
  /** One of them, to be changed; absent when none of them can be. */
  valueNamed?(name: string): Value | undefined;
}

/** A place in a source, once it is asked for; undefined when the debug information does not name it after all. */
type Location = () => SourcePosition | undefined;

type VariableLocations = Pick<DebugProtocol.Variable, 'declarationLocationReference' | 'valueLocationReference'>;

/** The stack of a thread, as far as it was followed. */
interface Stack {
  readonly thread: Thread;
  readonly found: ViewFrame[];
  readonly rest: Iterator<ProgramFrame>;
  /** There are no more frames. */
  complete: boolean;
}

/** What the client has been shown of the present moment. Identifiers are never used twice; a motion forgets them all. */
export class StoppedView {
  readonly #stacks = new Map<number, Stack>();
  readonly #frames = new Map<number, ViewFrame>();
  readonly #variables = new Map<number, VariableSource>();
  readonly #locations = new Map<number, Location>();
  #lastId = 0;
  #lookedAt: number | undefined;
  #program: Program | undefined;
  /** How numbers are shown where a request does not say. */
  format: ValueFormat = DECIMAL;
  /** Values at earlier moments, for `$changed`: kept over motions. */
  readonly changes = new ChangeMemory();

  forget(): void {
    this.#stacks.clear();
    this.#frames.clear();
    this.#variables.clear();
    this.#locations.clear();
  }

  /**
   * A person changed the state: frames and variables that were shown keep their identifiers, which from now on mean those of the
   * new state. A frame that there is no more is forgotten.
   */
  renew(debuggee: Debuggee): void {
    const shown = [...this.#stacks.values()];
    this.#stacks.clear();
    this.#frames.clear();
    for (const { thread, found } of shown) {
      const ids = found.map(({ id }) => id);
      const stack = this.#stackOf(debuggee, thread);
      while (stack.found.length < ids.length) {
        const next = stack.rest.next();
        if (next.done === true) break;
        this.#add(stack.found, debuggee.program, next.value, thread, ids);
      }
    }
  }

  /** The frame whose variables were shown last, by which names in what the person writes are meant. */
  get lookedAt(): ViewFrame | undefined {
    return this.#lookedAt === undefined ? undefined : this.#frames.get(this.#lookedAt);
  }

  lookAt({ id }: ViewFrame): void {
    this.#lookedAt = id;
  }

  /** The frames [from, from + count) of a thread, and how many are known so far; `complete` when there are no more. */
  frames(
    debuggee: Debuggee,
    thread: Thread,
    from: number,
    count: number,
  ): { readonly frames: readonly ViewFrame[]; readonly known: number; readonly complete: boolean } {
    this.#program = debuggee.program;
    const stack = this.#stackOf(debuggee, thread);
    while (stack.found.length < from + count && !stack.complete) {
      const next = stack.found.length < DEEPEST_FRAME ? stack.rest.next() : undefined;
      if (next === undefined || next.done === true) {
        stack.complete = true;
      } else {
        this.#add(stack.found, debuggee.program, next.value, thread);
      }
    }
    return { frames: stack.found.slice(from, from + count), known: stack.found.length, complete: stack.complete };
  }

  /** A type of the program that was shown last. */
  typeNamed(keyword: TypeKeyword, path: string): Type | undefined {
    return this.#program?.typeNamed(keyword, path);
  }

  /** The frame with an identifier. Throws when the machine has moved since. */
  frame(id: number): ViewFrame {
    const frame = this.#frames.get(id);
    if (frame === undefined) throw new RequestFailure(`Frame ${id} is of a moment that has been left.`, false);
    return frame;
  }

  /** The innermost frame of a hart. */
  innermost(debuggee: Debuggee, hart: number): ViewFrame {
    const [frame] = this.frames(debuggee, { kind: 'hart', id: threadOf(hart), hart, task: undefined }, 0, 1).frames;
    if (frame === undefined) throw new Error('A stack without a frame.');
    return frame;
  }

  /** A reference by which the client asks for these variables. */
  reference(source: VariableSource): number {
    const id = ++this.#lastId;
    this.#variables.set(id, source);
    return id;
  }

  /** References to where a variable is declared, and to the function that it points to; absent where there are none. */
  locationsOf({ declaration, functionAddress }: ProgramVariable): VariableLocations {
    return {
      ...(declaration === undefined
        ? {}
        : {
            declarationLocationReference: this.#locate(() => {
              const found = declaration();
              return found && { file: { path: found.path }, line: found.line, column: 0 };
            }),
          }),
      ...(functionAddress === undefined ? {} : this.locationOfCode(functionAddress)),
    };
  }

  /** A reference to the line at an address of code; absent where there is none. */
  locationOfCode(address: bigint): Pick<VariableLocations, 'valueLocationReference'> {
    const position = this.#program?.positionAt(address);
    return position === undefined ? {} : { valueLocationReference: this.#locate(() => position) };
  }

  location(reference: number): Location {
    const location = this.#locations.get(reference);
    if (location === undefined) {
      throw new RequestFailure(`The location ${reference} is of a moment that has been left.`, false);
    }
    return location;
  }

  variables(reference: number): VariableSource {
    const source = this.#variables.get(reference);
    if (source === undefined) {
      throw new RequestFailure(`The variables ${reference} are of a moment that has been left.`, false);
    }
    return source;
  }

  #locate(location: Location): number {
    const id = ++this.#lastId;
    this.#locations.set(id, location);
    return id;
  }

  /** The functions of a frame, and before them the trap that interrupted it. */
  #add(found: ViewFrame[], program: Program, frame: ProgramFrame, thread: Thread, ids: readonly number[] = []): void {
    const { interruption } = frame;
    const functions = functionsOf(program, frame);
    const hart = thread.kind === 'hart' ? thread.hart : 0;
    const add = (shown: Pick<ViewFrame, 'inlineDepth' | 'function' | 'boundary'>): void => {
      const view: ViewFrame = { id: ids[found.length] ?? ++this.#lastId, hart, depth: found.length, frame, ...shown };
      found.push(view);
      this.#frames.set(view.id, view);
    };
    if (interruption !== undefined) add({ inlineDepth: 0, function: undefined, boundary: interruption });
    for (let inner = 0; inner < Math.max(1, functions.length); inner++) {
      const inlineDepth = Math.max(0, functions.length - 1 - inner);
      add({ inlineDepth, function: functions[inner], boundary: undefined });
    }
  }

  #stackOf(debuggee: Debuggee, thread: Thread): Stack {
    const known = this.#stacks.get(thread.id);
    if (known !== undefined) return known;
    const context =
      thread.kind === 'hart' ? debuggee.hart(thread.hart).unwindContext() : savedContextOf(debuggee, thread.task);
    const stack: Stack = {
      thread,
      found: [],
      rest: debuggee.program.unwind(context)[Symbol.iterator](),
      complete: false,
    };
    this.#stacks.set(thread.id, stack);
    return stack;
  }
}
