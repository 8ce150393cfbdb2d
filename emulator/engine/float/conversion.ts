import { WASM_F32, WASM_F64, WASM_I64 } from '../wasm/types.ts';
import type { Label, Local } from '../wasm/function-body.ts';
import { F32, F64, I32, I64, I64_TRUNC_SAT_F64_S, SELECT } from '../wasm/opcodes.ts';
import { hostDouble, hostSingle, pushOrdinary, type HostFormat } from './host-format.ts';
import {
  RDN,
  RMM,
  RNE,
  RTZ,
  RUP,
  hostOperand,
  operandOf,
  pushInexactAccrued,
  requireNearestEven,
  requireNoNewFlag,
  type FloatSite,
  type InlinePath,
} from './inline-float.ts';

/** Conversions between the formats, and from and to integers. */

type IntegerType = 'i32' | 'u32' | 'i64' | 'u64';

/** Widening is exact, whatever the mode; of a NaN alone the bits are not the host's. */
export const singleToDouble: InlinePath = (site, software) => {
  const { body } = site;
  const r = site.temporary(WASM_F64);
  body.get(operandOf(site, 0));
  hostSingle.fromBits(body);
  body.op(F64.promoteF32);
  body.tee(r);
  body.get(r);
  body.op(F64.ne);
  body.brIf(software);
  body.get(r);
  hostDouble.toBits(body);
};

/** Narrowing, in RNE, is exact if and only if widening gives the operand back. */
export const doubleToSingle: InlinePath = (site, software) => {
  const { body } = site;
  requireNearestEven(site, software);
  const x = hostOperand(site, hostDouble, 0);
  const r = site.temporary(WASM_F32);
  body.get(x);
  body.op(F32.demoteF64);
  body.set(r);
  requireNoNewFlag(site, software, {
    inRange: () => {
      pushOrdinary(body, hostSingle, r);
    },
    exact: () => {
      body.get(r);
      body.op(F64.promoteF32);
      body.get(x);
      body.op(F64.eq);
    },
  });
  body.get(r);
  hostSingle.toBits(body);
};

/**
 * From an integer: exact, whatever the mode, up to 2^24 or 2^53 in magnitude, of which 32 bits never exceed the latter. Beyond
 * that the host is right in RNE, and NX is all that could be raised. Operands of 32 bits come extended as their type says.
 */
export function fromInteger(format: HostFormat, type: IntegerType): InlinePath {
  const signed = type === 'i32' || type === 'i64';
  const precision = format === hostSingle ? 24n : 53n;
  const alwaysExact = format === hostDouble && (type === 'i32' || type === 'u32');
  return (site, software) => {
    const { body } = site;
    const integer = operandOf(site, 0);
    if (!alwaysExact) {
      body.get(integer);
      if (signed) {
        body.i64Const(1n << precision);
        body.op(I64.add);
      }
      body.i64Const(1n << (signed ? precision + 1n : precision));
      body.op(I64.gtU);
      body.if(() => {
        requireQuietRounding(site, (mode) => mode === RNE, software);
      });
    }
    body.get(integer);
    body.op(signed ? format.opcode.convertI64S : format.opcode.convertI64U);
    format.toBits(body);
  };
}

/** Leaves for the core unless the mode is one that is inline and NX is accrued. */
function requireQuietRounding(site: FloatSite, isInline: (mode: number) => boolean, software: Label): void {
  const { body, rounding } = site;
  if (rounding.kind === 'run-time') {
    const modes = [RNE, RTZ, RDN, RUP].filter(isInline);
    body.i32Const(modes.reduce((set, mode) => set | (1 << mode), 0));
    body.get(rounding.mode);
    body.op(I32.shrU);
    pushInexactAccrued(body);
    body.op(I32.and);
  } else if (isInline(rounding.mode)) {
    pushInexactAccrued(body);
  } else {
    body.br(software);
    return;
  }
  body.i32Const(1);
  body.op(I32.and, I32.eqz);
  body.brIf(software);
}

/** The integers that are converted to inline: from `least`, `count` of them. The ends of 64 bits are the core's. */
const domains: Readonly<Record<IntegerType, { readonly least: bigint; readonly count: bigint }>> = {
  i32: { least: -(1n << 31n), count: 1n << 32n },
  u32: { least: 0n, count: 1n << 32n },
  i64: { least: -(1n << 62n), count: 1n << 63n },
  u64: { least: 0n, count: 1n << 62n },
};

/** How the host rounds to an integral number in a mode. Truncation is the conversion's own; RMM the host has not. */
const integralOpcodes: Readonly<Partial<Record<number, number>>> = {
  [RNE]: F64.nearest,
  [RDN]: F64.floor,
  [RUP]: F64.ceil,
};
const isInlineIfKnown = (mode: number): boolean => mode !== RMM;
/** Of a mode that is not known while generating: those of C's casts and of its default environment. */
const isInlineAtRunTime = (mode: number): boolean => mode === RNE || mode === RTZ;

/**
 * Leaves x rounded to an integral number in the mode asked for, or x itself in modes that are inline only where x is
 * integral already.
 */
function pushIntegral({ body, rounding }: FloatSite, x: Local): void {
  if (rounding.kind === 'known') {
    const opcode = integralOpcodes[rounding.mode];
    body.get(x);
    if (opcode !== undefined) body.op(opcode);
  } else {
    body.get(x);
    body.get(x);
    body.op(F64.nearest);
    body.get(rounding.mode);
    body.op(SELECT);
  }
}

/**
 * To an integer n, the operand x (a single is widened) being rounded in the mode asked for. Where n is in the type's domain
 * NX is all that could be raised, and is not if and only if n = x, which makes the mode indifferent.
 *
 * The host's conversion truncates and saturates. Converted back, n is its own double below 2^53 in magnitude, and above
 * that x was integral. What it saturates lies outside the domains of 64 bits, and those of 32 bits are far from it.
 */
export function toInteger(format: HostFormat, type: IntegerType): InlinePath {
  const { least, count } = domains[type];
  return (site, software) => {
    const { body, rounding } = site;
    const x = site.temporary(WASM_F64);
    const n = site.temporary(WASM_I64);
    body.get(operandOf(site, 0));
    format.fromBits(body);
    if (format === hostSingle) body.op(F64.promoteF32);
    body.set(x);
    pushIntegral(site, x);
    body.op(...I64_TRUNC_SAT_F64_S);
    body.tee(n);
    if (least !== 0n) {
      body.i64Const(-least);
      body.op(I64.add);
    }
    body.i64Const(count);
    body.op(I64.geU);
    body.brIf(software);
    body.get(n);
    body.op(F64.convertI64S);
    body.get(x);
    body.op(F64.ne);
    body.if(() => {
      // Of a NaN the host makes the integer 0.
      body.get(x);
      body.get(x);
      body.op(F64.ne);
      body.brIf(software);
      requireQuietRounding(site, rounding.kind === 'known' ? isInlineIfKnown : isInlineAtRunTime, software);
    });
    body.get(n);
    if (type === 'u32') body.op(I64.extend32S);
  };
}
