import type { MotionOptions, MotionOutcome } from '../../../../emulator/replay/timeline-contract.ts';
import {
  dataFlowOf,
  originOfBits,
  type FlowState,
  type FlowWrite,
  type Storage,
} from '../../../../emulator/riscv/data-flow.ts';
import { decode } from '../../../../emulator/riscv/decoder.ts';
import { disassemble } from '../../../../emulator/riscv/disassembler.ts';
import type { TimelineContract } from '../../../../emulator/replay/timeline-contract.ts';
import type { Client } from '../../client.ts';
import type { Debuggee } from '../../debuggee.ts';
import { holderName, readRegister, type Holder, type RegisterHolder } from '../holder.ts';
import { lastWrite } from '../last-write.ts';
import { momentOf } from '../moment.ts';
import { instructionAt, lastRegisterWrite } from '../register-write.ts';
import { isRam, loadedFromDevice, storedByDevice } from './device-origin.ts';
import type { Origin, OriginInput, OriginLink } from './origin.ts';

/** A value to be followed: `count` bits of what a holder has at the present moment, from bit `from` on. */
export interface Followed {
  readonly holder: Holder;
  readonly from: number;
  readonly count: number;
}

export interface FollowOptions {
  readonly motion: MotionOptions;
  readonly client: Client;
  /** The most links. */
  readonly most: number;
  /** Called with each link as it is found. */
  readonly onLink: (link: OriginLink) => void;
}

/** CSRs that tell the time or count: cycle, time, instret and those of M-mode. */
const CLOCKS: ReadonlySet<number> = new Set([0xc00, 0xc01, 0xc02, 0xb00, 0xb02]);
/** How far back the instructions that build a constant may lie, in steps, and how many they may be. */
const NEAR = 64;
const LONGEST_CONSTANT = 8;

/** Follows a value back from copy to copy. Moves the timeline, and leaves it anywhere. */
export async function follow(debuggee: Debuggee, start: Followed, options: FollowOptions): Promise<Origin> {
  const { timeline } = debuggee;
  let at: Followed = start;
  for (let links = 0; ; links++) {
    if (links >= options.most) return { kind: 'enough' };
    const step = await stepThatWrote(timeline, at, options.motion);
    if (step.kind === 'origin') return step.origin;
    const { written } = step;
    const link = await linkOf(debuggee, options.client, written);
    options.onLink(link);
    const next = await before(timeline, written, options.motion);
    if (next.kind === 'origin') return next.origin;
    at = next.followed;
  }
}

/** A step that wrote what is followed; the timeline stands before it. */
interface Written {
  /** What of it was written, after the step. */
  readonly followed: Followed;
  readonly value: bigint;
  /** Where it is in virtual memory, when it is in memory and a hart stored it. */
  readonly virtual: bigint | undefined;
  /** Undefined for a device's store, and what is no instruction's doing. */
  readonly write: { readonly flow: FlowWrite; readonly from: number } | undefined;
  readonly by: 'instruction' | 'device' | 'firmware' | 'trap';
}

type StepThatWrote =
  { readonly kind: 'written'; readonly written: Written } | { readonly kind: 'origin'; readonly origin: Origin };

async function stepThatWrote(
  timeline: TimelineContract,
  { holder, from, count }: Followed,
  motion: MotionOptions,
): Promise<StepThatWrote> {
  if (holder.kind === 'memory') return storeThatWrote(timeline, holder.address, from, count, motion);
  if (holder.kind === 'csr' && CLOCKS.has(holder.number)) return origin({ kind: 'clock', what: holderName(holder) });
  const found = await lastRegisterWrite(timeline, holder, motion);
  if (found.kind === 'initial') return origin({ kind: 'initial' });
  if (found.kind === 'ended') return origin(endOf(found.outcome));
  const value = bitsOf(found.after, from, count);
  const written = { followed: { holder, from, count }, value, virtual: undefined, by: found.by };
  const flow =
    found.by === 'instruction' ? flowsHere(timeline).find(({ target }) => isRegister(target, holder)) : undefined;
  return { kind: 'written', written: { ...written, write: flow && { flow, from } } };
}

async function storeThatWrote(
  timeline: TimelineContract,
  address: bigint,
  from: number,
  count: number,
  motion: MotionOptions,
): Promise<StepThatWrote> {
  const first = address + BigInt(Math.floor(from / 8));
  const length = Math.ceil((from + count) / 8) - Math.floor(from / 8);
  if (!isRam(timeline, first)) return origin(loadedFromDevice(timeline, first, byteAt(timeline, first)));
  const memory = { kind: 'memory', address: first, length } as const;
  const found = await lastWrite(timeline, [{ holder: memory, at: 0, from: 0, count: length * 8 }], motion);
  if (found.kind === 'initial') return origin({ kind: 'initial' });
  if (found.kind === 'ended') return origin(endOf(found.outcome));
  await timeline.step();
  const after = littleEndian(timeline.readPhysical(first, length).bytes);
  await timeline.travelTo(found.counter, silent(motion));
  const bit = from % 8;
  const whole: Followed = { holder: memory, from: bit, count };
  const written = { followed: whole, value: bitsOf(after, bit, count), virtual: undefined };
  if (found.kind === 'device') return { kind: 'written', written: { ...written, write: undefined, by: 'device' } };
  for (const flow of flowsHere(timeline)) {
    const place = placeOf(timeline, flow.target);
    if (place === undefined) continue;
    // The followed bits that this store covers; the others were written before, and are not followed.
    const offset = Number(first - place.physical) * 8 + bit;
    const low = Math.max(0, offset);
    const high = Math.min(place.width * 8, offset + count);
    if (low >= high) continue;
    const part: Followed = { holder: whole.holder, from: bit + low - offset, count: high - low };
    const virtual = place.virtual + BigInt(Math.floor(low / 8));
    const value = bitsOf(after, part.from, part.count);
    return {
      kind: 'written',
      written: { followed: part, value, virtual, write: { flow, from: low }, by: 'instruction' },
    };
  }
  return { kind: 'written', written: { ...written, write: undefined, by: 'firmware' } };
}

type Before =
  { readonly kind: 'followed'; readonly followed: Followed } | { readonly kind: 'origin'; readonly origin: Origin };

/** Where the value was before the step that wrote it, at which the timeline stands. */
async function before(timeline: TimelineContract, written: Written, motion: MotionOptions): Promise<Before> {
  const { followed, value, write, by } = written;
  if (by === 'device' && followed.holder.kind === 'memory') {
    const first = followed.holder.address + BigInt(Math.floor(followed.from / 8));
    return origin(storedByDevice(timeline, first, Number(value & 0xffn)));
  }
  if (by === 'trap') return origin({ kind: 'trap' });
  if (write === undefined) return origin({ kind: 'firmware' });
  const found = originOfBits(write.flow, write.from, followed.count);
  switch (found.kind) {
    case 'constant':
      return origin({ kind: 'constant' });
    case 'copy': {
      const holder = holderOf(timeline, found.bits.source);
      if (holder === undefined) return origin({ kind: 'computed', inputs: inputsOf(timeline, [found.bits.source]) });
      return { kind: 'followed', followed: { holder, from: found.bits.from, count: found.bits.count } };
    }
    case 'computed': {
      const inputs = inputsOf(timeline, found.inputs);
      if (await isBuiltFromConstants(timeline, found.inputs, motion)) return origin({ kind: 'constant' });
      return origin({ kind: 'computed', inputs });
    }
  }
}

/** Whether instructions just before build the only input of a computation from constants, as `lui` and `addi` do together. */
async function isBuiltFromConstants(
  timeline: TimelineContract,
  inputs: readonly Storage[],
  motion: MotionOptions,
): Promise<boolean> {
  let [input, others] = [inputs[0], inputs.length - 1];
  for (let depth = 0; depth < LONGEST_CONSTANT; depth++) {
    if (input?.kind !== 'x' || others > 0) return false;
    const register: RegisterHolder = { kind: 'x', number: input.register };
    const found = await lastRegisterWrite(timeline, register, silent(motion), Math.max(0, timeline.counter - NEAR));
    if (found.kind !== 'written' || found.by !== 'instruction') return false;
    const flow = flowsHere(timeline).find(({ target }) => isRegister(target, register));
    if (flow === undefined) return false;
    if (flow.inputs.length === 0) return true;
    [input, others] = [flow.inputs[0], flow.inputs.length - 1];
  }
  return false;
}

async function linkOf(debuggee: Debuggee, client: Client, written: Written): Promise<OriginLink> {
  const { timeline, program } = debuggee;
  const { followed, value, virtual, by } = written;
  const pc = timeline.harts[0]?.pc ?? 0n;
  const bits = instructionAt(timeline, pc);
  const name = virtual === undefined ? undefined : program.describeAddress(virtual);
  const shown = virtual === undefined ? holderName(followed.holder) : `memory at 0x${virtual.toString(16)}`;
  return {
    moment: await momentOf(debuggee, client, timeline.counter, pc),
    instruction: by === 'device' ? '(a device stores)' : bits === undefined ? '?' : disassemble(bits, pc).text,
    holder: name === undefined ? shown : `${shown} ${name}`,
    value: `0x${value.toString(16).padStart(Math.ceil(followed.count / 4), '0')}`,
    bits: followed.count,
  };
}

/** What the instruction that is about to be carried out writes. */
function flowsHere(timeline: TimelineContract): readonly FlowWrite[] {
  const [hart] = timeline.harts;
  const bits = hart && instructionAt(timeline, hart.pc);
  const decoded = bits === undefined ? undefined : decode(bits);
  if (hart === undefined || decoded === undefined) return [];
  const state: FlowState = {
    pc: hart.pc,
    readX: (register) => hart.readX(register),
    readF: (register) => hart.readF(register),
    readCsr: (csr) => hart.readCsr(csr),
    load: (address, width) => {
      const { bytes } = timeline.readVirtual(0, address, width);
      return bytes.length === width ? littleEndian(bytes) : undefined;
    },
  };
  return dataFlowOf(decoded, state);
}

function inputsOf(timeline: TimelineContract, inputs: readonly Storage[]): readonly OriginInput[] {
  const [hart] = timeline.harts;
  return inputs.map((input) => {
    if (input.kind === 'memory') {
      const { bytes } = timeline.readVirtual(0, input.address, input.width);
      return { name: `memory at 0x${input.address.toString(16)}`, value: `0x${littleEndian(bytes).toString(16)}` };
    }
    const holder = registerOf(input);
    return {
      name: holderName(holder),
      value: `0x${(hart === undefined ? 0n : readRegister(hart, holder)).toString(16)}`,
    };
  });
}

function registerOf(storage: Exclude<Storage, { kind: 'memory' }>): RegisterHolder {
  return storage.kind === 'csr'
    ? { kind: 'csr', number: storage.csr }
    : { kind: storage.kind, number: storage.register };
}

/** The storage of an instruction, as what holds it whatever runs; undefined when its memory is not mapped. */
function holderOf(timeline: TimelineContract, storage: Storage): Holder | undefined {
  if (storage.kind !== 'memory') return registerOf(storage);
  const place = placeOf(timeline, storage);
  return place && { kind: 'memory', address: place.physical, length: storage.width };
}

function placeOf(
  timeline: TimelineContract,
  storage: Storage,
): { readonly physical: bigint; readonly virtual: bigint; readonly width: number } | undefined {
  if (storage.kind !== 'memory') return undefined;
  const translation = timeline.translate(0, storage.address);
  if (translation.kind === 'unmapped') return undefined;
  return { physical: translation.physical, virtual: storage.address, width: storage.width };
}

function isRegister(storage: Storage, { kind, number }: RegisterHolder): boolean {
  if (storage.kind === 'memory' || storage.kind !== kind) return false;
  return number === (storage.kind === 'csr' ? storage.csr : storage.register);
}

function origin(found: Origin): { readonly kind: 'origin'; readonly origin: Origin } {
  return { kind: 'origin', origin: found };
}

function endOf(outcome: MotionOutcome): Origin {
  return outcome.kind === 'diverged' ? { kind: 'diverged', counter: outcome.counter } : { kind: 'cancelled' };
}

function silent({ signal }: MotionOptions): MotionOptions {
  return signal === undefined ? {} : { signal };
}

function byteAt(timeline: TimelineContract, physical: bigint): number {
  return timeline.readPhysical(physical, 1).bytes[0] ?? 0;
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function bitsOf(value: bigint, from: number, count: number): bigint {
  return BigInt.asUintN(count, value >> BigInt(from));
}
