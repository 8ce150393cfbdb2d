import { sizeOf, strip, type StructureType, type Type } from '../types/type.ts';
import { typeName } from '../types/type-name.ts';
import { ExpressionError } from './expression-error.ts';
import type { Syntax } from './syntax.ts';

/** The alignment, in bytes, that the ABI gives an object of a type (RISC-V ELF psABI, "C/C++ type representations"). */
export function alignmentOf(type: Type, depth = 0): number {
  const bare = strip(type);
  if (depth > 16) return 1;
  switch (bare.kind) {
    case 'structure':
      return bare.members().reduce((most, member) => Math.max(most, alignmentOf(member.type, depth + 1)), 1);
    case 'array':
      return alignmentOf(bare.element, depth + 1);
    default:
      return Math.min(16, sizeOf(bare) ?? 1);
  }
}

/** The bytes from the start of a type to the part that a designator names: `a`, `a.b`, `a[3].c`. */
export function byteOffsetIn(type: Type, designator: Syntax, index: (syntax: Syntax) => number): number {
  return find(type, designator, index).offset;
}

interface Part {
  readonly type: Type;
  /** Bytes. */
  readonly offset: number;
}

function find(type: Type, designator: Syntax, index: (syntax: Syntax) => number): Part {
  switch (designator.kind) {
    case 'name': {
      const [name] = designator.path;
      return memberOf({ type, offset: 0 }, name ?? '', designator);
    }
    case 'member':
      return memberOf(find(type, designator.object, index), designator.name, designator);
    case 'index': {
      const { type: array, offset } = find(type, designator.object, index);
      const bare = strip(array);
      const size = bare.kind === 'array' ? sizeOf(bare.element) : undefined;
      if (bare.kind !== 'array' || size === undefined) {
        throw new ExpressionError(`${typeName(array)} has no elements.`, designator.span);
      }
      return { type: bare.element, offset: offset + size * index(designator.index) };
    }
    default:
      throw new ExpressionError('The name of a member is expected here.', designator.span);
  }
}

function memberOf({ type, offset }: Part, name: string, { span }: Syntax): Part {
  const bare = strip(type);
  const found = bare.kind === 'structure' ? memberIn(bare, name) : undefined;
  if (found === undefined) throw new ExpressionError(`${typeName(type)} has no member "${name}".`, span);
  if (found.offset % 1 !== 0) throw new ExpressionError(`${name} is a bit-field, which has no offset in bytes.`, span);
  return { type: found.type, offset: offset + found.offset };
}

/** Also of anonymous structures and unions within. */
export function memberIn(structure: StructureType, name: string, depth = 0): Part | undefined {
  if (depth > 8) return undefined;
  for (const member of structure.members()) {
    const offset = member.bitOffset / 8;
    if (member.name === name)
      return { type: member.type, offset: member.bitSize === undefined ? offset : offset + 0.5 };
    const inner = strip(member.type);
    const found =
      member.name === undefined && inner.kind === 'structure' ? memberIn(inner, name, depth + 1) : undefined;
    if (found !== undefined) return { type: found.type, offset: offset + found.offset };
  }
  return undefined;
}
