import { memberIn } from '../../expressions/layout.ts';
import { strip, type StructureType, type Type } from '../../types/type.ts';
import { Value } from '../value.ts';
import type { TypeLookup } from './rendering.ts';

/** What the nodes of a list or tree are members of. */
export interface Container {
  readonly type: StructureType;
  /** `struct task_struct`. */
  readonly name: string;
  readonly member: string;
  /** Of the member, in bytes. */
  readonly offset: number;
}

/** A container by names; undefined where the program has no such structure with such a member. */
export function containerNamed(tag: string, member: string, types: TypeLookup): Container | undefined {
  const type: Type | undefined = types('struct', tag);
  const bare = type && strip(type);
  if (bare?.kind !== 'structure') return undefined;
  const found = member.split('.').reduce<{ type: Type; offset: number } | undefined>(
    (part, name) => {
      const inner = part && strip(part.type);
      const next = inner?.kind === 'structure' ? memberIn(inner, name) : undefined;
      return part && next && { type: next.type, offset: part.offset + next.offset };
    },
    { type: bare, offset: 0 },
  );
  return found && { type: bare, name: `struct ${tag}`, member, offset: found.offset };
}

/** The object that a node at an address belongs to, or the node itself where nobody knows. */
export function elementAt(index: number, address: bigint, node: Value, container: Container | undefined): Value {
  const name = `[${index}]`;
  const pointer = `0x${address.toString(16)}`;
  if (container === undefined) {
    return new Value(name, node.type, { kind: 'memory', address }, node.context, `*(${node.typeName} *)${pointer}`);
  }
  const place = { kind: 'memory', address: BigInt.asUintN(64, address - BigInt(container.offset)) } as const;
  const expression = `*container_of(${pointer}, ${container.name}, ${container.member})`;
  return new Value(name, container.type, place, node.context, expression);
}
