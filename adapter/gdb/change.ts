import type { Change } from '../../emulator/machine/change.ts';
import { hexToBytes, parseNumber } from './hex.ts';
import { parseRange } from './memory.ts';
import { continueForward, stepForward } from './motion.ts';
import { generalRegisters, registerByNumber, type Register } from './registers.ts';
import { failure, MALFORMED, OK } from './reply.ts';
import type { GdbSession } from './session.ts';

/** Packets that change registers and memory. What is recorded stays as it is: a change begins a branch. */

async function change(session: GdbSession, changes: readonly Change[]): Promise<string> {
  if (changes.length === 0) return OK;
  const outcome = await session.timeline.change(changes);
  if (outcome.kind === 'refused') return failure(outcome.why);
  if (outcome.began) {
    session.note(
      `In a branch from step ${session.timeline.counter}: what is recorded stays as it is; ` +
        '`monitor discard` returns to it.',
    );
  }
  if (outcome.lost !== undefined) {
    session.note(`What the branch had after step ${session.timeline.counter}, up to ${outcome.lost}, is gone.`);
  }
  for (const remark of outcome.remarks) session.note(remark);
  return OK;
}

/** `P n=value`. */
export function writeRegister(session: GdbSession, argument: string): Promise<string> | string {
  const [numberText = '', valueText = '', ...rest] = argument.split('=');
  const number = parseNumber(numberText);
  const value = parseRegister(valueText);
  if (number === undefined || value === undefined || rest.length > 0) return MALFORMED;
  const made = registerByNumber(number)?.change(session.hartIndex, value);
  return made === undefined ? failure(`register ${number} cannot be written`) : change(session, [made]);
}

/** `G values`: only those that differ are changed. */
export function writeGeneralRegisters(session: GdbSession, argument: string): Promise<string> | string {
  const digits = 16;
  if (argument.length !== digits * generalRegisters.length) return MALFORMED;
  const changes: Change[] = [];
  for (const [index, register] of generalRegisters.entries()) {
    const value = parseRegister(argument.slice(index * digits, (index + 1) * digits));
    if (value === undefined) return MALFORMED;
    const made = differs(session, register, value) ? register.change(session.hartIndex, value) : undefined;
    if (made !== undefined) changes.push(made);
  }
  return change(session, changes);
}

function differs(session: GdbSession, register: Register, value: bigint): boolean {
  return register.read(session.hart) !== value;
}

/** `M addr,length:bytes`, in hexadecimal. */
export function writeMemoryHex(session: GdbSession, argument: string): Promise<string> | string {
  const colon = argument.indexOf(':');
  return writeMemory(session, argument.slice(0, colon), hexToBytes(argument.slice(colon + 1)));
}

/** `X addr,length:bytes`, as they are; gdb asks with none of them whether the packet is known. */
export function writeMemoryBinary(session: GdbSession, argument: string): Promise<string> | string {
  const colon = argument.indexOf(':');
  const bytes = Uint8Array.from(argument.slice(colon + 1), (character) => character.charCodeAt(0));
  return writeMemory(session, argument.slice(0, Math.max(0, colon)), bytes);
}

function writeMemory(session: GdbSession, where: string, bytes: Uint8Array | undefined): Promise<string> | string {
  const range = parseRange(where);
  if (range === undefined || bytes?.length !== range.length) return MALFORMED;
  if (bytes.length === 0) return OK;
  const { address } = range;
  return change(session, [
    session.physicalMemory
      ? { kind: 'physical-memory', address, bytes }
      : { kind: 'virtual-memory', hart: session.hartIndex, address, bytes },
  ]);
}

/** `s addr` and `c addr`: from another place than the pc. */
export async function resumeAt(session: GdbSession, address: bigint, how: 'step' | 'continue'): Promise<string> {
  const { hart, hartIndex } = session;
  const changes: Change[] = address === hart.pc ? [] : [{ kind: 'pc', hart: hartIndex, value: address }];
  const changed = await change(session, changes);
  if (changed !== OK) return changed;
  return how === 'step' ? stepForward(session) : continueForward(session);
}

/** 64 bits in the guest's byte order. */
function parseRegister(hex: string): bigint | undefined {
  const bytes = hexToBytes(hex);
  return bytes?.length === 8 ? new DataView(bytes.buffer).getBigUint64(0, true) : undefined;
}
