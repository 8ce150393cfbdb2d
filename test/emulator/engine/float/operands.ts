import { type Format } from './reference.ts';

/** A small seeded generator (a 64-bit xorshift, multiplied): the same seed gives the same tests everywhere. */
export class Random {
  private state: bigint;

  constructor(seed: number) {
    this.state = BigInt.asUintN(64, (BigInt(seed) + 1n) * 0x9e37_79b9_7f4a_7c15n) || 1n;
  }

  /** 64 random bits. */
  next(): bigint {
    let x = this.state;
    x ^= x >> 12n;
    x ^= BigInt.asUintN(64, x << 25n);
    x ^= x >> 27n;
    this.state = x;
    return BigInt.asUintN(64, x * 0x2545_f491_4f6c_dd1dn);
  }

  /** An integer in [0, bound). */
  below(bound: number): number {
    return Number((this.next() >> 11n) % BigInt(bound));
  }

  pick<T>(from: readonly [T, ...T[]]): T {
    return from[this.below(from.length)] ?? from[0];
  }
}

/**
 * Bits of a floating-point number, weighted to where arithmetic goes wrong: zeros, the ends of the subnormal and normal
 * ranges, infinities, NaNs of both kinds, significands of few ones or few zeros, exponents near each other.
 */
export function floatOperand(random: Random, format: Format): bigint {
  const sign = random.below(2) === 0 ? 0n : format.signBit;
  const fraction = 1n << BigInt(format.fractionBits);
  const exponents = Number(format.infinity / fraction);
  const significand = (): bigint => {
    switch (random.below(6)) {
      case 0:
        return 0n;
      case 1:
        return fraction - 1n;
      case 2:
        return (1n << BigInt(random.below(format.fractionBits))) & (fraction - 1n);
      case 3:
        return (fraction - 1n) & ~((1n << BigInt(random.below(format.fractionBits))) - 1n);
      case 4:
        return (1n << BigInt(random.below(format.fractionBits))) - 1n;
      default:
        return random.next() % fraction;
    }
  };
  const exponent = (): number => {
    switch (random.below(7)) {
      case 0:
        return 0;
      case 1:
        return random.below(format.fractionBits + 4);
      case 2:
        return exponents - 1 - random.below(4);
      case 3:
      case 4:
        return format.bias - 4 + random.below(8);
      case 5:
        return format.bias - format.fractionBits - 4 + random.below(2 * format.fractionBits + 16);
      default:
        return random.below(exponents);
    }
  };
  if (random.below(16) === 0) return sign;
  if (random.below(16) === 0) return sign | (format.infinity + significand());
  return sign | (BigInt(exponent()) * fraction + significand());
}

/** 64 bits of an integer, weighted to powers of two, their neighbours, and runs of ones. */
export function integerOperand(random: Random): bigint {
  const power = 1n << BigInt(random.below(64));
  switch (random.below(6)) {
    case 0:
      return BigInt.asUintN(64, power + BigInt(random.below(5) - 2));
    case 1:
      return BigInt.asUintN(64, -power + BigInt(random.below(5) - 2));
    case 2:
      return BigInt.asUintN(64, (random.next() >> BigInt(random.below(64))) * (random.below(2) === 0 ? 1n : -1n));
    case 3:
      return BigInt.asUintN(64, power * BigInt(random.below(16)) + (random.next() >> 60n));
    case 4:
      return BigInt(random.below(4));
    default:
      return random.next();
  }
}
