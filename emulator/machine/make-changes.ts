import { csrByNumber, type Csr } from '../riscv/csr.ts';
import type { Change, ChangeOutcome } from './change.ts';
import type { GuestMemory, MemoryViewer } from './guest-memory.ts';
import type { WritableHart } from './machine.ts';

const MSTATUS = 0x300;
const MSTATUS_FS_SHIFT = 13n;
/** The values of mstatus.FS in which the guest takes its floating-point registers for unaltered. */
const floatUnitStates = ['Off', 'Initial', 'Clean'];

/** What changes are made in. */
export interface ChangeParts {
  readonly harts: readonly WritableHart[];
  readonly memory: GuestMemory;
  readonly viewer: MemoryViewer;
}

/** A change that cannot be made; the message is the sentence. */
class Refusal extends Error {}

/** A change that was made. */
interface Made {
  readonly remark?: string | undefined;
  /** Puts the bytes back that it replaced; registers are the caller's to restore. */
  readonly putBack?: () => void;
}

/**
 * Makes a person's changes. When one is refused, memory is as it was, and the caller restores the registers. What was derived
 * from registers may be out of date afterwards, either way.
 */
export function makeChanges(parts: ChangeParts, changes: readonly Change[]): ChangeOutcome {
  const made: Made[] = [];
  try {
    for (const change of changes) made.push(make(parts, change));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    for (const { putBack } of made.reverse()) putBack?.();
    return { kind: 'refused', why: error.message };
  }
  return { kind: 'changed', remarks: made.flatMap(({ remark }) => remark ?? []) };
}

function make(parts: ChangeParts, change: Change): Made {
  if (change.kind === 'virtual-memory' || change.kind === 'physical-memory') return setMemory(parts, change);
  const hart = parts.harts[change.hart];
  if (hart === undefined) throw new Refusal(`This machine has no hart ${change.hart}.`);
  const value = BigInt.asUintN(64, change.value);
  switch (change.kind) {
    case 'integer-register':
      return setInteger(hart, change.register, value);
    case 'float-register':
      return setFloat(hart, change.register, value);
    case 'pc':
      return setPc(hart, value);
    case 'csr':
      return setCsr(hart, change.number, value);
  }
}

function setInteger(hart: WritableHart, register: number, value: bigint): Made {
  if (register === 0) throw new Refusal('x0 is always zero.');
  hart.writeX(register, value);
  return {};
}

function setFloat(hart: WritableHart, register: number, value: bigint): Made {
  hart.writeF(register, value);
  const state = floatUnitStates[Number(((hart.readCsr(MSTATUS) ?? 0n) >> MSTATUS_FS_SHIFT) & 3n)];
  if (state === undefined) return {};
  const remark = `mstatus.FS is ${state}, not Dirty: the guest may load its floating-point registers without saving this value.`;
  return { remark };
}

function setPc(hart: WritableHart, value: bigint): Made {
  if (value % 2n !== 0n) throw new Refusal(`The pc cannot be ${hex(value)}: instructions begin at even addresses.`);
  hart.writePc(value);
  if (!hart.waiting) return {};
  hart.setWaiting(false);
  return { remark: 'The hart was waiting in wfi; it no longer does.' };
}

function setCsr(hart: WritableHart, number: number, value: bigint): Made {
  const csr = csrByNumber(number);
  const old = hart.readCsr(number);
  if (csr === undefined || old === undefined) {
    throw new Refusal(`This machine has no CSR ${hex(BigInt(number))}.`);
  }
  if (isReadOnly(csr)) throw new Refusal(`${csr.name} is read-only.`);
  hart.writeCsr(number, value);
  const now = hart.readCsr(number) ?? 0n;
  if (now === old && now !== value) {
    throw new Refusal(`${csr.name} cannot become ${hex(value)}: it keeps ${hex(old)}${illegalField(csr, value)}.`);
  }
  if (now === value) return {};
  const kept = keptBits(csr, now ^ value);
  return { remark: `${csr.name} became ${hex(now)} rather than ${hex(value)}: ${kept} cannot be set so.` };
}

/** Bits 11:10 of 3 say so (Privileged Architecture, "CSR Address Mapping Conventions"); the others are constants. */
function isReadOnly({ number, behaviour }: Csr): boolean {
  if (number >> 10 === 3 || behaviour.kind === 'constant') return true;
  return behaviour.kind === 'core' && behaviour.write === undefined;
}

/** The field whose value has no meaning, if that is why. */
function illegalField({ fields }: Csr, value: bigint): string {
  const illegal = fields.find(({ high, low, values }) => {
    const content = BigInt.asUintN(high - low + 1, value >> BigInt(low));
    return high > low && values !== undefined && values[Number(content)] === undefined;
  });
  if (illegal === undefined) return '';
  const content = BigInt.asUintN(illegal.high - illegal.low + 1, value >> BigInt(illegal.low));
  return ` (${illegal.name} has no value ${content})`;
}

function keptBits({ fields }: Csr, differing: bigint): string {
  const names = fields.flatMap(({ name, high, low }) =>
    BigInt.asUintN(high - low + 1, differing >> BigInt(low)) === 0n ? [] : [name],
  );
  return names.length === 0 ? `the bits ${hex(differing)}` : names.join(', ');
}

function setMemory(
  { memory, viewer }: ChangeParts,
  change: Change & { readonly kind: 'virtual-memory' | 'physical-memory' },
): Made {
  const { bytes } = change;
  const place =
    change.kind === 'virtual-memory'
      ? viewer.writableVirtual(change.address, bytes.length)
      : viewer.writablePhysical(change.address, bytes.length);
  if (place.kind === 'refused') throw new Refusal(place.why);
  const old = place.pieces.map(({ address, length }) => memory.read(address, length));
  let done = 0;
  for (const { address, length } of place.pieces) {
    memory.write(address, bytes.subarray(done, done + length));
    done += length;
  }
  const putBack = (): void => {
    for (const [index, { address }] of place.pieces.entries()) memory.write(address, old[index] ?? new Uint8Array(0));
  };
  return { putBack };
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;
