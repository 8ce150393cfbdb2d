import type { Image } from '../image.ts';
import type { Frame } from '../frames/unwind.ts';
import type { Value, ValueContext } from '../variables/value.ts';
import type { ExpressionEnvironment } from './environment.ts';
import type { Macro } from '../macros/macro.ts';
import { orNothing, type ProgramNames } from './program-names.ts';

/** What an expression needs of a session, besides the program: registers, and what is known of the moment. */
export type MachineEnvironment = Pick<ExpressionEnvironment, 'register' | 'registerField' | 'changed'> & {
  /** Virtual memory, as the hart has it mapped; undefined when any byte cannot be read. */
  readonly readMemory: (address: bigint, length: number) => Uint8Array | undefined;
  /** Physical memory; undefined when any byte cannot be read. */
  readonly readPhysical: (address: bigint, length: number) => Uint8Array | undefined;
};

/** A place in a program: a frame of the stack with the variables of the function chosen there. */
export interface ProgramPlace {
  readonly image: Image;
  readonly names: ProgramNames;
  readonly bias: bigint;
  readonly frame: Frame;
  /** Innermost block first. */
  readonly variables: () => readonly Value[];
  /** What parameters of the function, by the names that expressions know them by, were when it was called. */
  readonly valueOnEntry: (name: string) => Value | undefined;
  readonly isParameter: (name: string) => boolean;
  /** The macro of a name at the place; undefined where the program has none. */
  readonly macro: (name: string) => Macro | undefined;
}

/** Names as they are seen from a frame: its function's variables hide those of the program. */
export function programEnvironment(place: ProgramPlace, machine: MachineEnvironment): ExpressionEnvironment {
  const { image, names, bias, frame } = place;
  const near = BigInt.asUintN(64, frame.lookupAddress - bias);
  const context: ValueContext = {
    pc: frame.pc,
    readRegister: (register) => frame.readRegister(register),
    readMemory: (address, length) => frame.readMemory(address, length),
    readPhysical: machine.readPhysical,
    registerHome: (register) => frame.registerHome?.(register),
    countElements: () => undefined,
    describeAddress: (address) => image.describeAddress(address - bias),
  };
  let known: readonly Value[] | undefined;
  const local = (name: string): Value | undefined =>
    (known ??= place.variables()).find((variable) => variable.name === name);
  return {
    context,
    types: {
      typeNamed: (keyword, path) => orNothing(image, () => names.typeNamed(keyword, path, near)),
      isVariable: (name) => local(name) !== undefined,
      isParameter: place.isParameter,
      macro: place.macro,
    },
    name: (path, file) => {
      const [first = '', second = ''] = path;
      const full = path.join('::');
      // A variable that another hides has a name in several parts.
      const own = file === undefined ? local(full) : undefined;
      if (own !== undefined) return own;
      return orNothing(image, () => {
        const found = names.valueNamed(full, file, near, context, bias);
        if (found !== undefined || path.length < 2) return found;
        return names.staticOf(path.slice(0, -1).join('::') || first, path.at(-1) ?? second, context, bias);
      });
    },
    valueOnEntry: (name) => place.valueOnEntry(name),
    register: (name) => machine.register(name),
    registerField: (register, field) => machine.registerField(register, field),
    changed: (text, value, span) => machine.changed(text, value, span),
  };
}
