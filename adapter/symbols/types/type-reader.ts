import { toNumber, toSigned, type AttributeValue } from '../dwarf/attribute-value.ts';
import { DW_AT, DW_TAG } from '../dwarf/constants.ts';
import type { DebugInfo } from '../dwarf/debug-info.ts';
import type { Entry } from '../dwarf/entry.ts';
import { evaluateValue } from '../dwarf/expression.ts';
import { UnavailableError } from '../dwarf/unavailable-error.ts';
import type { Unit } from '../dwarf/unit.ts';
import { recover, type SymbolError } from '../symbol-error.ts';
import {
  sizeOf,
  type BaseType,
  type ElementCount,
  type Encoding,
  type Enumerator,
  type FunctionType,
  type Member,
  type StructureType,
  type Type,
  type Variant,
  type VariantPart,
} from './type.ts';
import { typePathsOf } from './type-paths.ts';

const VOID: Type = { kind: 'void' };
const POINTER_SIZE = 8;

/** Reads types from .debug_info when they are asked for; each one once. */
export class TypeReader {
  private readonly known = new Map<number, Type>();
  private readonly paths = new Map<Unit, ReadonlyMap<number, string>>();

  constructor(
    private readonly info: DebugInfo,
    private readonly onError: (error: SymbolError) => void,
  ) {}

  /** The type that an entry's DW_AT_type names; void when it names none. */
  typeOf(unit: Unit, entry: Entry): Type {
    const reference = entry.get(DW_AT.type);
    return reference === undefined ? VOID : this.resolve(unit, reference);
  }

  /** The type that an entry is. */
  typeAt(unit: Unit, entry: Entry): Type {
    const known = this.known.get(entry.offset);
    if (known !== undefined) return known;
    const type = this.read(unit, entry);
    this.known.set(entry.offset, type);
    return type;
  }

  private resolve(unit: Unit, reference: AttributeValue): Type {
    if (reference.kind !== 'reference') return { kind: 'unknown', name: 'a type of another file', size: undefined };
    const known = this.known.get(reference.offset);
    if (known !== undefined) return known;
    const { unitOffset, end } = unit.header;
    const isHere = reference.offset > unitOffset && reference.offset < end;
    const type = recover(
      () => {
        const target = isHere ? { unit, entry: unit.entryAt(reference.offset) } : this.info.entryAt(reference.offset);
        return this.read(target.unit, target.entry);
      },
      { kind: 'unknown', name: 'a damaged type', size: undefined },
      this.onError,
    );
    this.known.set(reference.offset, type);
    return type;
  }

  private read(unit: Unit, entry: Entry): Type {
    // A declaration whose definition is in a type unit.
    const definition = entry.get(DW_AT.signature);
    if (definition?.kind === 'reference') return this.resolve(unit, definition);
    const name = unit.string(entry.get(DW_AT.name));
    const size = sizeIn(entry, DW_AT.byte_size);
    const target = once(() => this.typeOf(unit, entry));
    switch (entry.tag) {
      case DW_TAG.base_type:
        return readBaseType(entry, shortName(name ?? ''), size ?? 0);
      case DW_TAG.unspecified_type:
        return { kind: 'unknown', name: name ?? 'unspecified', size };
      case DW_TAG.pointer_type:
        return {
          kind: 'pointer',
          sign: '*',
          size: size ?? POINTER_SIZE,
          target,
          ...(unit.isRust ? { name, isRust: true } : {}),
        };
      case DW_TAG.reference_type:
        return { kind: 'pointer', sign: '&', size: size ?? POINTER_SIZE, target };
      case DW_TAG.rvalue_reference_type:
        return { kind: 'pointer', sign: '&&', size: size ?? POINTER_SIZE, target };
      case DW_TAG.typedef:
        return { kind: 'typedef', name: this.withPath(unit, entry, name) ?? '', target };
      case DW_TAG.const_type:
        return { kind: 'qualified', qualifier: 'const', target };
      case DW_TAG.volatile_type:
        return { kind: 'qualified', qualifier: 'volatile', target };
      case DW_TAG.restrict_type:
        return { kind: 'qualified', qualifier: 'restrict', target };
      case DW_TAG.atomic_type:
        return { kind: 'qualified', qualifier: '_Atomic', target };
      case DW_TAG.structure_type:
        return this.readStructure(unit, entry, 'struct', name, size);
      case DW_TAG.union_type:
        return this.readStructure(unit, entry, 'union', name, size);
      case DW_TAG.class_type:
        return this.readStructure(unit, entry, 'class', name, size);
      case DW_TAG.enumeration_type:
        return this.readEnumeration(unit, entry, name, size);
      case DW_TAG.array_type:
        return this.readArray(unit, entry);
      case DW_TAG.subroutine_type:
      case DW_TAG.subprogram:
        return this.readFunction(unit, entry);
      default:
        return { kind: 'unknown', name: name ?? `a type of tag 0x${entry.tag.toString(16)}`, size };
    }
  }

  /** A name with the namespaces that it stands in; of C, which has none, the name. */
  private withPath(unit: Unit, { offset }: Entry, name: string | undefined): string | undefined {
    if (name === undefined || unit.isC) return name;
    let paths = this.paths.get(unit);
    if (paths === undefined) {
      paths = recover(() => typePathsOf(unit), new Map<number, string>(), this.onError);
      this.paths.set(unit, paths);
    }
    return (paths.get(offset) ?? '') + name;
  }

  private readStructure(
    unit: Unit,
    entry: Entry,
    keyword: StructureType['keyword'],
    name: string | undefined,
    size: number | undefined,
  ): Type {
    const members = once(() => {
      const found: Member[] = [];
      for (const child of childrenOf(unit, entry)) {
        if (child.tag === DW_TAG.member || child.tag === DW_TAG.inheritance) found.push(this.readMember(unit, child));
      }
      // A static member of a class is a variable elsewhere.
      return found.filter(({ bitOffset }) => !Number.isNaN(bitOffset));
    });
    const shown = name !== undefined && unit.isC ? `${keyword} ${name}` : this.withPath(unit, entry, name);
    return {
      kind: 'structure',
      name: shown,
      keyword,
      size: entry.has(DW_AT.declaration) ? undefined : (size ?? 0),
      members: () => recover(members, [], this.onError),
      ...(unit.isC
        ? {}
        : { variants: once(() => recover(() => this.readVariants(unit, entry), undefined, this.onError)) }),
    };
  }

  private readVariants(unit: Unit, entry: Entry): VariantPart | undefined {
    const part = [...childrenOf(unit, entry)].find(({ tag }) => tag === DW_TAG.variant_part);
    if (part === undefined) return undefined;
    const reference = part.get(DW_AT.discr);
    let discriminant: Member | undefined;
    const variants: Variant[] = [];
    for (const child of childrenOf(unit, part)) {
      if (reference?.kind === 'reference' && child.offset === reference.offset) {
        discriminant = this.readMember(unit, child);
      } else if (child.tag === DW_TAG.variant) {
        const value = child.get(DW_AT.discr_value);
        const members = [...childrenOf(unit, child)].filter(({ tag }) => tag === DW_TAG.member);
        variants.push({
          value: value?.kind === 'constant' ? value.value : undefined,
          members: members.map((member) => this.readMember(unit, member)),
        });
      }
    }
    const bits = BigInt((discriminant && sizeOf(discriminant.type)) ?? 8) * 8n;
    const unsigned = variants.map(({ value, members }) => ({
      value: value === undefined ? undefined : BigInt.asUintN(Number(bits), value),
      members,
    }));
    return { discriminant, variants: unsigned };
  }

  private readMember(unit: Unit, entry: Entry): Member {
    const type = this.typeOf(unit, entry);
    const name = unit.string(entry.get(DW_AT.name));
    const bitSize = sizeIn(entry, DW_AT.bit_size);
    const isStatic = entry.has(DW_AT.external) || entry.has(DW_AT.declaration);
    const byteOffset = isStatic ? Number.NaN : memberOffset(entry);
    const named = name ?? (entry.tag === DW_TAG.inheritance ? 'base' : undefined);
    return { name: named, type, bitOffset: bitOffset(entry, byteOffset, bitSize), bitSize };
  }

  private readEnumeration(unit: Unit, entry: Entry, name: string | undefined, size: number | undefined): Type {
    const underlying = this.typeOf(unit, entry);
    const enumerators = once(() => {
      const found: Enumerator[] = [];
      for (const child of childrenOf(unit, entry)) {
        if (child.tag !== DW_TAG.enumerator) continue;
        // A negative one comes in a form that has a sign.
        const constant = child.get(DW_AT.const_value);
        const value = constant?.kind === 'constant' ? constant.value : undefined;
        const text = unit.string(child.get(DW_AT.name));
        if (value !== undefined && text !== undefined) found.push({ name: text, value });
      }
      return found;
    });
    const isSigned = underlying.kind === 'base' ? underlying.isSigned : false;
    const shown = name !== undefined && unit.isC ? `enum ${name}` : this.withPath(unit, entry, name);
    const read = (): readonly Enumerator[] => recover(enumerators, [], this.onError);
    return { kind: 'enumeration', name: shown, size: size ?? 4, isSigned, enumerators: read };
  }

  /** Several dimensions become arrays of arrays, the first one outermost. */
  private readArray(unit: Unit, entry: Entry): Type {
    const counts: ElementCount[] = [];
    for (const child of childrenOf(unit, entry)) {
      if (child.tag === DW_TAG.subrange_type) counts.push(elementCount(unit, child));
      else if (child.tag === DW_TAG.enumeration_type) counts.push({ kind: 'unknown' });
    }
    if (counts.length === 0) counts.push({ kind: 'unknown' });
    const language = unit.isRust ? { isRust: true as const } : {};
    return counts.reduceRight<Type>(
      (element, count) => ({ kind: 'array', element, count, ...language }),
      this.typeOf(unit, entry),
    );
  }

  private readFunction(unit: Unit, entry: Entry): FunctionType {
    const children = once(() => [...childrenOf(unit, entry)]);
    const parameters = once(() =>
      children()
        .filter(({ tag }) => tag === DW_TAG.formal_parameter)
        .map((child) => this.typeOf(unit, child)),
    );
    return {
      kind: 'function',
      result: once(() => this.typeOf(unit, entry)),
      parameters: () => recover(parameters, [], this.onError),
      isVariadic: recover(children, [], this.onError).some(({ tag }) => tag === DW_TAG.unspecified_parameters),
      isPrototyped: entry.has(DW_AT.prototyped) || !unit.isC,
      ...(unit.isRust ? { isRust: true as const } : {}),
    };
  }
}

/** The direct children of an entry, in the order of the file. */
export function* childrenOf(unit: Unit, parent: Entry): Generator<Entry> {
  if (!parent.hasChildren || parent.end >= unit.header.end) return;
  const reader = unit.reader(parent.end);
  while (reader.advance()) {
    if (reader.abbreviation === undefined) return;
    const child = reader.read();
    yield child;
    reader.skipChildren(child);
  }
}

function readBaseType(entry: Entry, name: string, size: number): BaseType {
  const [encoding, isSigned] = ENCODINGS.get(toNumber(entry.get(DW_AT.encoding)) ?? 0) ?? ['other', false];
  return { kind: 'base', name, size, encoding, isSigned };
}

/** GCC writes out what C's people leave out: `long unsigned int`. */
function shortName(name: string): string {
  return SHORT_NAMES.get(name) ?? name;
}

const SHORT_NAMES: ReadonlyMap<string, string> = new Map([
  ['short int', 'short'],
  ['short unsigned int', 'unsigned short'],
  ['long int', 'long'],
  ['long unsigned int', 'unsigned long'],
  ['long long int', 'long long'],
  ['long long unsigned int', 'unsigned long long'],
]);

/** By DW_ATE. */
const ENCODINGS: ReadonlyMap<number, readonly [Encoding, boolean]> = new Map<number, readonly [Encoding, boolean]>([
  [0x01, ['address', false]],
  [0x02, ['boolean', false]],
  [0x04, ['float', true]],
  [0x05, ['signed', true]],
  [0x06, ['character', true]],
  [0x07, ['unsigned', false]],
  [0x08, ['character', false]],
  [0x10, ['character', false]],
]);

/** A size, unless a damaged file makes it negative. */
function sizeIn(entry: Entry, attribute: number): number | undefined {
  const size = toNumber(entry.get(attribute));
  return size !== undefined && size >= 0 ? size : undefined;
}

/** Bytes from the start of the structure; DWARF 2 gave an expression that adds them to its address. */
function memberOffset(entry: Entry): number {
  const location = entry.get(DW_AT.data_member_location);
  if (location?.kind !== 'block') return toNumber(location) ?? 0;
  const none = { readRegister: () => undefined, readMemory: () => undefined };
  try {
    return Number(evaluateValue(location.bytes, none, [0n]));
  } catch (error) {
    if (error instanceof UnavailableError) return Number.NaN;
    throw error;
  }
}

/** Of a bit-field DWARF 4 and 5 count from the lowest bit; before, from the highest of a storage unit. */
function bitOffset(entry: Entry, byteOffset: number, bitSize: number | undefined): number {
  const fromLowest = toNumber(entry.get(DW_AT.data_bit_offset));
  // What is no bit-field begins with a byte, whatever a damaged file says.
  if (fromLowest !== undefined) return bitSize === undefined ? fromLowest - (fromLowest % 8) : fromLowest;
  const fromHighest = toNumber(entry.get(DW_AT.bit_offset));
  const storage = sizeIn(entry, DW_AT.byte_size);
  if (fromHighest === undefined || storage === undefined || bitSize === undefined) return byteOffset * 8;
  return byteOffset * 8 + storage * 8 - fromHighest - bitSize;
}

function elementCount(unit: Unit, subrange: Entry): ElementCount {
  const count = toNumber(subrange.get(DW_AT.count));
  if (count !== undefined) return { kind: 'fixed', count };
  const upper = subrange.get(DW_AT.upper_bound);
  if (upper === undefined) return { kind: 'unknown' };
  if (upper.kind !== 'constant') return { kind: 'computed', lastIndex: upper, unit };
  // An array of no elements has a last index of -1, which small forms are not used for: 255 in a byte is 255.
  const last = Number(upper.size === 1 || upper.size === 2 ? upper.value : toSigned(upper));
  return { kind: 'fixed', count: Math.max(0, last + 1) };
}

function once<T>(read: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => (known ??= { value: read() }).value;
}
