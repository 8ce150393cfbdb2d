import type { TimelineContract } from '../../../emulator/replay/timeline-contract.ts';
import type { Type } from '../../symbols/types/type.ts';
import { Value, type ValueContext } from '../../symbols/variables/value.ts';
import type { Arguments } from '../arguments.ts';
import { dataNamed } from '../breakpoints/data-info.ts';
import { LONGEST_WATCH, type WatchedData } from '../breakpoints/watched-data.ts';
import { stoppedDebuggee, type SessionContext } from '../context.ts';
import type { Debuggee } from '../debuggee.ts';
import { environmentOf, valueOf } from '../expression/environment.ts';
import { RequestFailure } from '../failure.ts';
import { walk } from '../guest/queries.ts';
import { parseMemoryReference } from '../memory.ts';
import { holdersOf } from './held-value.ts';
import { readRegister, type HeldBits } from './holder.ts';

/** What a question is about: a value, by what holds it at the present moment, whatever is mapped and whatever runs. */
export interface Subject {
  readonly name: string;
  /** By ascending `at`. Never empty. */
  readonly held: readonly HeldBits[];
  /** Bytes. */
  readonly size: number;
  /** The value is shown as one of this type; as a number in hexadecimal when absent. */
  readonly shownAs?: { readonly type: Type; readonly context: ValueContext };
}

const PAGE = 4096n;
const ENTRY_BYTES = 8;

/**
 * What the arguments of a question name: memory or a variable as those of `dataBreakpointInfo` do, a register, a variable that is in
 * registers; or, with `translationOf`, the page-table entries that translate an address. Throws when there is no such thing.
 */
export function subjectOf(context: SessionContext, args: Arguments): Subject {
  const debuggee = stoppedDebuggee(context);
  if (args.has('translationOf')) return translationSubject(debuggee, args.string('translationOf'));
  const name = args.string('name');
  const data = dataNamed(context, args);
  if (data !== undefined) {
    const shownAs = args.has('bytes') ? undefined : typeOf(context, args);
    return { name, held: heldInMemory(debuggee, name, data), size: data.length, ...(shownAs && { shownAs }) };
  }
  const frameId = args.optionalInteger('frameId');
  const frame = frameId === undefined ? context.view.innermost(debuggee, 0) : context.view.frame(frameId);
  const held = [...holdersOf(debuggee, frame, name)].sort((a, b) => a.at - b.at);
  if (held.length === 0) {
    throw new RequestFailure(
      `${name} is neither in memory nor in registers as it stands, so nothing wrote it: ask about what it is made of.`,
    );
  }
  const shownAs = typeOf(context, args);
  const bits = held.reduce((most, { at, count }) => Math.max(most, at + count), 0);
  return { name, held, size: Math.ceil(bits / 8), ...(shownAs && { shownAs }) };
}

/** The entries of the page tables that translate an address now, from the root down, side by side. */
function translationSubject(debuggee: Debuggee, address: string): Subject {
  const { entries } = walk(debuggee, parseMemoryReference(address).address, undefined);
  if (entries.length === 0) throw new RequestFailure(`${address} is not translated by page tables at this moment.`);
  const held = entries.map(({ address: at }, index): HeldBits => {
    const holder = { kind: 'memory', address: at, length: ENTRY_BYTES } as const;
    return { holder, at: index * ENTRY_BYTES * 8, from: 0, count: ENTRY_BYTES * 8 };
  });
  return { name: `the translation of ${address}`, held, size: entries.length * ENTRY_BYTES };
}

/** What the value is shown as; registers are shown as all their digits. */
function typeOf(context: SessionContext, args: Arguments): Subject['shownAs'] {
  if (/^\s*\$\w+\s*$/.test(args.string('name'))) return undefined;
  if (args.optionalBoolean('asAddress') === true || (args.optionalInteger('variablesReference') ?? 0) > 0)
    return undefined;
  const debuggee = stoppedDebuggee(context);
  const frameId = args.optionalInteger('frameId');
  const frame = frameId === undefined ? context.view.innermost(debuggee, 0) : context.view.frame(frameId);
  const {
    type,
    context: valueContext,
    bitField,
  } = valueOf(args.string('name'), environmentOf(debuggee, frame, context.view.changes));
  return bitField === undefined ? { type, context: valueContext } : undefined;
}

function heldInMemory({ timeline }: Debuggee, name: string, data: WatchedData): readonly HeldBits[] {
  const { space, address, length } = data;
  if (length < 1 || length > LONGEST_WATCH) {
    throw new RequestFailure(`${name} has ${length} bytes; a question may be about 1 to ${LONGEST_WATCH}.`);
  }
  const held: HeldBits[] = [];
  for (let done = 0; done < length;) {
    const at = BigInt.asUintN(64, address + BigInt(done));
    const inPage = Math.min(length - done, Number(PAGE - (at % PAGE)));
    const translation = space === 'physical' ? { kind: 'mapped' as const, physical: at } : timeline.translate(0, at);
    if (translation.kind === 'unmapped') {
      throw new RequestFailure(`${name} is at 0x${at.toString(16)}, where nothing is mapped at this moment.`);
    }
    const holder = { kind: 'memory', address: translation.physical, length: inPage } as const;
    const last = held.at(-1);
    if (last?.holder.kind === 'memory' && last.holder.address + BigInt(last.holder.length) === holder.address) {
      const whole = last.holder.length + inPage;
      held[held.length - 1] = { ...last, holder: { ...last.holder, length: whole }, count: whole * 8 };
    } else {
      held.push({ holder, at: done * 8, from: 0, count: inPage * 8 });
    }
    done += inPage;
  }
  return held;
}

/** The value at the present moment of the timeline, in what held it when it was asked for. */
export function bytesNow(timeline: TimelineContract, { held, size }: Subject): Uint8Array {
  let value = 0n;
  for (const { holder, at, from, count } of held) {
    const whole = holder.kind === 'memory' ? memoryNow(timeline, holder) : registerNow(timeline, holder);
    value |= BigInt.asUintN(count, whole >> BigInt(from)) << BigInt(at);
  }
  return Uint8Array.from({ length: size }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn));
}

function memoryNow(
  timeline: TimelineContract,
  { address, length }: { readonly address: bigint; readonly length: number },
): bigint {
  return timeline.readPhysical(address, length).bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function registerNow(timeline: TimelineContract, holder: Parameters<typeof readRegister>[1]): bigint {
  const [hart] = timeline.harts;
  return hart === undefined ? 0n : readRegister(hart, holder);
}

/** Bytes as people read them: as the subject's type has it, else in hexadecimal. */
export function textOf({ name, shownAs, size }: Subject, bytes: Uint8Array): string {
  if (shownAs === undefined) return bytesText(bytes);
  const value = bytes.reduceRight((whole, byte) => (whole << 8n) | BigInt(byte), 0n);
  const known = (1n << BigInt(8 * size)) - 1n;
  return new Value(name, shownAs.type, { kind: 'value', value, known }, shownAs.context, name).text;
}

/** The bytes as a number in hexadecimal when they are one, else as they stand in memory. */
export function bytesText(bytes: Uint8Array): string {
  const digits = (byte: number): string => byte.toString(16).padStart(2, '0');
  if ([1, 2, 4, 8].includes(bytes.length)) return `0x${[...bytes].reverse().map(digits).join('')}`;
  return [...bytes].map(digits).join(' ');
}
