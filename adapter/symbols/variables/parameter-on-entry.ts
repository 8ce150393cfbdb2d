import { DW_AT, DW_TAG } from '../dwarf/constants.ts';
import { UnavailableError } from '../dwarf/unavailable-error.ts';
import { expressionOnEntry } from '../dwarf/location-list.ts';
import { functionOf, originsOf, type Scope } from '../dwarf/scope.ts';
import type { Frame } from '../frames/unwind.ts';
import { Register } from '../frames/registers.ts';
import type { Image } from '../image.ts';
import { SymbolError } from '../symbol-error.ts';
import { entryValue } from './entry-value.ts';
import { OPTIMIZED_OUT, type Place } from './place.ts';
import { Value } from './value.ts';
import { nameOf, scopesOfFunction, variableEntries } from './variables-in-scope.ts';

/**
 * What a parameter was when its function was called, gdb's `name@entry`: what the caller's description of the call says was passed
 * in the place in which the function was given it. A value of the parameter's type, that says why where nobody tells it.
 * `inlineDepth` is as for `variablesOfFrame`.
 */
export function parameterOnEntry(
  { image, bias }: { readonly image: Image; readonly bias: bigint },
  frame: Frame,
  inlineDepth: number,
  parameter: Value,
): Value {
  const place = placeOnEntry({ image, bias }, frame, inlineDepth, parameter.name);
  const name = `${parameter.name}@entry`;
  return new Value(name, parameter.type, place, parameter.context, name);
}

function placeOnEntry(
  program: { readonly image: Image; readonly bias: bigint },
  frame: Frame,
  inlineDepth: number,
  name: string,
): Place {
  const { image } = program;
  const scope = scopesOfFunction(image, frame.lookupAddress - program.bias, inlineDepth).at(-1);
  if (scope === undefined) return OPTIMIZED_OUT;
  if (scope.kind === 'inlined') return unavailable('its function was inlined here, not called');
  try {
    const bytes = passedIn(image, scope, name);
    if (bytes === undefined) return OPTIMIZED_OUT;
    if (bytes === 'several places') return unavailable('it was not passed in a single register');
    const value = entryValue(program, frame, functionOf(scope), { kind: 'location', bytes });
    if (value === undefined) return unavailable('no description of the call tells what was passed');
    return { kind: 'value', value: BigInt.asUintN(64, value), known: (1n << 64n) - 1n };
  } catch (error) {
    if (error instanceof UnavailableError) return unavailable(error.message);
    if (error instanceof SymbolError) {
      image.onError(error);
      return unavailable('the description of the call is damaged in the file');
    }
    throw error;
  }
}

function unavailable(reason: string): Place {
  return { kind: 'unavailable', reason };
}

/** The place of a parameter on entry, as descriptions of calls name it; undefined when the compiler left it out. */
function passedIn(image: Image, scope: Scope, name: string): Uint8Array | 'several places' | undefined {
  for (const { unit, entry } of variableEntries(image, scope)) {
    if (entry.tag !== DW_TAG.formal_parameter || nameOf(image, unit, entry) !== name) continue;
    const location = entry.get(DW_AT.location);
    const bytes = location && expressionOnEntry(unit, location, scope.start);
    if (bytes === undefined || bytes.length === 0) return undefined;
    return isRegister(bytes) ? bytes : (onStack(image, scope, bytes) ?? 'several places');
  }
  return undefined;
}

function isRegister([operation = 0, ...operands]: Uint8Array): boolean {
  const isNamed = operation >= DW_OP.reg0 && operation <= DW_OP.reg31 && operands.length === 0;
  return isNamed || (operation === DW_OP.regx && isOneLeb128(operands));
}

/** What a function finds at the stack pointer it was called with it counts from its frame's address, its caller from that. */
function onStack(image: Image, { unit, entry }: Scope, [operation = 0, ...offset]: Uint8Array): Uint8Array | undefined {
  const base = [...originsOf(image.info, unit, entry)].map((one) => one.entry.get(DW_AT.frame_base)).find(Boolean);
  const isAtFrameAddress = base?.kind === 'block' && base.bytes.length === 1 && base.bytes[0] === DW_OP.call_frame_cfa;
  if (!isAtFrameAddress || operation !== DW_OP.fbreg || !isOneLeb128(offset)) return undefined;
  return Uint8Array.of(DW_OP.breg0 + Register.stackPointer, ...offset);
}

function isOneLeb128(bytes: readonly number[]): boolean {
  return bytes.length > 0 && bytes.every((byte, at) => ((byte & 0x80) !== 0) === at < bytes.length - 1);
}

/** DWARF 5, section 7.7.1. */
const DW_OP = { reg0: 0x50, reg31: 0x6f, breg0: 0x70, regx: 0x90, fbreg: 0x91, call_frame_cfa: 0x9c } as const;
