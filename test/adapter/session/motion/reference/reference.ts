import {
  inlinedCallsAt,
  type LineStart,
  type Program,
  type SourcePosition,
} from '../../../../../adapter/session/program.ts';
import { chainOf, endOf, replacementsOf, type Activation } from './shadow-stack.ts';
import type { TracedMoment } from './trace.ts';

/** What a step by source goes over: a whole line, or one statement of it. */
export type Unit = 'line' | 'statement';

/** A moment as the rules below see it. */
interface Place extends TracedMoment {
  /** The statement of the line table that begins here and at which debuggers may stop; none in a prologue. */
  readonly start: LineStart | undefined;
  readonly position: SourcePosition | undefined;
  /** The inlined calls it is in, as text. */
  readonly inlined: string;
}

/**
 * Where each motion ends, by definition: in a stretch of history of which every moment is known, by looking at one moment
 * after the other. Slow, and meant to be obviously right. Each answers with a counter, or with undefined where the stretch
 * does not tell.
 */
export class Reference {
  readonly #program: Program;
  readonly #places: readonly Place[];
  readonly #first: number;

  constructor(program: Program, moments: readonly TracedMoment[]) {
    this.#program = program;
    this.#first = moments[0]?.counter ?? 0;
    const known = new Map<bigint, Pick<Place, 'start' | 'position' | 'inlined'>>();
    this.#places = moments.map((moment) => {
      const about = known.get(moment.pc) ?? this.#about(moment);
      known.set(moment.pc, about);
      return { ...moment, ...about };
    });
  }

  /** The moments known: [first, last]. */
  get range(): readonly [number, number] {
    return [this.#first, this.#first + this.#places.length - 1];
  }

  at(counter: number): Place {
    const place = this.#places[counter - this.#first];
    if (place === undefined) throw new RangeError(`Counter ${counter} was not looked at.`);
    return place;
  }

  /** For people. */
  describe(counter: number): string {
    const place = this.#places[counter - this.#first];
    if (place === undefined) return `${counter}, outside`;
    const { pc, function: fn, position, inlined } = place;
    return `${counter} 0x${pc.toString(16)} ${fn?.name ?? '?'}:${position?.line ?? 0}${inlined === '' ? '' : ` in ${inlined}`}`;
  }

  /** One step of the machine. */
  stepi(from: number): number {
    return from + 1;
  }

  reverseStepi(from: number): number {
    return from - 1;
  }

  /** One instruction of the code that stands there. What it calls, and traps that come in its place, run until they are back. */
  nexti(from: number): number | undefined {
    const here = this.at(from);
    if (here.kind === 'trap-return') return from + 1;
    for (const place of this.#after(from)) {
      const before = this.at(place.counter - 1);
      const isRepeated = before.kind === 'trap-return' && place.pc === here.pc;
      if (place.activation === here.activation && !isRepeated) return place.counter;
      if (this.#hasEnded(here, place)) return place.counter;
      if (before === here && here.activation.replacedBy === place.activation) return place.counter;
    }
    return undefined;
  }

  /** The last moment from which nexti would have led here. */
  reverseNexti(from: number): number | undefined {
    const here = this.at(from);
    for (let counter = from - 1; counter >= this.#first; counter--) {
      const place = this.at(counter);
      const isInterrupted = place.kind === 'trap' && place.pc === here.pc;
      const isEntered = here.activation.enteredBy?.counter === counter;
      if (isEntered || (place.activation === here.activation && !isInterrupted)) return counter;
    }
    return undefined;
  }

  /** The next beginning of another line in this frame or in one that this is inlined into; else where the frame has ended. */
  next(from: number, unit: Unit): number | undefined {
    const here = this.at(from);
    if (!this.#hasLines(here)) return undefined;
    for (const place of this.#after(from)) {
      const { activation, counter } = place;
      if (activation === here.activation && isWithin(place, here) && this.#isAnother(place, here, unit)) return counter;
      if (this.#isPastEnd(place, here.activation)) return counter;
      if (this.#hasEnded(here, place)) return counter;
    }
    return undefined;
  }

  /** Like next, but lines of what is inlined count, and so does the first line of a function with lines that is called. */
  stepIn(from: number, unit: Unit): number | undefined {
    const here = this.at(from);
    if (!this.#hasLines(here)) return undefined;
    for (const place of this.#after(from)) {
      const { activation, counter } = place;
      if (activation === here.activation && this.#isAnother(place, here, unit)) return counter;
      if (this.#isPastEnd(place, here.activation)) return counter;
      if (this.#isEntered(place, here.activation)) return counter;
      if (this.#hasEnded(here, place)) return counter;
    }
    return undefined;
  }

  /** Where the frame has ended. From an inlined call: the first moment outside of it. */
  stepOut(from: number): number | undefined {
    const here = this.at(from);
    if (here.function === undefined) return undefined;
    for (const place of this.#after(from)) {
      const isOut = here.inlined !== '' && place.activation === here.activation && isAround(place, here);
      if (isOut) return place.counter;
      if (this.#hasEnded(here, place)) return place.counter;
    }
    return undefined;
  }

  /**
   * The beginning of the line that was stepped through before: in this frame or one that this is inlined into; from its first
   * line, that of the call.
   */
  stepBack(from: number, unit: Unit): number | undefined {
    const here = this.at(from);
    if (!this.#hasLines(here)) return undefined;
    return this.#lineBefore(here, unit, (place) => isWithin(place, here));
  }

  /** The beginning of the last line of the last call with lines that the line before this moment made; else of that line. */
  reverseStepIn(from: number, unit: Unit): number | undefined {
    const here = this.at(from);
    if (!this.#hasLines(here)) return undefined;
    const line = this.#lineBefore(here, unit, () => true);
    if (line === undefined || this.at(line).activation !== here.activation) return line;
    for (let counter = from - 1; counter > line; counter--) {
      const place = this.at(counter);
      const isReturn = place.kind === 'return' && this.at(counter + 1).activation === here.activation;
      if (isReturn && place.activation !== here.activation && this.#hasLines(place)) {
        return this.#beginningOfLineAt(place, unit);
      }
    }
    return line;
  }

  /** The moment of the call, before it is made. From an inlined call: the last moment outside of it. */
  reverseStepOut(from: number): number | undefined {
    const here = this.at(from);
    const { how, isOfTrap, resume, enteredBy } = here.activation;
    // Then its caller is another one than the one that called it; and code without symbols has no frames.
    if (isSwitched(here) || here.function === undefined) return undefined;
    // What a trap's handler jumped to was called by nobody.
    if (how === 'tail' && isOfTrap === true) return enteredBy?.counter;
    const call = how === 'unknown' ? undefined : resume?.from.counter;
    if (here.inlined === '') return call;
    for (let counter = from - 1; counter > (call ?? this.#first); counter--) {
      const place = this.at(counter);
      if (place.activation === here.activation && isAround(place, here)) return counter;
    }
    return call;
  }

  /** The line that was executed last before `here`, to its beginning. */
  #lineBefore(here: Place, unit: Unit, counts: (place: Place) => boolean): number | undefined {
    const entered = here.activation.enteredBy;
    for (let counter = here.counter - 1; counter > (entered?.counter ?? this.#first); counter--) {
      const place = this.at(counter);
      if (place.activation !== here.activation || place.start === undefined || !counts(place)) continue;
      return this.#beginningOfRun(place, place.start, unit, counts);
    }
    if (entered === undefined || entered.counter < this.#first) return undefined;
    const call = this.at(entered.counter);
    if (here.activation.how === 'trap') return call.counter;
    return this.#hasLines(call) ? this.#beginningOfLineAt(call, unit) : call.counter;
  }

  /** The moment at which the line was entered that a moment is in the middle, or at the beginning, of. */
  #beginningOfLineAt(here: Place, unit: Unit): number | undefined {
    const counts = (place: Place): boolean => isWithin(place, here);
    if (here.start !== undefined) return this.#beginningOfRun(here, here.start, unit, counts);
    const entered = here.activation.enteredBy;
    for (let counter = here.counter; counter > (entered?.counter ?? this.#first); counter--) {
      const place = this.at(counter);
      if (place.activation !== here.activation || place.start === undefined || !counts(place)) continue;
      return this.#beginningOfRun(place, place.start, unit, counts);
    }
    // In front of its first line: where it was entered.
    return entered === undefined || entered.counter < this.#first ? undefined : entered.counter + 1;
  }

  /** At a row of a line: the first of the rows of that line in a row. */
  #beginningOfRun(row: Place, start: LineStart, unit: Unit, counts: (place: Place) => boolean): number | undefined {
    let beginning = row.counter;
    const entered = row.activation.enteredBy;
    for (let counter = row.counter; counter > (entered?.counter ?? this.#first); counter--) {
      const place = this.at(counter);
      if (place.activation !== row.activation || place.start === undefined || !counts(place)) continue;
      if (!isSame(place.start, start, unit)) return beginning;
      beginning = counter;
    }
    return entered === undefined || entered.counter < this.#first ? undefined : beginning;
  }

  /** Where a line begins that is not the one of `here`. */
  #isAnother(place: Place, here: Place, unit: Unit): boolean {
    return place.start !== undefined && (here.position === undefined || !isSame(place.start, here.position, unit));
  }

  /** Assembly goes on under the next symbol. */
  #isPastEnd({ counter, pc, activation }: Place, of: Activation): boolean {
    const before = this.at(counter - 1);
    return of.replacedBy === activation && before.activation === of && (pc === before.pc + 2n || pc === before.pc + 4n);
  }

  /** At the first line of a function that an activation has called, or jumped to. */
  #isEntered({ pc, activation }: Place, caller: Activation): boolean {
    const { how, function: fn } = activation;
    const isCalled = (how === 'call' && activation.caller === caller) || caller.replacedBy === activation;
    return isCalled && fn !== undefined && pc === this.#program.bodyOf(fn) && this.#program.lineStarts(fn).length > 0;
  }

  /** The frame of `here` is over at `place`; one that went over to another stack, when it returns there. */
  #hasEnded({ activation, counter }: Place, place: Place): boolean {
    if (isSwitched({ activation, counter })) {
      const own = replacementsOf(activation);
      const wasIn = own.includes(this.at(place.counter - 1).activation);
      return wasIn && !chainOf(place.activation).some((one) => own.includes(one));
    }
    const end = endOf(activation);
    return end !== undefined && end <= place.counter;
  }

  #hasLines({ function: fn }: Place): boolean {
    return fn !== undefined && this.#program.lineStarts(fn).length > 0;
  }

  #after(counter: number): readonly Place[] {
    return this.#places.slice(counter + 1 - this.#first);
  }

  #about({ pc, function: fn }: TracedMoment): Pick<Place, 'start' | 'position' | 'inlined'> {
    const program = this.#program;
    const position = program.functionsBefore(pc)[0]?.position ?? program.positionAt(pc);
    const inlined = inlinedCallsAt(program, pc)
      .map((call) => `${call.toString(16)}/`)
      .join('');
    const inPrologue = fn !== undefined && fn.entry <= pc && pc < program.bodyOf(fn);
    const start = fn === undefined || inPrologue ? undefined : program.lineStarts(fn).find((row) => row.address === pc);
    return { start, position, inlined };
  }
}

/** Its frame is on another stack than the one it was called on. */
function isSwitched({ activation, counter }: Pick<Place, 'activation' | 'counter'>): boolean {
  return activation.switchedAt !== undefined && activation.switchedAt <= counter;
}

function isSame(a: SourcePosition, b: SourcePosition, unit: Unit): boolean {
  return a.file.path === b.file.path && a.line === b.line && (unit === 'line' || a.column === b.column);
}

/** In the same inlined call, or in what that is inlined into. */
function isWithin(place: Place, here: Place): boolean {
  return here.inlined.startsWith(place.inlined);
}

/** In what the inlined call of `here` is inlined into. */
function isAround(place: Place, here: Place): boolean {
  return isWithin(place, here) && place.inlined !== here.inlined;
}
