import { UART } from '../../../emulator/machine/memory-map.ts';
import { decode } from '../../../emulator/riscv/decoder.ts';
import type { Arguments } from '../arguments.ts';
import { stoppedDebuggee, type SessionContext } from '../context.ts';
import type { Debuggee } from '../debuggee.ts';
import { RequestFailure } from '../failure.ts';
import type { RequestContext } from '../handlers.ts';
import { consoleMomentOf } from './console-moments.ts';
import { printedByDevice } from './origin/device-origin.ts';
import { follow, type Followed } from './origin/follow.ts';
import type { Origin, OriginLink } from './origin/origin.ts';
import { ask, withoutProgress } from './question.ts';
import { instructionAt } from './register-write.ts';
import { subjectOf } from './subject.ts';

/** The answer to `retrograde/origin`: the links from the present back, and what they lead to. */
export interface OriginAnswer {
  readonly links: readonly OriginLink[];
  readonly origin: Origin;
}

const DEFAULT_MOST = 1000;
const GREATEST_MOST = 100_000;
/** Bits that are followed at once. */
const WIDEST = 64;
const A0 = 10;
const A1 = 11;
const A7 = 17;
/** Extensions of the SBI that print: the legacy console, and the debug console (its function 0 is in a6). */
const LEGACY_PUTCHAR = 1n;
const DEBUG_CONSOLE = 0x4442_434en;

/** Where the value came from that the arguments name: a variable, a register, memory, or a byte of the console (`consoleOffset`). */
export async function answerOrigin(
  context: SessionContext,
  args: Arguments,
  request: RequestContext,
): Promise<OriginAnswer> {
  const most = args.optionalInteger('most') ?? DEFAULT_MOST;
  if (most < 1 || most > GREATEST_MOST) args.wrong('most', `a number from 1 to ${GREATEST_MOST}`);
  const start = startOf(context, args);
  const { title, key } = start;
  const question = { title, key: [...key, context.motions.shownCounter, most], isExhaustive: false };
  return ask<OriginAnswer>(context, args, request, question, async (debuggee, options, results) => {
    const links: OriginLink[] = [];
    const followed = await start.follow(debuggee, async (counter) => {
      await debuggee.timeline.travelTo(counter, withoutProgress(options));
    });
    const origin = await follow(debuggee, followed, {
      motion: withoutProgress(options),
      client: context.client,
      most,
      onLink: (link) => {
        links.push(link);
        results.add(Promise.resolve(link));
        options.onProgress?.({ done: debuggee.timeline.end - link.moment.counter, total: debuggee.timeline.end });
      },
    });
    return { answer: { links, origin }, isWhole: origin.kind !== 'cancelled' && origin.kind !== 'diverged' };
  });
}

/** What is to be followed, once the machine stands where it is. */
interface Start {
  readonly title: string;
  readonly key: readonly unknown[];
  readonly follow: (debuggee: Debuggee, travel: (counter: number) => Promise<void>) => Promise<Followed>;
}

function startOf(context: SessionContext, args: Arguments): Start {
  const offset = args.optionalInteger('consoleOffset');
  if (offset !== undefined) {
    const { counter, index } = consoleMomentOf(stoppedDebuggee(context).timeline, offset);
    return {
      title: `Following byte ${offset} of the console back`,
      key: ['console', offset],
      follow: async (debuggee, travel) => {
        await travel(counter);
        return printedHere(debuggee, index);
      },
    };
  }
  const { name, held } = subjectOf(context, args);
  const [first, ...others] = held;
  if (first === undefined || others.length > 0 || first.count > WIDEST) {
    throw new RequestFailure(
      `${name} is in several places, or too large to be followed as one value: ask about a part of it.`,
    );
  }
  const { holder, from, count } = first;
  return {
    title: `Following ${name} back`,
    key: ['value', held],
    follow: () => Promise.resolve({ holder, from, count }),
  };
}

/** What the step that is about to be taken prints: `index` counts the bytes that it prints. */
function printedHere({ timeline }: Debuggee, index: number): Followed {
  const [hart] = timeline.harts;
  const bits = hart && instructionAt(timeline, hart.pc);
  const decoded = bits === undefined ? undefined : decode(bits);
  if (hart === undefined || decoded === undefined) throw new RequestFailure('No instruction printed this byte.');
  const { instruction, rs1, rs2, imm } = decoded;
  if (instruction.name === 'ecall') {
    const extension = hart.readX(A7);
    if (extension === LEGACY_PUTCHAR) return { holder: { kind: 'x', number: A0 }, from: 0, count: 8 };
    if (extension === DEBUG_CONSOLE && hart.readX(A0) > 1n) {
      return { holder: { kind: 'memory', address: hart.readX(A1) + BigInt(index), length: 1 }, from: 0, count: 8 };
    }
    return { holder: { kind: 'x', number: A0 }, from: 0, count: 8 };
  }
  const translation = timeline.translate(0, BigInt.asUintN(64, hart.readX(rs1) + BigInt(imm)));
  const isUart = translation.kind === 'mapped' && translation.physical === BigInt(UART.base);
  if (instruction.format === 'S' && isUart) return { holder: { kind: 'x', number: rs2 }, from: 0, count: 8 };
  const printed = printedByDevice(timeline, index);
  if (printed !== undefined) return { holder: { kind: 'memory', address: printed, length: 1 }, from: 0, count: 8 };
  throw new RequestFailure('This byte was printed by a device in a way that cannot be followed.');
}
