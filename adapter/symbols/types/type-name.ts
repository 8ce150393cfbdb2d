import type { ArrayType, FunctionType, PointerType, QualifiedType, Type } from './type.ts';

type Qualifier = QualifiedType['qualifier'];

/**
 * A type as its language writes it, without a variable's name: `const char *`, `long (*)(long)`, `int [2][3]` in C, `&mut u8`,
 * `fn(i64) -> i64`, `[[i32; 3]; 2]` in Rust.
 */
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
      if (type.isRust === true) return (type.name ?? `*mut ${declare(type.target(), '', depth + 1)}`) + space(inner);
      return declarePointer(type, inner, depth);
    case 'array':
      if (type.isRust === true) return rustArray(type, depth) + space(inner);
      return declareArray(type, inner, depth);
    case 'function':
      if (type.isRust === true && inner === '') return rustFunction(type, depth);
      return declare(type.result(), `${inner}(${parameters(type, depth)})`, depth + 1);
    case 'qualified':
      return declareQualified(type, inner, depth);
    default:
      return simpleName(type) + space(inner);
  }
}

/** Qualifiers in the order in which C's people write them, each once; those of an array are its elements'. */
function declareQualified(type: QualifiedType, inner: string, depth: number): string {
  const present = new Set<Qualifier>();
  const dimensions: ArrayType[] = [];
  let target: Type = type;
  for (let hop = 0; hop < DEEPEST && (target.kind === 'qualified' || target.kind === 'array'); hop++) {
    if (target.kind === 'qualified') {
      present.add(target.qualifier);
      target = target.target();
    } else {
      dimensions.push(target);
      target = target.element;
    }
  }
  const qualifiers = QUALIFIERS.filter((qualifier) => present.has(qualifier)).join(' ');
  const declared = dimensions.reduce((text, dimension) => declareDimension(dimension, text), inner);
  // What qualifies a pointer stands behind its star.
  if (target.kind === 'pointer') return declare(target, ` ${qualifiers}${space(declared)}`, depth + 1);
  return `${qualifiers} ${declare(target, declared, depth + 1)}`;
}

const QUALIFIERS: readonly Qualifier[] = ['const', 'volatile', 'restrict', '_Atomic'];

function declarePointer(type: PointerType, inner: string, depth: number): string {
  const target = type.target();
  const text = `${type.sign}${inner}`;
  const isTight = target.kind === 'array' || target.kind === 'function';
  return declare(target, isTight ? `(${text})` : text, depth + 1);
}

function declareArray(type: ArrayType, inner: string, depth: number): string {
  return declare(type.element, declareDimension(type, inner), depth + 1);
}

function declareDimension({ count }: ArrayType, inner: string): string {
  const size = count.kind === 'fixed' ? String(count.count) : count.kind === 'computed' ? 'variable length' : '';
  const gap = inner === '' || inner.startsWith('[') || inner.endsWith(']') ? '' : space(inner);
  return `${gap === '' ? inner : gap}[${size}]`;
}

function rustArray(type: ArrayType, depth: number): string {
  const { count } = type;
  const element = declare(type.element, '', depth + 1);
  return count.kind === 'fixed' ? `[${element}; ${count.count}]` : `[${element}]`;
}

function rustFunction(type: FunctionType, depth: number): string {
  const names = type.parameters().map((parameter) => declare(parameter, '', depth + 1));
  const result = type.result();
  const returned = result.kind === 'void' ? '' : ` -> ${declare(result, '', depth + 1)}`;
  return `fn(${names.join(', ')})${returned}`;
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
