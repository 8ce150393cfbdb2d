import { fromAddress, toAddress } from '../address.ts';
import { DW_AT, DW_TAG } from '../dwarf/constants.ts';
import type { Unit } from '../dwarf/unit.ts';
import type { ElfSymbol } from '../elf/symbol-table.ts';
import type { Image } from '../image.ts';
import { recover } from '../symbol-error.ts';
import { childrenOf } from '../types/type-reader.ts';
import { sizeOf, strip, type Type } from '../types/type.ts';
import { Value, type ValueContext } from '../variables/value.ts';
import { globalValue } from '../variables/variables-in-scope.ts';
import { arrayOf, rustType, UNSIGNED_LONG } from './c-types.ts';
import type { TypeKeyword } from './type-table.ts';
import { UnitNames, type Declaration } from './unit-names.ts';

/** Names of a program that belong to no function, as they are seen from a place in it. What was found is remembered. */
export class ProgramNames {
  private readonly names = new Map<Unit, UnitNames>();
  private readonly mentions = new Map<string, readonly Unit[]>();
  private readonly types = new Map<string, Type | undefined>();

  constructor(private readonly image: Image) {}

  /** The type of a name, that of the unit with code at `near` (as linked) first. Undefined when there is none. */
  typeNamed(keyword: TypeKeyword, path: string, near: bigint | undefined): Type | undefined {
    const key = `${this.unitAt(near)?.header.unitOffset ?? ''} ${keyword} ${path}`;
    if (this.types.has(key)) return this.types.get(key);
    const found = this.findType(keyword, path, near);
    this.types.set(key, found);
    return found;
  }

  /** The variable, function or enumerator of a path, where there is one; `bias` moves linked addresses to loaded ones. */
  valueNamed(
    path: string,
    file: string | undefined,
    near: bigint | undefined,
    context: ValueContext,
    bias: bigint,
  ): Value | undefined {
    let declared: Type | undefined;
    for (const { unit, entry } of this.declarations(path, near, file)) {
      switch (entry.tag) {
        case DW_TAG.variable: {
          const value = globalValue(this.image, bias, unit, entry, context);
          if (value !== undefined) {
            const type = completed(value.type, this.symbolNamed(path)?.size ?? 0);
            return new Value(path, type, value.place, value.context, shown(path, file));
          }
          declared ??= this.image.types.typeOf(unit, entry);
          break;
        }
        case DW_TAG.subprogram: {
          const address = unit.address(entry.get(DW_AT.low_pc));
          if (address === undefined) break;
          const type = this.image.types.typeAt(unit, entry);
          return at(path, type, BigInt.asUintN(64, fromAddress(address) + bias), context, shown(path, file));
        }
        case DW_TAG.enumeration_type: {
          const enumerator = this.enumerator(this.image.types.typeAt(unit, entry), path, context);
          if (enumerator !== undefined) return enumerator;
          break;
        }
      }
    }
    return file === undefined ? this.symbol(path, declared, context, bias) : undefined;
  }

  /** A variable that a function keeps between its calls: `function::name`. */
  staticOf(fn: string, name: string, context: ValueContext, bias: bigint): Value | undefined {
    for (const scope of this.image.functionsNamed(fn)) {
      for (const { unit, entry } of variablesWithin(scope.unit, scope.entry.offset)) {
        if (unit.string(entry.get(DW_AT.name)) !== name || !isStatic(entry.get(DW_AT.location))) continue;
        const value = globalValue(this.image, bias, unit, entry, context);
        if (value !== undefined) return new Value(name, value.type, value.place, value.context, `${fn}::${name}`);
      }
    }
    return undefined;
  }

  /** Names that begin like this, of the unit with code at `near`. */
  startingWith(beginning: string, near: bigint | undefined): string[] {
    const unit = this.unitAt(near);
    return unit === undefined ? [] : [...this.namesOf(unit).paths()].filter((path) => path.startsWith(beginning));
  }

  private findType(keyword: TypeKeyword, path: string, near: bigint | undefined): Type | undefined {
    let declared: Type | undefined;
    for (const { unit, entry } of this.declarations(path, near, undefined)) {
      if (!isTypeFor(keyword, entry.tag, unit)) continue;
      const type = this.image.types.typeAt(unit, entry);
      if (!entry.has(DW_AT.declaration)) return type;
      declared ??= type;
    }
    return declared;
  }

  private *declarations(path: string, near: bigint | undefined, file: string | undefined): Generator<Declaration> {
    const here = this.unitAt(near);
    if (here !== undefined && isOf(here, file)) yield* this.namesOf(here).named(path);
    for (const unit of this.mentioning(path.slice(path.lastIndexOf(':') + 1))) {
      if (unit !== here && isOf(unit, file)) yield* this.namesOf(unit).named(path);
    }
    // Rust's crate is the first part of a path, and people leave it out.
    if (here === undefined || here.isC || path.includes('(')) return;
    for (const unit of [here, ...this.mentioning(path.slice(path.lastIndexOf(':') + 1))]) {
      const names = this.namesOf(unit);
      for (const full of names.paths()) if (full.endsWith(`::${path}`)) yield* names.named(full);
    }
  }

  private mentioning(name: string): readonly Unit[] {
    const known = this.mentions.get(name);
    if (known !== undefined) return known;
    const units = this.image.unitsMentioning(name);
    this.mentions.set(name, units);
    return units;
  }

  private namesOf(unit: Unit): UnitNames {
    let names = this.names.get(unit);
    if (names === undefined) {
      names = new UnitNames(this.image, unit);
      this.names.set(unit, names);
    }
    return names;
  }

  private unitAt(near: bigint | undefined): Unit | undefined {
    return near === undefined ? undefined : this.image.units.find(toAddress(near));
  }

  private enumerator(type: Type, path: string, context: ValueContext): Value | undefined {
    const bare = strip(type);
    if (bare.kind !== 'enumeration') return undefined;
    const last = path.slice(path.lastIndexOf(':') + 1);
    const found = bare.enumerators().find(({ name }) => name === last);
    if (found === undefined) return undefined;
    const bits = bare.size * 8;
    const place = {
      kind: 'value',
      value: BigInt.asUintN(bits, found.value),
      known: (1n << BigInt(bits)) - 1n,
    } as const;
    return new Value(path, type, place, context, path);
  }

  private symbolNamed(name: string): ElfSymbol | undefined {
    const named = this.image.symbols.named(name);
    const symbols = named.length === 0 && name.includes('::') ? this.image.rustSymbolsNamed(name) : named;
    return symbols.find(({ binding }) => binding === 'global') ?? symbols[0];
  }

  /** What only the symbol table knows the place of, with the type of a declaration or one that its size suggests. */
  private symbol(name: string, declared: Type | undefined, context: ValueContext, bias: bigint): Value | undefined {
    const symbol = this.symbolNamed(name);
    if (symbol === undefined) return undefined;
    const address = BigInt.asUintN(64, fromAddress(symbol.address) + bias);
    const type = declared === undefined ? typeOfSize(symbol.size) : completed(declared, symbol.size);
    return at(name, type, address, context, name);
  }
}

function at(name: string, type: Type, address: bigint, context: ValueContext, expression: string): Value {
  return new Value(name, type, { kind: 'memory', address }, context, expression);
}

function shown(path: string, file: string | undefined): string {
  return file === undefined ? path : `'${file}'::${path}`;
}

/** An object of unknown type: as many bytes as it has, or as a register has when nobody knows. */
function typeOfSize(size: number): Type {
  const unsigned = (bits: number): Type => rustType(`u${bits}`) ?? UNSIGNED_LONG;
  if (size === 0 || size === 8) return UNSIGNED_LONG;
  return size === 1 || size === 2 || size === 4 ? unsigned(size * 8) : arrayOf(unsigned(8), size);
}

/** A declared type; of an array that is declared without its length, with the one that the object's size tells. */
function completed(type: Type, size: number): Type {
  if (type.kind === 'qualified') return { ...type, target: () => completed(type.target(), size) };
  if (type.kind !== 'array' || type.count.kind !== 'unknown') return type;
  const element = sizeOf(type.element) ?? 0;
  return element > 0 && size >= element ? arrayOf(type.element, Math.floor(size / element)) : type;
}

function isTypeFor(keyword: TypeKeyword, tag: number, unit: Unit): boolean {
  switch (keyword) {
    case 'struct':
      return tag === DW_TAG.structure_type || tag === DW_TAG.class_type;
    case 'union':
      return tag === DW_TAG.union_type;
    case 'enum':
      return tag === DW_TAG.enumeration_type;
    case 'plain':
      if (tag === DW_TAG.typedef || tag === DW_TAG.base_type) return true;
      return (
        !unit.isC && (tag === DW_TAG.structure_type || tag === DW_TAG.enumeration_type || tag === DW_TAG.union_type)
      );
  }
}

/** Whether a unit was compiled from a file of this name, which may have folders before it. */
function isOf(unit: Unit, file: string | undefined): boolean {
  return file === undefined || unit.name === file || unit.name.endsWith(`/${file}`);
}

/** The variables of a function and of its blocks. */
function* variablesWithin(unit: Unit, offset: number): Generator<Declaration> {
  const entry = unit.entryAt(offset);
  for (const child of childrenOf(unit, entry)) {
    if (child.tag === DW_TAG.variable) yield { unit, entry: child };
    else if (child.tag === DW_TAG.lexical_block) yield* variablesWithin(unit, child.offset);
  }
}

const DW_OP_ADDR = 0x03;
const DW_OP_ADDRX = 0xa1;

function isStatic(location: { readonly kind: string; readonly bytes?: Uint8Array } | undefined): boolean {
  const [operation] = location?.bytes ?? [];
  return operation === DW_OP_ADDR || operation === DW_OP_ADDRX;
}

/** For callers that must not fail for a damaged file. */
export function orNothing<T>(image: Image, read: () => T | undefined): T | undefined {
  return recover(read, undefined, image.onError);
}
