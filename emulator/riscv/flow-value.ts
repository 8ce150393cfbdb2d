import type { I32, I64 } from './emitter.ts';
import type { BitOrigin, Storage } from './flow.ts';

const BITS = 64;
const BYTES = 8;

/** A value of an instruction being looked at: what it is, if that is known, and where its bits come from. */
export class FlowValue implements I64 {
  readonly type = 'i64';

  constructor(
    /** Unsigned; undefined when it is not worked out (floating point). */
    readonly value: bigint | undefined,
    readonly bits: readonly BitOrigin[],
    readonly inputs: readonly Storage[],
  ) {}

  static constant(value: bigint): FlowValue {
    return new FlowValue(BigInt.asUintN(64, value), new Array<BitOrigin>(BITS).fill('fill'), []);
  }

  /** What a storage held: `width` bytes, extended to a register's. */
  static of(source: Storage, value: bigint | undefined, width = BYTES): FlowValue {
    const bits = Array.from({ length: BITS }, (_, bit): BitOrigin => (bit < width * 8 ? { source, bit } : 'fill'));
    return new FlowValue(value, bits, [source]);
  }

  static computed(value: bigint | undefined, ...from: readonly FlowValue[]): FlowValue {
    const known = value === undefined ? undefined : BigInt.asUintN(64, value);
    return new FlowValue(known, new Array<BitOrigin>(BITS).fill('computed'), inputsOf(from));
  }

  get isConstant(): boolean {
    return this.inputs.length === 0;
  }

  /** The same bits elsewhere: bit i of the result is bit `from(i)` of this, or fill where that is outside. */
  moved(value: bigint | undefined, from: (bit: number) => number): FlowValue {
    const bits = Array.from({ length: BITS }, (_, bit) => this.bits[from(bit)] ?? 'fill');
    return new FlowValue(value, bits, this.inputs);
  }

  /** The low `width` bits, and above them zeros or the sign. */
  extended(width: number, signed: boolean): FlowValue {
    const bits = this.bits.map((origin, bit): BitOrigin => (bit < width ? origin : 'fill'));
    const { value } = this;
    const extend = signed ? BigInt.asIntN(width, value ?? 0n) : BigInt.asUintN(width, value ?? 0n);
    return new FlowValue(value === undefined ? undefined : BigInt.asUintN(64, extend), bits, this.inputs);
  }
}

/** A condition, worked out. */
export interface FlowCondition extends I32 {
  /** Undefined when it is not known: both ways are then possible. */
  readonly holds: boolean | undefined;
  readonly inputs: readonly FlowValue[];
}

/** What values depend on, each once. */
export function inputsOf(values: readonly FlowValue[]): readonly Storage[] {
  return [...new Set(values.flatMap(({ inputs }) => inputs))];
}

/**
 * Two values whose bits are joined (by or, exclusive or, or an addition without carry): where one has a byte of zeros, the other's
 * byte stays as it was. Where both have, nobody can say whose zeros they are, unless one is a constant.
 */
export function joined(value: bigint | undefined, a: FlowValue, b: FlowValue): FlowValue {
  return bytewise(value, a, b, (mine, other, otherIsFill) => other === 0 && (mine !== 0 || otherIsFill));
}

/** Two values of which one is a mask: where it has a byte of ones, the other's byte stays; a constant byte of zeros clears it. */
export function masked(value: bigint | undefined, a: FlowValue, b: FlowValue): FlowValue {
  const cut = (one: FlowValue, mask: FlowValue): FlowValue => {
    const bits = one.bits.map((origin, bit): BitOrigin => (((mask.value ?? 0n) >> BigInt(bit)) & 1n ? origin : 'fill'));
    return new FlowValue(value, bits, one.inputs);
  };
  if (b.isConstant && b.value !== undefined) return cut(a, b);
  if (a.isConstant && a.value !== undefined) return cut(b, a);
  return bytewise(value, a, b, (mine, other) => other === 0xff && mine !== 0xff);
}

function bytewise(
  value: bigint | undefined,
  a: FlowValue,
  b: FlowValue,
  stays: (mine: number, other: number, otherIsFill: boolean) => boolean,
): FlowValue {
  if (a.value === undefined || b.value === undefined) return FlowValue.computed(value, a, b);
  const bits: BitOrigin[] = [];
  for (let byte = 0; byte < BYTES; byte++) {
    const [mine, other] = [byteOf(a.value, byte), byteOf(b.value, byte)];
    const part = (one: FlowValue): readonly BitOrigin[] => one.bits.slice(byte * 8, byte * 8 + 8);
    const isFill = (one: FlowValue): boolean => part(one).every((bit) => bit === 'fill');
    if (isFill(a) && isFill(b)) bits.push(...new Array<BitOrigin>(8).fill('fill'));
    else if (stays(mine, other, isFill(b))) bits.push(...part(a));
    else if (stays(other, mine, isFill(a))) bits.push(...part(b));
    else bits.push(...new Array<BitOrigin>(8).fill('computed'));
  }
  return new FlowValue(value, bits, inputsOf([a, b]));
}

function byteOf(value: bigint, byte: number): number {
  return Number((value >> BigInt(8 * byte)) & 0xffn);
}
