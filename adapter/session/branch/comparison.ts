import { MOST_DIFFERENCES, type MemoryDifference } from '../../../emulator/replay/branch-comparison.ts';
import { formatAddress, formatRegister } from '../address.ts';
import { stoppedDebuggee, type SessionContext } from '../context.ts';
import type { Debuggee } from '../debuggee.ts';
import { grouped } from '../motion/stop-report.ts';
import { requireBranch } from './discard.ts';

/** Body of the response to `retrograde/compareBranch`: see DAP.md. */
export interface ComparisonBody {
  readonly base: number;
  readonly counter: number;
  /** Absent where both execute the same. */
  readonly parted?: number;
  readonly registers: readonly {
    readonly threadId: number;
    readonly name: string;
    readonly branch: string;
    readonly history: string;
  }[];
  readonly memory: readonly {
    /** Absent for a drive. */
    readonly memoryReference?: string;
    readonly space: string;
    readonly offset: number;
    readonly length: number;
    readonly symbol?: string;
  }[];
  readonly bytes: number;
  readonly isComplete: boolean;
  readonly cancelled: boolean;
}

/** How the branch differs from history at the present moment. Moves the machine there and back. */
export async function compareWithHistory(context: SessionContext, signal: AbortSignal): Promise<ComparisonBody> {
  const debuggee = stoppedDebuggee(context);
  const { timeline } = debuggee;
  const { base } = requireBranch(context);
  const found = await context.motions.ask(
    { title: 'Comparing with history', isExhaustive: false },
    signal,
    (options) => timeline.compareBranch(options),
    () => Promise.resolve(),
  );
  if (found === undefined) {
    const nothing = { registers: [], memory: [], bytes: 0, isComplete: false, cancelled: true };
    return { base, counter: timeline.counter, ...nothing };
  }
  const symbolOf = kernelSymbols(debuggee);
  const { counter, parted, bytes } = found;
  return {
    base,
    counter,
    ...(parted === undefined ? {} : { parted }),
    registers: found.registers.map(({ hart, name, branch, history }) => ({
      threadId: hart + 1,
      name,
      branch: formatRegister(branch),
      history: formatRegister(history),
    })),
    memory: found.memory.map((range) => describe(range, symbolOf)),
    bytes,
    isComplete: found.memory.length < MOST_DIFFERENCES,
    cancelled: false,
  };
}

function describe(
  { space, address, length }: MemoryDifference,
  symbolOf: (physical: bigint) => string | undefined,
): ComparisonBody['memory'][number] {
  if (space !== 'ram') return { space, offset: address, length };
  const symbol = symbolOf(BigInt(address));
  const memoryReference = `p:${formatAddress(BigInt(address))}`;
  return { memoryReference, space, offset: address, length, ...(symbol === undefined ? {} : { symbol }) };
}

/** Kernels map their image as a whole: where its beginning lies tells where all of it does. */
function kernelSymbols({ timeline, program }: Debuggee): (physical: bigint) => string | undefined {
  const low = program.modules()[0]?.range?.low;
  const first = low === undefined ? undefined : timeline.translate(0, low);
  if (low === undefined || first?.kind !== 'mapped') return () => undefined;
  const distance = low - first.physical;
  return (physical) => {
    const address = BigInt.asUintN(64, physical + distance);
    const here = timeline.translate(0, address);
    if (here.kind !== 'mapped' || here.physical !== physical) return undefined;
    const symbol = program.symbolAt(address);
    if (symbol === undefined) return undefined;
    const offset = address - symbol.address;
    return offset === 0n ? symbol.name : `${symbol.name}+${offset}`;
  };
}

const MOST_PRINTED = 40;

/** `/compare`. */
export async function comparisonText(context: SessionContext, signal: AbortSignal): Promise<string> {
  const { base, counter, parted, registers, memory, bytes, cancelled } = await compareWithHistory(context, signal);
  if (cancelled) return 'Cancelled.';
  const course =
    parted === undefined
      ? `Branch and history execute the same instructions from counter ${grouped(base)} to ${grouped(counter)}.`
      : parted === base
        ? `Branch and history go different ways from counter ${grouped(base)} on, where the branch begins.`
        : `Branch and history part at counter ${grouped(parted)}, ${grouped(parted - base)} steps into the branch.`;
  if (registers.length === 0 && memory.length === 0)
    return `${course}\nAt counter ${grouped(counter)} nothing differs.`;
  const lines = [
    ...registers.map(({ name, branch, history }) => `${name.padEnd(12)}${branch}  in history ${history}`),
    ...memory.map(({ memoryReference, space, offset, length, symbol }) => {
      const where = memoryReference ?? `${space}, byte ${grouped(offset)}`;
      return `${where}  ${grouped(length)} bytes${symbol === undefined ? '' : `  <${symbol}>`}`;
    }),
  ];
  const rest = lines.length > MOST_PRINTED ? [`... and ${grouped(lines.length - MOST_PRINTED)} more`] : [];
  return [
    course,
    `At counter ${grouped(counter)}, ${registers.length} registers and ${grouped(bytes)} bytes of memory differ:`,
    ...lines.slice(0, MOST_PRINTED),
    ...rest,
  ].join('\n');
}

/** `/branch`. */
export function branchText(context: SessionContext): string {
  const { branch, counter, end } = stoppedDebuggee(context).timeline;
  if (branch === undefined) return 'In recorded history. Changing a register, a variable or memory begins a branch.';
  const { base, changes } = branch;
  const many = changes.length === 1 ? 'one moment' : `${changes.length} moments`;
  const where = changes.map((one) => grouped(one.counter)).join('; ');
  const place = counter < base ? ', which lies ahead: here it is history still' : '';
  return `In a branch from ${grouped(base)}${place}. It ends at ${grouped(end)}; something was changed at ${many}: ${where}.`;
}
