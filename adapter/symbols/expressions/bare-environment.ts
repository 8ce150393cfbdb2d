import type { ValueContext } from '../variables/value.ts';
import type { ExpressionEnvironment } from './environment.ts';
import type { MachineEnvironment } from './program-environment.ts';

/** Where no program is known: registers, memory, and C's own types. */
export function bareEnvironment(
  machine: MachineEnvironment,
  context: Pick<ValueContext, 'pc' | 'readRegister' | 'readMemory'>,
): ExpressionEnvironment {
  return {
    context: {
      pc: context.pc,
      readRegister: (number) => context.readRegister(number),
      readMemory: (address, length) => context.readMemory(address, length),
      readPhysical: (address, length) => machine.readPhysical(address, length),
      countElements: () => undefined,
      describeAddress: () => undefined,
    },
    types: { typeNamed: () => undefined, isVariable: () => false, isParameter: () => false, macro: () => undefined },
    name: () => undefined,
    valueOnEntry: () => undefined,
    register: (name) => machine.register(name),
    registerField: (register, field) => machine.registerField(register, field),
    changed: (text, value, span) => machine.changed(text, value, span),
  };
}
