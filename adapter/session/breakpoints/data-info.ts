import { formatAddress } from '../address.ts';
import type { TimelineContract } from '../../../emulator/replay/timeline-contract.ts';
import { RequestFailure } from '../failure.ts';
import type { Arguments } from '../arguments.ts';
import { stoppedDebuggee, type SessionContext } from '../context.ts';
import { environmentOf, valueOf } from '../expression/environment.ts';
import type { Reply } from '../handlers.ts';
import { parseMemoryReference } from '../memory.ts';
import { watchedRegister, type WatchedRegister } from '../registers.ts';
import { locate, type Located } from '../variables.ts';
import { BreakpointModes, knownMode, restrictionText } from './modes.ts';
import { dataIdOf, LONGEST_WATCH, type WatchedData } from './watched-data.ts';

/** Bytes that are watched when the client names an address and no length: a register's width. */
const DEFAULT_LENGTH = 8;

/**
 * `dataBreakpointInfo`: what can be watched under a name. An address (`asAddress`), a symbol, an expression that names memory, or a
 * register.
 */
export function dataBreakpointInfo(context: SessionContext, args: Arguments): Reply {
  const name = args.string('name');
  const { timeline, guestView } = stoppedDebuggee(context);
  const mode = knownMode(args.optionalString('mode'), 'data');
  const restriction = new BreakpointModes(timeline, guestView).restriction(mode);
  const where = restriction === undefined ? '' : ` ${restrictionText(restriction)}`;
  const register = registerNamed(context, args);
  if (register !== undefined) {
    const description = `${register.name}, of the hart (each change of it)${where}`;
    return { body: { dataId: dataIdOf(register, restriction), description, accessTypes: ['write'], canPersist: true } };
  }
  const data = mode === 'physical' ? physicalData(timeline, dataNamed(context, args)) : dataNamed(context, args);
  if (data === undefined) {
    return { body: { dataId: null, description: `${name} is not in memory, so it cannot be watched.` } };
  }
  if (data.length < 1 || data.length > LONGEST_WATCH) {
    return {
      body: { dataId: null, description: `${name} has ${data.length} bytes; up to ${LONGEST_WATCH} can be watched.` },
    };
  }
  return {
    body: {
      dataId: dataIdOf(data, restriction),
      description: `${name} (${data.length} bytes at ${data.space === 'physical' ? 'physical ' : ''}${formatAddress(data.address)})${where}`,
      accessTypes: ['read', 'write', 'readWrite'],
      // The identifier says address and length, and addresses stay what they are from run to run of a recording.
      canPersist: true,
    },
  };
}

/** The memory that `name` means, with the arguments of `dataBreakpointInfo`; undefined when it is not in memory. */
export function dataNamed(context: SessionContext, args: Arguments): WatchedData | undefined {
  const debuggee = stoppedDebuggee(context);
  const name = args.string('name');
  const bytes = args.optionalInteger('bytes');
  if (args.optionalBoolean('asAddress') === true) {
    return { ...parseMemoryReference(name), length: bytes ?? DEFAULT_LENGTH };
  }
  return namedData(name, bytes, () => {
    const reference = args.optionalInteger('variablesReference') ?? 0;
    if (reference > 0) return context.view.variables(reference).locate?.(name);
    const frameId = args.optionalInteger('frameId');
    const frame = frameId === undefined ? context.view.innermost(debuggee, 0) : context.view.frame(frameId);
    const value = valueOf(name, environmentOf(debuggee, frame, context.view.changes));
    if (value.physicalAddress === undefined) return locate(value);
    return { space: 'physical', address: value.physicalAddress, length: value.size ?? DEFAULT_LENGTH };
  });
}

/** The register that `name` means: `$satp`, a field `$sstatus.SPP`, or a variable of a scope of registers. */
function registerNamed(context: SessionContext, args: Arguments): WatchedRegister | undefined {
  const debuggee = stoppedDebuggee(context);
  const name = args.string('name');
  if (args.optionalBoolean('asAddress') === true) return undefined;
  const reference = args.optionalInteger('variablesReference') ?? 0;
  if (reference > 0) {
    return context.view.variables(reference).locate === undefined ? watchedRegister(`$${name}`) : undefined;
  }
  if (name.startsWith('$')) return watchedRegister(name);
  if (!/^\w+$/.test(name) || watchedRegister(`$${name}`) === undefined) return undefined;
  // A variable of that name hides the register.
  const frameId = args.optionalInteger('frameId');
  const frame = frameId === undefined ? context.view.innermost(debuggee, 0) : context.view.frame(frameId);
  const { expression } = valueOf(name, environmentOf(debuggee, frame, context.view.changes));
  return expression.startsWith('$') ? watchedRegister(expression) : undefined;
}

/** The memory that data is in now. Throws a RequestFailure where there is none, or not in one piece. */
function physicalData(timeline: TimelineContract, data: WatchedData | undefined): WatchedData | undefined {
  if (data === undefined || data.space === 'physical') return data;
  const { address, length } = data;
  const [first, last] = [address, address + BigInt(length - 1)].map((end) => {
    const translation = timeline.translate(0, end);
    return translation.kind === 'mapped' ? translation.physical : undefined;
  });
  if (first === undefined || last === undefined) {
    throw new RequestFailure(`${formatAddress(address)} is not mapped now, so it is nowhere in physical memory.`);
  }
  if (last - first !== BigInt(length - 1)) {
    throw new RequestFailure(
      `The ${length} bytes at ${formatAddress(address)} are not in one piece of physical memory.`,
    );
  }
  return { space: 'physical', address: first, length };
}

function namedData(
  name: string,
  bytes: number | undefined,
  locate: () => (Located & { readonly space?: 'physical' }) | undefined,
): WatchedData | undefined {
  if (name.startsWith('p:')) return { ...parseMemoryReference(name), length: bytes ?? DEFAULT_LENGTH };
  const location = locate();
  if (location === undefined) return undefined;
  return { space: location.space ?? 'virtual', address: location.address, length: bytes ?? location.length };
}
