import type { ArrayType, FunctionType, PointerType, Type } from './type.ts';

/** A type as C writes it, without a variable's name: `const char *`, `long (*)(long)`, `int [2][3]`. */
export function typeName(type: Type): string {
  return declare(type, '', 0);
}

/** How deep a name goes into types of types, so that a damaged type that holds itself ends. */
const DEEPEST = 32;

/** Writes the declaration of `inner`, which grows from the inside out: C's declarators. */
function declare(type: Type, inner: string, depth: number): string {
  if (depth > DEEPEST) return `...${inner}`;
  switch (type.kind) {
    case 'pointer':
      return declarePointer(type, inner, depth);
    case 'array':
      return declareArray(type, inner, depth);
    case 'function':
      return declare(type.result(), `${inner === '' ? ' ' : space(inner)}(${parameters(type, depth)})`, depth + 1);
    case 'qualified': {
      const target = type.target();
      // What qualifies a pointer stands behind its star.
      if (target.kind === 'pointer') return declare(target, ` ${type.qualifier}${space(inner)}`, depth + 1);
      return `${type.qualifier} ${declare(target, inner, depth + 1)}`;
    }
    default:
      return simpleName(type) + space(inner);
  }
}

function declarePointer(type: PointerType, inner: string, depth: number): string {
  const target = type.target();
  const text = `${type.sign}${inner}`;
  const isTight = target.kind === 'array' || target.kind === 'function';
  return declare(target, isTight ? `(${text})` : text, depth + 1);
}

function declareArray({ element, count }: ArrayType, inner: string, depth: number): string {
  const size = count.kind === 'fixed' ? String(count.count) : '';
  const gap = inner === '' || inner.startsWith('[') || inner.endsWith(']') ? '' : space(inner);
  return declare(element, `${gap === '' ? inner : gap}[${size}]`, depth + 1);
}

function parameters(type: FunctionType, depth: number): string {
  const names = type.parameters().map((parameter) => declare(parameter, '', depth + 1));
  if (type.isVariadic) names.push('...');
  return names.length === 0 && type.isPrototyped ? 'void' : names.join(', ');
}

function simpleName(type: Exclude<Type, PointerType | ArrayType | FunctionType | { kind: 'qualified' }>): string {
  switch (type.kind) {
    case 'void':
      return 'void';
    case 'structure':
      return type.name ?? `${type.keyword} {...}`;
    case 'enumeration':
      return type.name ?? 'enum {...}';
    case 'base':
    case 'typedef':
    case 'unknown':
      return type.name;
  }
}

function space(inner: string): string {
  return inner === '' || inner.startsWith(' ') ? inner : ` ${inner}`;
}
