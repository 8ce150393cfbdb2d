import { sizeOf, strip, type Member, type StructureType, type Type } from '../symbols/types/type.ts';
import { GuestError } from './guest-error.ts';
import { littleEndian, type ReadMemory } from './memory/memory.ts';

/** What a guest asks of the kernel's symbols. Addresses are where the kernel runs. */
export interface KernelSymbols {
  /** For messages: the file that they come from. */
  readonly name: string;
  /** The address of a function or variable; undefined when there is none of the name. */
  address(symbol: string): bigint | undefined;
  /** The type of a variable that belongs to no function. */
  variableType(name: string): Type | undefined;
  /** The definition of a structure or union by its tag, without the keyword. */
  structure(tag: string): StructureType | undefined;
  /** `name+0x12` of the symbol around an address. */
  describe(address: bigint): string | undefined;
}

/** A kernel at one moment: what its symbols say, and its memory by its own addresses. */
export interface KernelView {
  readonly symbols: KernelSymbols;
  readonly read: ReadMemory;
}

/** The longest string that is read from a kernel. */
const LONGEST_TEXT = 4096;

/**
 * An object of the kernel, read by the layout that its debug information gives. What the kernel does not have, or what is
 * not in memory, throws a GuestError that names it.
 */
export class KernelObject {
  constructor(
    private readonly kernel: KernelView,
    readonly type: Type,
    readonly address: bigint,
    /** How messages call it. */
    private readonly path: string,
    private readonly field?: { readonly bitOffset: number; readonly bitSize: number },
  ) {}

  /** A variable that belongs to no function. */
  static variable(kernel: KernelView, name: string): KernelObject {
    const { symbols } = kernel;
    const address = symbolAddress(kernel, name);
    const type = symbols.variableType(name);
    if (type === undefined) {
      throw new GuestError(
        `${symbols.name} does not say what type ${name} has: it needs debug information (compile the kernel with -g).`,
      );
    }
    return new KernelObject(kernel, type, address, name);
  }

  /** The structure of this tag at an address. */
  static at(kernel: KernelView, tag: string, address: bigint): KernelObject {
    return new KernelObject(kernel, structureNamed(kernel, tag), address, `the ${tag} at 0x${address.toString(16)}`);
  }

  get size(): number {
    const size = sizeOf(this.type);
    if (size === undefined) throw new GuestError(`The debug information does not say how large ${this.path} is.`);
    return size;
  }

  /** A member, or one of a member (`thread.sp`), also within anonymous structures. */
  member(path: string): KernelObject {
    return path.split('.').reduce<KernelObject>((object, name) => object.ownMember(name), this);
  }

  /** Whether this kernel has such a member. */
  has(path: string): boolean {
    let type: Type = this.type;
    for (const name of path.split('.')) {
      const found = memberOf(type, name);
      if (found === undefined) return false;
      type = found.type;
    }
    return true;
  }

  /** The first of several members that this kernel has: names change between versions. */
  anyMember(...paths: readonly string[]): KernelObject {
    const path = paths.find((one) => this.has(one));
    if (path === undefined) throw new GuestError(`${this.path} has no member ${paths.join(' or ')} in this kernel.`);
    return this.member(path);
  }

  element(index: number): KernelObject {
    const bare = strip(this.type);
    if (bare.kind !== 'array') throw new GuestError(`${this.path} is no array.`);
    const offset = BigInt(index * (sizeOf(bare.element) ?? 0));
    return new KernelObject(this.kernel, bare.element, this.address + offset, `${this.path}[${index}]`);
  }

  /** Elements of an array whose length its type tells. */
  get count(): number {
    const bare = strip(this.type);
    return bare.kind === 'array' && bare.count.kind === 'fixed' ? bare.count.count : 0;
  }

  /** What a pointer points to; undefined for NULL. */
  target(): KernelObject | undefined {
    const bare = strip(this.type);
    if (bare.kind !== 'pointer') throw new GuestError(`${this.path} is no pointer.`);
    const address = this.unsigned();
    return address === 0n ? undefined : new KernelObject(this.kernel, bare.target(), address, `*${this.path}`);
  }

  /** The same address, as a structure of another tag. */
  as(tag: string): KernelObject {
    return new KernelObject(this.kernel, structureNamed(this.kernel, tag), this.address, this.path);
  }

  /** A scalar's bits. */
  unsigned(): bigint {
    if (this.field === undefined) return this.load(this.address, Math.min(8, this.size));
    const { bitOffset, bitSize } = this.field;
    const first = Math.floor(bitOffset / 8);
    const length = Math.ceil((bitOffset + bitSize) / 8) - first;
    const bits = this.load(this.address + BigInt(first), length) >> BigInt(bitOffset - 8 * first);
    return BigInt.asUintN(bitSize, bits);
  }

  /** A scalar as C's type of its size would have it, when it is signed. */
  signed(): bigint {
    return BigInt.asIntN(8 * this.size, this.unsigned());
  }

  /** A scalar that fits: a count, a number of a task. */
  number(): number {
    return Number(isSigned(this.type) ? this.signed() : this.unsigned());
  }

  /** A string in an array of characters, or at the address that a pointer holds. */
  text(): string {
    const bare = strip(this.type);
    if (bare.kind === 'pointer') return textAt(this.kernel, this.unsigned());
    return textAt(this.kernel, this.address, this.size);
  }

  bytes(): Uint8Array {
    const bytes = this.kernel.read(this.address, this.size);
    if (bytes === undefined) throw this.unreadable(this.address);
    return bytes;
  }

  private ownMember(name: string): KernelObject {
    const bare = strip(this.type);
    if (bare.kind === 'pointer') {
      const target = this.target();
      if (target === undefined) throw new GuestError(`${this.path} is NULL.`);
      return target.ownMember(name);
    }
    const found = memberOf(this.type, name);
    if (found === undefined) throw new GuestError(`${this.path} has no member ${name} in this kernel.`);
    const path = `${this.path}.${name}`;
    const { type, bitOffset, bitSize } = found;
    if (bitSize !== undefined) return new KernelObject(this.kernel, type, this.address, path, { bitOffset, bitSize });
    return new KernelObject(this.kernel, type, BigInt.asUintN(64, this.address + BigInt(bitOffset / 8)), path);
  }

  private load(address: bigint, length: number): bigint {
    const bytes = this.kernel.read(address, length);
    if (bytes === undefined) throw this.unreadable(address);
    return littleEndian(bytes);
  }

  private unreadable(address: bigint): GuestError {
    return new GuestError(
      `${this.path} cannot be read: nothing is mapped at 0x${address.toString(16)} at this moment.`,
    );
  }
}

/** Where a symbol is. Throws a GuestError when there is none of the name. */
export function symbolAddress({ symbols }: KernelView, name: string): bigint {
  const address = symbols.address(name);
  if (address === undefined) throw new GuestError(`${symbols.name} has no symbol ${name}.`);
  return address;
}

/** The zero-terminated string at an address, of at most `length` bytes. */
export function textAt({ read }: KernelView, address: bigint, length = LONGEST_TEXT): string {
  const bytes: number[] = [];
  while (bytes.length < length) {
    // A string may end just before memory that is not there.
    const at = address + BigInt(bytes.length);
    const piece = read(at, Math.min(length - bytes.length, 64 - Number(at % 64n)));
    if (piece === undefined) {
      if (bytes.length > 0) break;
      throw new GuestError(`The string at 0x${address.toString(16)} cannot be read at this moment.`);
    }
    const end = piece.indexOf(0);
    bytes.push(...(end < 0 ? piece : piece.subarray(0, end)));
    if (end >= 0) break;
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

/** Bytes from a structure's start to a member (`offsetof`). Throws a GuestError when it has none of the name. */
export function offsetOf(kernel: KernelView, tag: string, path: string): bigint {
  return KernelObject.at(kernel, tag, 0n).member(path).address;
}

function structureNamed({ symbols }: KernelView, tag: string): StructureType {
  const type = symbols.structure(tag);
  if (type === undefined) {
    throw new GuestError(
      `${symbols.name} does not describe struct ${tag}: it needs the debug information of the kernel (vmlinux, -g).`,
    );
  }
  return type;
}

/** A member with its distance from the outer structure, looked for in anonymous members too. */
function memberOf(type: Type, name: string): Member | undefined {
  const bare = strip(type);
  if (bare.kind !== 'structure') return undefined;
  for (const member of bare.members()) {
    if (member.name === name) return member;
    const inner = member.name === undefined ? memberOf(member.type, name) : undefined;
    if (inner !== undefined) return { ...inner, bitOffset: inner.bitOffset + member.bitOffset };
  }
  return undefined;
}

function isSigned(type: Type): boolean {
  const bare = strip(type);
  return (bare.kind === 'base' || bare.kind === 'enumeration') && bare.isSigned;
}
