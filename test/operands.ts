import type { Format } from './emulator/engine/float/reference.ts';
import type { Random } from './random.ts';

/**
 * Bits of a floating-point number, weighted to where arithmetic goes wrong: zeros, the ends of the subnormal and normal
 * ranges, infinities, NaNs of both kinds, significands of few ones or few zeros, exponents near each other.
 */
export function floatOperand(random: Random, format: Format): bigint {
  const sign = random.once(2) ? 0n : format.signBit;
  const fraction = 1n << BigInt(format.fractionBits);
  const exponents = Number(format.infinity / fraction);
  const significand = (): bigint => {
    const place = 1n << BigInt(random.below(format.fractionBits));
    switch (random.below(6)) {
      case 0:
        return 0n;
      case 1:
        return fraction - 1n;
      case 2:
        return place;
      case 3:
        return fraction - place;
      case 4:
        return place - 1n;
      default:
        return random.bits64() & (fraction - 1n);
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
  if (random.once(16)) return sign;
  if (random.once(16)) return sign | (format.infinity + significand());
  return sign | (BigInt(exponent()) * fraction + significand());
}

/** 64 bits of an integer, weighted to powers of two, their neighbours, small numbers and runs of ones. */
export function integerOperand(random: Random): bigint {
  const power = 1n << BigInt(random.below(64));
  switch (random.below(8)) {
    case 0:
      return BigInt.asUintN(64, power + BigInt(random.below(5) - 2));
    case 1:
      return BigInt.asUintN(64, -power + BigInt(random.below(5) - 2));
    case 2:
      return BigInt.asUintN(64, (random.bits64() >> BigInt(random.below(64))) * (random.once(2) ? 1n : -1n));
    case 3:
      return BigInt.asUintN(64, power * BigInt(random.below(16)) + BigInt(random.below(16)));
    case 4:
      return BigInt.asUintN(64, BigInt(random.below(5) - 2));
    case 5:
      // The ends of 32 bits, as the word instructions see them.
      return BigInt.asUintN(64, random.pick([0x7fff_ffffn, 0x8000_0000n, 0xffff_ffffn, -0x8000_0000n]));
    default:
      return random.bits64();
  }
}
