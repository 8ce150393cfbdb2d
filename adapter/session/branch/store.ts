import type { Change } from '../../../emulator/machine/change.ts';
import type { Assignment } from '../../symbols/expressions/assign.ts';
import { Register } from '../../symbols/frames/registers.ts';
import type { RegisterHome } from '../../symbols/frames/unwind-context.ts';
import { strip } from '../../symbols/types/type.ts';
import { readMemoryOf } from '../../symbols/variables/place.ts';
import type { Value } from '../../symbols/variables/value.ts';
import { RequestFailure } from '../failure.ts';

const ONES = (1n << 64n) - 1n;

/** What an assignment changes in the machine. Fails with a sentence where its target cannot be written. */
export function changeOf({ target, bits }: Assignment, hart: number): Change {
  const { place } = target;
  switch (place.kind) {
    case 'unavailable':
      throw new RequestFailure(`${target.expression} cannot be changed: ${place.reason}.`);
    case 'value': {
      if (place.home === undefined)
        throw new RequestFailure(`${target.expression} is no object: it cannot be changed.`);
      return registerChange(place.home.at, registerContent(target, place.home.whole, place.home.shift, bits), hart);
    }
    case 'memory': {
      const { address, bytes } = memoryContent(target, place.address, bits);
      return place.isPhysical === true
        ? { kind: 'physical-memory', address, bytes }
        : { kind: 'virtual-memory', hart, address, bytes };
    }
  }
}

function registerChange(home: RegisterHome, value: bigint, hart: number): Change {
  if (home.kind === 'pc') return { kind: 'pc', hart, value };
  if (home.kind === 'memory') {
    return { kind: 'virtual-memory', hart, address: home.address, bytes: littleEndianBytes(value, 8) };
  }
  const { register } = home;
  if (register < Register.firstFloat) return { kind: 'integer-register', hart, register, value };
  if (register < Register.firstCsr) {
    return { kind: 'float-register', hart, register: register - Register.firstFloat, value };
  }
  return { kind: 'csr', hart, number: register - Register.firstCsr, value };
}

/** The whole register when some of its bits are another value's. */
function registerContent(target: Value, whole: bigint, shift: number, bits: bigint): bigint {
  const { bitField, type } = target;
  const size = (target.size ?? 8) * 8;
  const bare = strip(type);
  if (bitField === undefined && shift === 0 && size < 64) {
    // As the calling convention has them: integers are sign-extended from 32 bits, narrower ones first by their own sign; floats
    // are boxed in ones.
    if (bare.kind === 'base' && bare.encoding === 'float') return BigInt.asUintN(64, bits | (ONES << BigInt(size)));
    if (bare.kind === 'base' || bare.kind === 'enumeration') {
      const own = bare.isSigned ? BigInt.asIntN(size, bits) : bits;
      return BigInt.asUintN(64, BigInt.asIntN(32, own));
    }
  }
  const from = BigInt(shift + (bitField?.bitOffset ?? 0));
  const mask = ((1n << BigInt(bitField?.bitSize ?? size)) - 1n) << from;
  return (whole & ~mask & ONES) | (bits << from);
}

/** The bytes of an object, or those that a bit-field shares with others. */
function memoryContent(
  target: Value,
  address: bigint,
  bits: bigint,
): { readonly address: bigint; readonly bytes: Uint8Array } {
  const { bitField, place, context } = target;
  if (bitField === undefined) return { address, bytes: littleEndianBytes(bits, target.size ?? 0) };
  const first = Math.floor(bitField.bitOffset / 8);
  const length = Math.ceil((bitField.bitOffset + bitField.bitSize) / 8) - first;
  const at = BigInt.asUintN(64, address + BigInt(first));
  const old = readMemoryOf(place, context, at, length);
  if (old === undefined) throw new RequestFailure(`There is no memory at 0x${at.toString(16)}.`);
  const from = BigInt(bitField.bitOffset - first * 8);
  const mask = ((1n << BigInt(bitField.bitSize)) - 1n) << from;
  let whole = 0n;
  for (const byte of [...old].reverse()) whole = (whole << 8n) | BigInt(byte);
  return { address: at, bytes: littleEndianBytes((whole & ~mask) | (bits << from), length) };
}

function littleEndianBytes(value: bigint, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn));
}
