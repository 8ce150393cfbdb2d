import {
  sizeOf,
  strip,
  type ArrayType,
  type BaseType,
  type Encoding,
  type EnumerationType,
  type Member,
  type PointerType,
  type StructureType,
  type Type,
  type UnknownType,
  type Variant,
} from '../types/type.ts';
import { typeName } from '../types/type-name.ts';
import { DECIMAL, limitsOf, type TextLimits, type ValueFormat } from './value-format.ts';
import { formatBase, formatEnumeration, quoteString } from './format-scalar.ts';
import { partOf, readBits, readMemoryOf, type Contents, type Place, type PlaceContext } from './place.ts';

/** What a value needs beside itself: the machine, and what only the program around it can tell. */
export interface ValueContext extends PlaceContext {
  /** The number of elements of an array whose size the program computes; undefined when it cannot be told. */
  readonly countElements: (type: ArrayType) => number | undefined;
  /** `<name+0x12>` for the address of a function or an object. */
  readonly describeAddress: (address: bigint) => string | undefined;
}

/** Where a program declares something. */
export interface Declaration {
  readonly path: string;
  /** Counts from 1. */
  readonly line: number;
}

const LARGEST_ELEMENT_COUNT = 2 ** 31;

/**
 * A variable, or a part of one, at a moment: a name, a type, a text, and parts that are read when they are asked for.
 * A part that cannot be read says why in its text; nothing here throws for the guest's state.
 */
export class Value {
  constructor(
    readonly name: string,
    readonly type: Type,
    readonly place: Place,
    readonly context: ValueContext,
    /** A C expression that names it in the scope where the variable was found. */
    readonly expression: string,
    private readonly field?: { readonly bitOffset: number; readonly bitSize: number },
    /** What it is a member of, by its own name. */
    readonly owner?: Value,
    /** Of a variable whose declaration the program knows: where that is, once it is asked for. */
    readonly declaration?: () => Declaration | undefined,
  ) {}

  /** The same by another name, which expressions know it by as well. */
  named(name: string): Value {
    return new Value(name, this.type, this.place, this.context, name, this.field, this.owner, this.declaration);
  }

  /** The address that a pointer to a function holds; undefined for any other value. */
  get functionAddress(): bigint | undefined {
    const bare = strip(this.type);
    if (bare.kind !== 'pointer' || strip(bare.target()).kind !== 'function') return undefined;
    const contents = this.read();
    return contents.kind === 'bits' && contents.value !== 0n ? contents.value : undefined;
  }

  /** As C writes it. An array whose size the program computes shows its present size. */
  get typeName(): string {
    const bare = strip(this.type);
    if (bare.kind !== 'array' || bare.count.kind !== 'computed' || bare !== this.type) return typeName(this.type);
    const count = this.elementCount(bare);
    return typeName(count === undefined ? bare : { ...bare, count: { kind: 'fixed', count } });
  }

  /** Where it is in virtual memory; undefined when it is not there, or not at a whole byte. */
  get address(): bigint | undefined {
    const { place } = this;
    return place.kind === 'memory' && place.isPhysical !== true && this.field === undefined ? place.address : undefined;
  }

  /** Where it is in physical memory, when it was asked for there. */
  get physicalAddress(): bigint | undefined {
    const { place } = this;
    return place.kind === 'memory' && place.isPhysical === true && this.field === undefined ? place.address : undefined;
  }

  /** Whether its memory reference is one behind the hart's translation. */
  get isPhysical(): boolean {
    return strip(this.type).kind !== 'pointer' && this.physicalAddress !== undefined;
  }

  /** Of a bit-field, where it is in the object that it is a member of; undefined for anything else. */
  get bitField(): { readonly bitOffset: number; readonly bitSize: number } | undefined {
    return this.field;
  }

  /** Of a bit-field; undefined for anything else. */
  get bitSize(): number | undefined {
    return this.field?.bitSize;
  }

  /** What a memory view opens at: where a pointer points, else where the value is. */
  get memoryReference(): bigint | undefined {
    const bare = strip(this.type);
    if (bare.kind !== 'pointer') return this.address ?? this.physicalAddress;
    const contents = this.read();
    return contents.kind === 'bits' && contents.value !== 0n ? contents.value : undefined;
  }

  /** Bytes; undefined when nobody knows. */
  get size(): number | undefined {
    const bare = strip(this.type);
    if (bare.kind !== 'array' || bare.count.kind !== 'computed') return sizeOf(this.type);
    const count = this.elementCount(bare);
    const element = sizeOf(bare.element);
    return count === undefined || element === undefined ? undefined : count * element;
  }

  /** The bits of a value that is no structure and no array, or why they cannot be had. */
  read(): Contents {
    const bits = this.field?.bitSize ?? (sizeOf(this.type) ?? 0) * 8;
    if (bits === 0 || bits > 128) return { kind: 'unavailable', reason: 'no scalar' };
    return readBits(this.place, this.field?.bitOffset ?? 0, bits, this.context);
  }

  /** For people, in one line; long ones end in `...`. */
  get text(): string {
    return this.textIn(DECIMAL);
  }

  /** The same with numbers in another notation. */
  textIn(format: ValueFormat): string {
    const text = this.format(0, format);
    const longest = limitsOf(format).text;
    return text.length > longest ? `${text.slice(0, longest)}...` : text;
  }

  /** How many parts it can be opened into; 0 for one that has none. */
  get childCount(): number {
    const bare = strip(this.type);
    switch (bare.kind) {
      case 'structure':
        return this.place.kind === 'unavailable' ? 0 : this.membersOf(bare).length;
      case 'array':
        return this.place.kind === 'unavailable' ? 0 : (this.elementCount(bare) ?? 0);
      case 'pointer':
        return this.targetOf(bare)?.openedCount ?? 0;
      default:
        return 0;
    }
  }

  /** The parts [start, start + count): members, elements, or what a pointer points to. */
  children(start = 0, count = Number.POSITIVE_INFINITY): Value[] {
    const bare = strip(this.type);
    const end = Math.min(this.childCount, start + count);
    switch (bare.kind) {
      case 'structure':
        return this.membersOf(bare)
          .slice(start, end)
          .map((member) => this.member(member));
      case 'array': {
        const elements: Value[] = [];
        for (let index = start; index < end; index++) elements.push(this.element(bare, index));
        return elements;
      }
      case 'pointer': {
        const target = this.targetOf(bare);
        if (target === undefined) return [];
        return strip(target.type).kind === 'structure' ? target.children(start, count) : end > start ? [target] : [];
      }
      default:
        return [];
    }
  }

  /** The member of this name, also of an anonymous structure or union within. */
  memberNamed(name: string): Value | undefined {
    const bare = strip(this.type);
    if (bare.kind === 'pointer') return this.targetOf(bare)?.memberNamed(name);
    if (bare.kind !== 'structure') return undefined;
    for (const member of this.membersOf(bare)) {
      if (member.name === name) return this.member(member);
      const inner = member.name === undefined ? this.member(member).memberNamed(name) : undefined;
      if (inner !== undefined) return inner;
    }
    return undefined;
  }

  /** What is at an address that a pointer of this type holds; `expression` names it. */
  target(type: PointerType, address: bigint, expression = `*${prefixed(this.expression)}`): Value {
    return new Value(expression, type.target(), { kind: 'memory', address }, this.context, expression);
  }

  /** An element of this array, also beyond its end. */
  elementAt(type: ArrayType, index: number): Value {
    return this.element(type, index);
  }

  private get openedCount(): number {
    const bare = strip(this.type);
    if (bare.kind === 'structure') return this.childCount;
    return bare.kind === 'void' || bare.kind === 'function' || sizeOf(this.type) === undefined ? 0 : 1;
  }

  private format(depth: number, format: ValueFormat, isInArray = false): string {
    const bare = strip(this.type);
    if (this.place.kind === 'unavailable') return `<${this.place.reason}>`;
    if (bare.kind === 'structure' || bare.kind === 'array') {
      const first = readBits(this.place, 0, this.place.kind === 'memory' ? 8 : 0, this.context);
      if (first.kind === 'unavailable') return `<${first.reason}>`;
    }
    switch (bare.kind) {
      case 'structure':
        if (bare.size === undefined) return '<incomplete type>';
        return depth > limitsOf(format).depth ? '{...}' : this.formatStructure(bare, depth, format);
      case 'array':
        return depth > limitsOf(format).depth ? '{...}' : this.formatArray(bare, depth, format);
      case 'void':
        return 'void';
      case 'function':
        return this.formatAddress(this.place.kind === 'memory' ? this.place.address : 0n);
      case 'unknown':
        return bare.size === undefined ? `<${bare.name}>` : this.formatScalar(bare, format, isInArray);
      default:
        return this.formatScalar(bare, format, isInArray);
    }
  }

  private formatScalar(
    type: BaseType | EnumerationType | PointerType | UnknownType,
    format: ValueFormat,
    isInArray: boolean,
  ): string {
    const contents = this.read();
    if (contents.kind === 'unavailable') return `<${contents.reason}>`;
    const bitSize = this.field?.bitSize ?? (type.size ?? 0) * 8;
    switch (type.kind) {
      case 'base':
        if (format.hex && isWhole(type)) return `0x${contents.value.toString(16)}`;
        // Bytes of an array that is no text are numbers.
        return formatBase(isInArray ? { ...type, encoding: numeric(type) } : type, contents.value, bitSize);
      case 'enumeration':
        return formatEnumeration(type, contents.value, bitSize);
      case 'pointer':
        return this.formatPointer(type, contents.value, limitsOf(format));
      case 'unknown':
        return `0x${contents.value.toString(16)}`;
    }
  }

  private formatStructure(type: StructureType, depth: number, format: ValueFormat): string {
    const members = this.membersOf(type);
    const variant = this.variantOf(type);
    if (variant !== undefined) return this.formatVariant(variant, depth, format);
    const isTuple = members.length > 0 && members.every((member) => TUPLE_FIELD.test(member.name ?? ''));
    const parts: string[] = [];
    const longest = limitsOf(format).text;
    let length = 0;
    for (const member of members) {
      if (length > longest) {
        parts.push('...');
        break;
      }
      const value = this.member(member).format(depth + 1, format);
      const part = member.name === undefined || isTuple ? value : `${member.name} = ${value}`;
      length += part.length;
      parts.push(part);
    }
    return isTuple ? `(${parts.join(', ')})` : `{${parts.join(', ')}}`;
  }

  /** As Rust writes it: `None`, `Some(5)`, `Circle{radius = 2}`. */
  private formatVariant({ members }: Variant, depth: number, format: ValueFormat): string {
    const [content] = members;
    if (content === undefined) return '<no variant>';
    const inner = strip(content.type);
    const isEmpty = inner.kind === 'structure' && inner.members().length === 0;
    return `${content.name ?? ''}${isEmpty ? '' : this.member(content).format(depth + 1, format)}`;
  }

  /** The members that an object has: of a Rust enum those of the variant that it is. */
  private membersOf(type: StructureType): readonly Member[] {
    const variant = this.variantOf(type);
    return variant === undefined ? type.members() : [...type.members(), ...variant.members];
  }

  private variantOf({ variants }: StructureType): Variant | undefined {
    const part = variants?.();
    if (part === undefined) return undefined;
    const { discriminant } = part;
    const contents = discriminant === undefined ? undefined : this.member(discriminant).read();
    const value = contents?.kind === 'bits' ? contents.value : undefined;
    const exact = part.variants.find((one) => one.value !== undefined && one.value === value);
    return exact ?? part.variants.find((one) => one.value === undefined);
  }

  private formatArray(type: ArrayType, depth: number, format: ValueFormat): string {
    const count = this.elementCount(type);
    if (count === undefined) return '<of unknown size>';
    const limits = limitsOf(format);
    const text = isText(type.element) ? this.readText(count, limits) : undefined;
    if (text !== undefined) return text;
    const parts: string[] = [];
    let length = 0;
    for (let index = 0; index < count; index++) {
      if (index >= limits.elements || length > limits.text) {
        parts.push('...');
        break;
      }
      const part = this.element(type, index).format(depth + 1, format, true);
      length += part.length;
      parts.push(part);
    }
    return `{${parts.join(', ')}}`;
  }

  /** The string in an array of characters, up to its zero; undefined when it cannot be read. */
  private readText(count: number, { string: longest }: TextLimits): string | undefined {
    if (this.place.kind === 'value') {
      const bits = readBits(this.place, 0, Math.min(count, longest) * 8, this.context);
      if (bits.kind === 'unavailable') return undefined;
      const bytes = bytesOf(bits.value, Math.min(count, longest));
      const terminator = bytes.indexOf(0);
      return quoteString(terminator < 0 ? bytes : bytes.subarray(0, terminator));
    }
    if (this.place.kind !== 'memory') return undefined;
    return readString(
      (address, length) => readMemoryOf(this.place, this.context, address, length),
      this.place.address,
      Math.min(count, longest),
      count > longest,
    );
  }

  private formatPointer(type: PointerType, value: bigint, { string: longest }: TextLimits): string {
    const address = this.formatAddress(value);
    const text =
      value !== 0n && isText(type.target())
        ? readString((at, length) => this.context.readMemory(at, length), value, longest, true)
        : undefined;
    return text === undefined ? address : `${address} ${text}`;
  }

  private formatAddress(address: bigint): string {
    const description = address === 0n ? undefined : this.context.describeAddress(address);
    return `0x${address.toString(16)}${description === undefined ? '' : ` ${description}`}`;
  }

  /** What this pointer points to; empty when it is none, is null or cannot be read. */
  pointee(): readonly Value[] {
    const bare = strip(this.type);
    const target = bare.kind === 'pointer' ? this.targetOf(bare) : undefined;
    return target === undefined ? [] : [target];
  }

  private targetOf(type: PointerType): Value | undefined {
    const contents = this.read();
    if (contents.kind === 'unavailable' || contents.value === 0n) return undefined;
    const place: Place = { kind: 'memory', address: contents.value };
    return new Value(`*${this.name}`, type.target(), place, this.context, `*${prefixed(this.expression)}`);
  }

  private member({ name, type, bitOffset, bitSize }: Member): Value {
    const expression = name === undefined ? this.expression : memberExpression(this.expression, name);
    const shown = name ?? `<anonymous ${typeName(type)}>`;
    if (bitSize !== undefined) {
      return new Value(shown, type, this.place, this.context, expression, { bitOffset, bitSize }, this);
    }
    return new Value(shown, type, partOf(this.place, bitOffset / 8), this.context, expression, undefined, this);
  }

  private element({ element }: ArrayType, index: number): Value {
    const place = partOf(this.place, index * (sizeOf(element) ?? 0));
    return new Value(`[${index}]`, element, place, this.context, `${operand(this.expression)}[${index}]`);
  }

  private elementCount(type: ArrayType): number | undefined {
    const { count } = type;
    if (count.kind === 'unknown') return undefined;
    const elements = count.kind === 'fixed' ? count.count : this.context.countElements(type);
    return elements !== undefined && elements >= 0 && elements <= LARGEST_ELEMENT_COUNT ? elements : undefined;
  }
}

/** How compilers of Rust call the parts of tuples. */
const TUPLE_FIELD = /^__\d+$/;

/** `p->name` for a member of what p points to, else `s.name`. */
function memberExpression(expression: string, name: string): string {
  return expression.startsWith('*') ? `${operand(expression.slice(1))}->${name}` : `${expression}.${name}`;
}

/** An expression before a postfix operator. */
function operand(expression: string): string {
  return expression.startsWith('*') ? `(${expression})` : expression;
}

/** An expression behind a prefix operator. */
function prefixed(expression: string): string {
  return /^\(.*\)$|^[^ ]+$/.test(expression) ? expression : `(${expression})`;
}

function numeric({ encoding, isSigned }: BaseType): Encoding {
  return encoding === 'character' ? (isSigned ? 'signed' : 'unsigned') : encoding;
}

/** Whether values are integers, which may be shown in hexadecimal. */
function isWhole({ encoding }: BaseType): boolean {
  return encoding === 'signed' || encoding === 'unsigned' || encoding === 'character' || encoding === 'other';
}

/** Whether an array of this is a text to people: `char`, but not `unsigned char`, which holds bytes. */
function isText(type: Type): boolean {
  const bare = strip(type);
  return bare.kind === 'base' && bare.encoding === 'character' && bare.size === 1 && bare.name === 'char';
}

/** Undefined when any byte cannot be read. */
type MemoryReader = (address: bigint, length: number) => Uint8Array | undefined;

function bytesOf(bits: bigint, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => Number((bits >> BigInt(at * 8)) & 0xffn));
}

/** A string at an address, quoted; `mayGoOn` when it need not end within `length` bytes. */
function readString(read: MemoryReader, address: bigint, length: number, mayGoOn: boolean): string | undefined {
  const bytes = readUpTo(read, address, length);
  if (bytes.length === 0 && length > 0) return undefined;
  const terminator = bytes.indexOf(0);
  if (terminator >= 0) return quoteString(bytes.subarray(0, terminator));
  return quoteString(bytes) + (mayGoOn ? '...' : '');
}

/** As many bytes as can be read: the string may end just before memory that is not there. */
function readUpTo(read: MemoryReader, address: bigint, length: number): Uint8Array {
  const whole = read(address, length);
  if (whole !== undefined) return whole;
  const bytes: number[] = [];
  for (let at = 0; at < length; at++) {
    const byte = read(BigInt.asUintN(64, address + BigInt(at)), 1)?.[0];
    if (byte === undefined) break;
    bytes.push(byte);
    if (byte === 0) break;
  }
  return Uint8Array.from(bytes);
}
