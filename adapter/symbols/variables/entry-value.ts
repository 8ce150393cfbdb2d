import { toAddress } from '../address.ts';
import type { CallSite } from '../dwarf/call-sites.ts';
import { baseTypeAt } from '../dwarf/base-type.ts';
import { DW_AT } from '../dwarf/constants.ts';
import type { Entry } from '../dwarf/entry.ts';
import { evaluateValue, type ExpressionContext } from '../dwarf/expression.ts';
import { UnavailableError } from '../dwarf/unavailable-error.ts';
import { indexedAddress } from '../dwarf/location-list.ts';
import { functionOf, originsOf, type Scope } from '../dwarf/scope.ts';
import type { Unit } from '../dwarf/unit.ts';
import type { Frame } from '../frames/unwind.ts';
import type { Image } from '../image.ts';
import { childrenOf } from '../types/type-reader.ts';
import { frameBase } from './frame-base.ts';

/** What a caller passed: by the place that it was passed in, or by the entry in .debug_info of the parameter itself. */
export type Passed =
  { readonly kind: 'location'; readonly bytes: Uint8Array } | { readonly kind: 'parameter'; readonly offset: number };

/** The parameter that DW_OP_GNU_parameter_ref names by its offset in a unit. */
export function parameterAt(unit: Unit, offset: number): Passed {
  return { kind: 'parameter', offset: unit.header.unitOffset + offset };
}

/** Callers' values may themselves be those on entry to the caller, and so on outward. */
const DEEPEST = 16;

/**
 * The value that a place had on entry to a frame's function: what the caller's description of the call says was passed
 * in it. Undefined when the caller does not say, or described a call of another function, which then left its own
 * frame to this one (a tail call) that cannot be told, and when the function may have called itself so.
 */
export function entryValue(
  program: { readonly image: Image; readonly bias: bigint },
  frame: Frame,
  callee: Scope,
  passed: Passed,
  depth = 0,
): bigint | undefined {
  const { image, bias } = program;
  const { caller } = frame;
  if (caller === undefined || depth > DEEPEST) return undefined;
  const scope = image.scopeAt(toAddress(caller.lookupAddress - bias));
  if (scope === undefined) return undefined;
  const calling = functionOf(scope);
  const site = image.callSites.returningTo(calling, toAddress(caller.pc - bias));
  if (site === undefined) return undefined;
  const context: ExpressionContext = {
    readRegister: (register) => caller.readRegister(register),
    readMemory: (address, length) => caller.readMemory(address, length),
    canonicalFrameAddress: () => caller.canonicalFrameAddress,
    frameBase: () => frameBase(calling, caller, bias),
    addressAt: (index) => indexedAddress(site.unit, index),
    baseType: (offset) => baseTypeAt(site.unit, offset),
    bias,
    entryValue: (bytes) => entryValue(program, caller, calling, { kind: 'location', bytes }, depth + 1),
    parameterOnEntry: (offset) => entryValue(program, caller, calling, parameterAt(calling.unit, offset), depth + 1),
  };
  if (!isCallOf(image, bias, site, callee, context) || image.tailCalls.mayComeBackTo(callee.start)) return undefined;
  for (const parameter of childrenOf(site.unit, site.entry)) {
    if (!tellsOf(parameter, passed)) continue;
    const value = parameter.get(DW_AT.call_value) ?? parameter.get(DW_AT.GNU_call_site_value);
    return value?.kind === 'block' ? evaluateValue(value.bytes, context) : undefined;
  }
  return undefined;
}

/** What a register held on entry to a frame's function; undefined when its caller does not say. */
export function registerOnEntry(
  program: { readonly image: Image; readonly bias: bigint },
  frame: Frame,
  register: number,
): bigint | undefined {
  const scope = program.image.scopeAt(toAddress(frame.lookupAddress - program.bias));
  if (scope === undefined || register >= NAMED_REGISTERS) return undefined;
  const bytes = Uint8Array.of(DW_OP_reg0 + register);
  try {
    return entryValue(program, frame, functionOf(scope), { kind: 'location', bytes });
  } catch (error) {
    if (error instanceof UnavailableError) return undefined;
    throw error;
  }
}

/** DW_OP_reg0 to DW_OP_reg31 name a register by themselves (DWARF 5, section 2.6.1.1.3). */
const DW_OP_reg0 = 0x50;
const NAMED_REGISTERS = 32;
/** Others are operands in LEB128. */
const DW_OP_regx = 0x90;
const DW_OP_regval_type = 0xa5;
const DW_OP_GNU_regval_type = 0xf5;

/** Whether a call site's parameter (DW_TAG_call_site_parameter) is what was passed so. */
function tellsOf(parameter: Entry, passed: Passed): boolean {
  if (passed.kind === 'location') {
    const location = parameter.get(DW_AT.location);
    return location?.kind === 'block' && isSame(location.bytes, placeIn(passed.bytes));
  }
  const named = parameter.get(DW_AT.call_parameter) ?? parameter.get(DW_AT.abstract_origin);
  return named?.kind === 'reference' && named.offset === passed.offset;
}

/** The place that an expression is about: of a register's content, with a type or without, the register. */
function placeIn(expression: Uint8Array): Uint8Array {
  const [operation, register = 0] = expression;
  if (operation !== DW_OP_regval_type && operation !== DW_OP_GNU_regval_type) return expression;
  if (register < NAMED_REGISTERS) return Uint8Array.of(DW_OP_reg0 + register);
  return register < 0x80 ? Uint8Array.of(DW_OP_regx, register) : expression;
}

/** Whether a call went to this function: by the entry or the name it calls, or by the address that it computes. */
function isCallOf(image: Image, bias: bigint, site: CallSite, callee: Scope, context: ExpressionContext): boolean {
  const origin = site.entry.get(DW_AT.call_origin) ?? site.entry.get(DW_AT.abstract_origin);
  if (origin?.kind === 'reference') {
    for (const { entry } of originsOf(image.info, callee.unit, callee.entry)) {
      if (entry.offset === origin.offset) return true;
    }
    const called = image.info.entryAt(origin.offset);
    const name = nameIn(image, called.unit, called.entry);
    if (name === undefined) return false;
    // A function may be called by another name than it was defined by: an alias.
    const isAlias = (): boolean => image.symbols.named(name).some(({ address }) => address === callee.start);
    return name === nameIn(image, callee.unit, callee.entry) || isAlias();
  }
  const target = site.entry.get(DW_AT.call_target) ?? site.entry.get(DW_AT.GNU_call_site_target);
  if (target?.kind !== 'block') return false;
  try {
    return toAddress(evaluateValue(target.bytes, context) - bias) === callee.start;
  } catch (error) {
    if (error instanceof UnavailableError) return false;
    throw error;
  }
}

function nameIn(image: Image, unit: Unit, entry: Entry): string | undefined {
  for (const origin of originsOf(image.info, unit, entry)) {
    const name = origin.unit.string(origin.entry.get(DW_AT.name));
    if (name !== undefined) return name;
  }
  return undefined;
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, at) => byte === right[at]);
}
