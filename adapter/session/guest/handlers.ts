import { formatAddress } from '../address.ts';
import type { Arguments } from '../arguments.ts';
import { stoppedDebuggee, type SessionContext } from '../context.ts';
import type { Debuggee } from '../debuggee.ts';
import type { Handlers, Reply } from '../handlers.ts';
import { parseMemoryReference } from '../memory.ts';
import { hartOf, threadsOf } from '../threads.ts';
import { formatLog } from '../../guests/linux/kernel-log.ts';
import { ifKnown } from '../../guests/guest-error.ts';
import type { Mapping } from '../../guests/guest.ts';
import type { PageTableWalk } from '../../guests/memory/page-table.ts';
import { explainTrap } from './explain-trap.ts';
import { mappingsOf, permissionsOf, walk } from './queries.ts';

/** The requests that tell of the kernel in the guest: see DAP.md. They look at the present moment and change nothing. */
export function guestHandlers(context: SessionContext): Handlers {
  const look =
    (answer: (debuggee: Debuggee, args: Arguments) => object) =>
    (args: Arguments): Reply => ({ body: answer(stoppedDebuggee(context), args) });
  return {
    'retrograde/kernel': look(kernel),
    'retrograde/tasks': look(tasks),
    'retrograde/kernelLog': look(kernelLog),
    'retrograde/modules': look(modules),
    'retrograde/mappings': look((debuggee, args) => ({
      mappings: mappingsOf(debuggee, args.optionalInteger('task')).map(describeMapping),
    })),
    'retrograde/whyTrap': look((debuggee, args) => {
      const hart = hartOf(debuggee, args.optionalInteger('threadId') ?? 1);
      const sentences = explainTrap(context, debuggee, hart);
      return { text: sentences.join(' '), sentences };
    }),
    'retrograde/walk': look((debuggee, args) => {
      const { address } = parseMemoryReference(args.string('address'));
      return describeWalk(walk(debuggee, address, args.optionalInteger('task')), address);
    }),
  };
}

function kernel({ guestView }: Debuggee): object {
  const { guest, relocation } = guestView;
  const { version, commandLine } = guest.identity();
  return {
    kind: guest.kind,
    ...(version === undefined ? {} : { version }),
    ...(commandLine === undefined ? {} : { commandLine }),
    ...(relocation === undefined ? {} : { relocation: formatAddress(relocation) }),
  };
}

function tasks(debuggee: Debuggee): object {
  return {
    kind: debuggee.guestView.guest.kind,
    tasks: threadsOf(debuggee).flatMap((thread) => {
      const { task } = thread;
      if (task === undefined) return [];
      const { id, process, name, state, address } = task;
      const program = ifKnown(() => task.space?.()?.program);
      return [
        {
          threadId: thread.id,
          id,
          process,
          name,
          state,
          ...(thread.kind === 'hart' ? { hart: thread.hart } : {}),
          ...(program === undefined ? {} : { program }),
          memoryReference: formatAddress(address),
        },
      ];
    }),
  };
}

function kernelLog({ guestView }: Debuggee): object {
  const messages = guestView.guest.log();
  return {
    text: formatLog(messages),
    messages: messages.map(({ sequence, time, level, facility, text }) => {
      return { sequence, time: Number(time), level, facility, text };
    }),
  };
}

function modules({ guestView }: Debuggee): object {
  return {
    modules: guestView.guest.modules().map(({ name, state, regions, sections, symbols }) => ({
      name,
      state,
      regions: regions.map((region) => ({ ...region, address: formatAddress(region.address) })),
      sections: Object.fromEntries([...sections()].map(([section, address]) => [section, formatAddress(address)])),
      symbolCount: symbols().length,
    })),
  };
}

function describeMapping(mapping: Mapping): object {
  const { start, end, name, offset } = mapping;
  const flags = permissionsOf(mapping);
  return { start: formatAddress(start), end: formatAddress(end), flags, name, offset: formatAddress(offset) };
}

function describeWalk({ translation, entries, outcome }: PageTableWalk, address: bigint): object {
  return {
    address: formatAddress(address),
    mode: translation.mode ?? 'reserved',
    asid: translation.asid,
    root: formatAddress(translation.root),
    entries: entries.map(({ level, address: at, entry, flags }) => ({
      level,
      address: `p:${formatAddress(at)}`,
      entry: formatAddress(entry),
      flags,
    })),
    ...(outcome.kind === 'mapped'
      ? { mapped: true, physical: `p:${formatAddress(outcome.physical)}`, pageSize: Number(outcome.pageSize) }
      : { mapped: false, reason: `${formatAddress(address)} ${outcome.reason}.` }),
  };
}
