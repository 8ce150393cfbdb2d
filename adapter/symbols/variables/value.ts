import type { UnwindContext } from '../frames/unwind.ts';
import {
  sizeOf,
  strip,
  type ArrayType,
  type BaseType,
  type Encoding,
  type EnumerationType,
  type Member,
  type PointerType,
  type Type,
  type UnknownType,
} from '../types/type.ts';
import { typeName } from '../types/type-name.ts';
import { formatBase, formatEnumeration, quoteString } from './format-scalar.ts';
import { partOf, readBits, type Contents, type Place } from './place.ts';

/** What a value needs beside itself: the machine, and what only the program around it can tell. */
export interface ValueContext extends UnwindContext {
  /** The number of elements of an array whose size the program computes; undefined when it cannot be told. */
  readonly countElements: (type: ArrayType) => number | undefined;
  /** `<name+0x12>` for the address of a function or an object. */
  readonly describeAddress: (address: bigint) => string | undefined;
}

/** Characters of a value's text, after which it is cut short. */
const LONGEST_TEXT = 400;
/** Bytes of a string that are shown. */
const LONGEST_STRING = 200;
/** A page of children, and what a text lists of an array. */
const MOST_LISTED = 64;
const DEEPEST_TEXT = 6;
const LARGEST_ELEMENT_COUNT = 2 ** 31;

/**
 * A variable, or a part of one, at a moment: a name, a type, a text, and parts that are read when they are asked for.
 * A part that cannot be read says why in its text; nothing here throws for the guest's state.
 */
export class Value {
  constructor(
    readonly name: string,
    readonly type: Type,
    private readonly place: Place,
    private readonly context: ValueContext,
    /** A C expression that names it in the scope where the variable was found. */
    readonly expression: string,
    private readonly field?: { readonly bitOffset: number; readonly bitSize: number },
  ) {}

  /** As C writes it. An array whose size the program computes shows its present size. */
  get typeName(): string {
    const bare = strip(this.type);
    if (bare.kind !== 'array' || bare.count.kind !== 'computed' || bare !== this.type) return typeName(this.type);
    const count = this.elementCount(bare);
    return typeName(count === undefined ? bare : { ...bare, count: { kind: 'fixed', count } });
  }

  /** Where it is in memory; undefined when it is not there, or not at a whole byte. */
  get address(): bigint | undefined {
    return this.place.kind === 'memory' && this.field === undefined ? this.place.address : undefined;
  }

  /** What a memory view opens at: where a pointer points, else where the value is. */
  get memoryReference(): bigint | undefined {
    const bare = strip(this.type);
    if (bare.kind !== 'pointer') return this.address;
    const contents = this.read();
    return contents.kind === 'bits' && contents.value !== 0n ? contents.value : undefined;
  }

  /** Bytes; undefined when nobody knows. */
  get size(): number | undefined {
    return sizeOf(this.type);
  }

  /** The bits of a value that is no structure and no array, or why they cannot be had. */
  read(): Contents {
    const bits = this.field?.bitSize ?? (sizeOf(this.type) ?? 0) * 8;
    if (bits === 0 || bits > 128) return { kind: 'unavailable', reason: 'no scalar' };
    return readBits(this.place, this.field?.bitOffset ?? 0, bits, this.context);
  }

  /** For people, in one line; long ones end in `...`. */
  get text(): string {
    const text = this.format(0);
    return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}...` : text;
  }

  /** How many parts it can be opened into; 0 for one that has none. */
  get childCount(): number {
    const bare = strip(this.type);
    switch (bare.kind) {
      case 'structure':
        return this.place.kind === 'unavailable' ? 0 : bare.members().length;
      case 'array':
        return this.place.kind === 'unavailable' ? 0 : (this.elementCount(bare) ?? 0);
      case 'pointer':
        return this.pointee(bare)?.openedCount ?? 0;
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
        return bare
          .members()
          .slice(start, end)
          .map((member) => this.member(member));
      case 'array': {
        const elements: Value[] = [];
        for (let index = start; index < end; index++) elements.push(this.element(bare, index));
        return elements;
      }
      case 'pointer': {
        const target = this.pointee(bare);
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
    if (bare.kind === 'pointer') return this.pointee(bare)?.memberNamed(name);
    if (bare.kind !== 'structure') return undefined;
    for (const member of bare.members()) {
      if (member.name === name) return this.member(member);
      const inner = member.name === undefined ? this.member(member).memberNamed(name) : undefined;
      if (inner !== undefined) return inner;
    }
    return undefined;
  }

  private get openedCount(): number {
    const bare = strip(this.type);
    if (bare.kind === 'structure') return this.childCount;
    return bare.kind === 'void' || bare.kind === 'function' || sizeOf(this.type) === undefined ? 0 : 1;
  }

  private format(depth: number, isInArray = false): string {
    const bare = strip(this.type);
    if (this.place.kind === 'unavailable') return `<${this.place.reason}>`;
    if (bare.kind === 'structure' || bare.kind === 'array') {
      const first = readBits(this.place, 0, this.place.kind === 'memory' ? 8 : 0, this.context);
      if (first.kind === 'unavailable') return `<${first.reason}>`;
    }
    switch (bare.kind) {
      case 'structure':
        if (bare.size === undefined) return '<incomplete type>';
        return depth > DEEPEST_TEXT ? '{...}' : this.formatStructure(bare.members(), depth);
      case 'array':
        return depth > DEEPEST_TEXT ? '{...}' : this.formatArray(bare, depth);
      case 'void':
        return 'void';
      case 'function':
        return this.formatAddress(this.place.kind === 'memory' ? this.place.address : 0n);
      case 'unknown':
        return bare.size === undefined ? `<${bare.name}>` : this.formatScalar(bare, isInArray);
      default:
        return this.formatScalar(bare, isInArray);
    }
  }

  private formatScalar(type: BaseType | EnumerationType | PointerType | UnknownType, isInArray: boolean): string {
    const contents = this.read();
    if (contents.kind === 'unavailable') return `<${contents.reason}>`;
    const bitSize = this.field?.bitSize ?? (type.size ?? 0) * 8;
    switch (type.kind) {
      case 'base':
        // Bytes of an array that is no text are numbers.
        return formatBase(isInArray ? { ...type, encoding: numeric(type) } : type, contents.value, bitSize);
      case 'enumeration':
        return formatEnumeration(type, contents.value, bitSize);
      case 'pointer':
        return this.formatPointer(type, contents.value);
      case 'unknown':
        return `0x${contents.value.toString(16)}`;
    }
  }

  private formatStructure(members: readonly Member[], depth: number): string {
    const parts: string[] = [];
    let length = 0;
    for (const member of members) {
      if (length > LONGEST_TEXT) {
        parts.push('...');
        break;
      }
      const value = this.member(member).format(depth + 1);
      const part = member.name === undefined ? value : `${member.name} = ${value}`;
      length += part.length;
      parts.push(part);
    }
    return `{${parts.join(', ')}}`;
  }

  private formatArray(type: ArrayType, depth: number): string {
    const count = this.elementCount(type);
    if (count === undefined) return '<of unknown size>';
    const text = isText(type.element) ? this.readText(count) : undefined;
    if (text !== undefined) return text;
    const parts: string[] = [];
    let length = 0;
    for (let index = 0; index < count; index++) {
      if (index >= MOST_LISTED || length > LONGEST_TEXT) {
        parts.push('...');
        break;
      }
      const part = this.element(type, index).format(depth + 1, true);
      length += part.length;
      parts.push(part);
    }
    return `{${parts.join(', ')}}`;
  }

  /** The string in an array of characters, up to its zero; undefined when it cannot be read. */
  private readText(count: number): string | undefined {
    if (this.place.kind !== 'memory') return undefined;
    return readString(this.context, this.place.address, Math.min(count, LONGEST_STRING), count > LONGEST_STRING);
  }

  private formatPointer(type: PointerType, value: bigint): string {
    const target = strip(type.target());
    if (value !== 0n && isText(type.target())) {
      const text = readString(this.context, value, LONGEST_STRING, true);
      return text === undefined ? `0x${value.toString(16)}` : `0x${value.toString(16)} ${text}`;
    }
    return target.kind === 'function' ? this.formatAddress(value) : `0x${value.toString(16)}`;
  }

  private formatAddress(address: bigint): string {
    const description = address === 0n ? undefined : this.context.describeAddress(address);
    return `0x${address.toString(16)}${description === undefined ? '' : ` ${description}`}`;
  }

  private pointee(type: PointerType): Value | undefined {
    const contents = this.read();
    if (contents.kind === 'unavailable' || contents.value === 0n) return undefined;
    const place: Place = { kind: 'memory', address: contents.value };
    return new Value(`*${this.name}`, type.target(), place, this.context, `*${this.expression}`);
  }

  private member({ name, type, bitOffset, bitSize }: Member): Value {
    const expression = name === undefined ? this.expression : memberExpression(this.expression, name);
    const shown = name ?? `<anonymous ${typeName(type)}>`;
    if (bitSize !== undefined) {
      return new Value(shown, type, this.place, this.context, expression, { bitOffset, bitSize });
    }
    return new Value(shown, type, partOf(this.place, bitOffset / 8), this.context, expression);
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

/** `p->name` for a member of what p points to, else `s.name`. */
function memberExpression(expression: string, name: string): string {
  return expression.startsWith('*') ? `${operand(expression.slice(1))}->${name}` : `${expression}.${name}`;
}

/** An expression before a postfix operator. */
function operand(expression: string): string {
  return expression.startsWith('*') ? `(${expression})` : expression;
}

function numeric({ encoding, isSigned }: BaseType): Encoding {
  return encoding === 'character' ? (isSigned ? 'signed' : 'unsigned') : encoding;
}

/** Whether an array of this is a text to people: `char`, but not `unsigned char`, which holds bytes. */
function isText(type: Type): boolean {
  const bare = strip(type);
  return bare.kind === 'base' && bare.encoding === 'character' && bare.size === 1 && bare.name === 'char';
}

/** A string at an address, quoted; `mayGoOn` when it need not end within `length` bytes. */
function readString(context: UnwindContext, address: bigint, length: number, mayGoOn: boolean): string | undefined {
  const bytes = readUpTo(context, address, length);
  if (bytes.length === 0 && length > 0) return undefined;
  const terminator = bytes.indexOf(0);
  if (terminator >= 0) return quoteString(bytes.subarray(0, terminator));
  return quoteString(bytes) + (mayGoOn ? '...' : '');
}

/** As many bytes as can be read: the string may end just before memory that is not there. */
function readUpTo(context: UnwindContext, address: bigint, length: number): Uint8Array {
  const whole = context.readMemory(address, length);
  if (whole !== undefined) return whole;
  const bytes: number[] = [];
  for (let at = 0; at < length; at++) {
    const byte = context.readMemory(BigInt.asUintN(64, address + BigInt(at)), 1)?.[0];
    if (byte === undefined) break;
    bytes.push(byte);
    if (byte === 0) break;
  }
  return Uint8Array.from(bytes);
}
