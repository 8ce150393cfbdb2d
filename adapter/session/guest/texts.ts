import { formatLog } from '../../guests/linux/kernel-log.ts';
import { permissionText } from '../../guests/memory/page-table.ts';
import { formatAddress, formatRegister, parseAddress } from '../address.ts';
import type { Debuggee } from '../debuggee.ts';
import { RequestFailure } from '../failure.ts';
import { threadsOf } from '../threads.ts';
import { mappingsOf, permissionsOf, walk } from './queries.ts';

/** What the commands of the debug console say of the kernel. Each text is of the present moment. */

export function kernelText({ guestView }: Debuggee): string {
  const { guest, relocation = 0n } = guestView;
  const { version, commandLine } = guest.identity();
  return [
    `kind:         ${guest.kind}`,
    ...(version === undefined ? [] : [`version:      ${version}`]),
    ...(commandLine === undefined ? [] : [`command line: ${commandLine}`]),
    ...(relocation === 0n ? [] : [`relocated by: ${formatAddress(relocation)} bytes`]),
  ].join('\n');
}

export function tasksText(debuggee: Debuggee): string {
  const tasks = threadsOf(debuggee).flatMap((thread) => {
    if (thread.task === undefined) return [];
    const { id, name, state } = thread.task;
    const where = thread.kind === 'hart' ? `${state} on hart ${thread.hart}` : state;
    return [`${String(id).padStart(6)}  ${name.padEnd(16)}  ${where}`];
  });
  return tasks.length === 0 ? 'No tasks are known at this moment.' : tasks.join('\n');
}

export function logText({ guestView }: Debuggee): string {
  return formatLog(guestView.guest.log());
}

export function modulesText({ guestView }: Debuggee): string {
  const modules = guestView.guest.modules();
  if (modules.length === 0) return 'No modules are loaded at this moment.';
  return modules
    .map(({ name, state, regions }) => {
      const parts = regions.map(({ name: part, address, size }) => `${part} ${formatAddress(address)}+${size}`);
      return `${name.padEnd(24)}  ${state.padEnd(8)}  ${parts.join(', ')}`;
    })
    .join('\n');
}

export function mappingsText(debuggee: Debuggee, argument: string): string {
  const mappings = mappingsOf(debuggee, taskIn(argument));
  if (mappings.length === 0) return 'This task runs in the kernel alone: it has no mappings.';
  return mappings
    .map((mapping) => {
      const range = `${mapping.start.toString(16).padStart(10, '0')}-${mapping.end.toString(16).padStart(10, '0')}`;
      return `${range} ${permissionsOf(mapping)} ${mapping.offset.toString(16).padStart(8, '0')} ${mapping.name}`.trimEnd();
    })
    .join('\n');
}

export function walkText(debuggee: Debuggee, argument: string): string {
  const [where = '', task = ''] = argument.split(/\s+/);
  const address = parseAddress(where) ?? debuggee.program.symbolNamed(where)?.address;
  if (address === undefined) {
    throw new RequestFailure(`"/walk ${argument}": expected an address or a symbol, and then perhaps a task's number.`);
  }
  const { translation, entries, outcome } = walk(debuggee, address, taskIn(task));
  const { mode, asid, root } = translation;
  return [
    `${formatAddress(address)}: ${mode ?? 'reserved mode'}, ASID ${asid}, root page table at ${formatAddress(root)}`,
    ...entries.map(
      ({ level, address: at, entry, flags }) =>
        `  level ${level}: entry ${formatRegister(entry)} at ${formatAddress(at)}  ${flags}`,
    ),
    outcome.kind === 'mapped'
      ? `  physical ${formatAddress(outcome.physical)}, in a page of ${outcome.pageSize} bytes, ${permissionText(outcome.permissions)}`
      : `  ${formatAddress(address)} ${outcome.reason}.`,
  ].join('\n');
}

function taskIn(argument: string): number | undefined {
  if (argument === '') return undefined;
  if (!/^\d+$/.test(argument)) throw new RequestFailure(`"${argument}" is no number of a task.`);
  return Number(argument);
}
