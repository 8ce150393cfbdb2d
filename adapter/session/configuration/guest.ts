import { integerRegisterNames } from '../../../emulator/riscv/registers.ts';
import type { GuestDescription, TaskTable } from '../../guests/declared/description.ts';
import type { Arguments } from '../arguments.ts';

/** Reads the attribute `guest`: see DAP.md. Throws a RequestFailure that names what is wrong in it. */
export function parseGuest(args: Arguments): GuestDescription | undefined {
  if (!args.has('guest')) return undefined;
  const guest = args.object('guest');
  guest.refuseUnknown(['name', 'tasks', 'current']);
  return {
    name: guest.optionalString('name') ?? 'described kernel',
    tasks: parseTasks(guest.object('tasks')),
    current: guest.optionalString('current'),
  };
}

function parseTasks(tasks: Arguments): TaskTable {
  const known = ['table', 'count', 'end', 'state', 'states', 'unused', 'running', 'name', 'id', 'context', 'registers'];
  tasks.refuseUnknown([...known, 'pageTable']);
  return {
    table: tasks.string('table'),
    end: parseEnd(tasks),
    state: tasks.string('state'),
    states: parseStates(tasks),
    unused: parseStateList(tasks, 'unused', [0]),
    running: parseStateList(tasks, 'running', ['RUNNING']),
    name: tasks.optionalString('name'),
    id: tasks.optionalString('id'),
    context: tasks.optionalString('context'),
    registers: parseRegisters(tasks),
    pageTable: tasks.optionalString('pageTable'),
  };
}

function parseEnd(tasks: Arguments): TaskTable['end'] {
  const name = tasks.optionalString('end');
  if (name !== undefined) return { kind: 'symbol', name };
  const count = tasks.optionalInteger('count');
  if (count === undefined) return undefined;
  return count > 0 ? { kind: 'count', count } : tasks.wrong('count', 'a number above 0');
}

function parseStates(tasks: Arguments): ReadonlyMap<number, string> {
  if (!tasks.has('states')) return new Map();
  const states = tasks.object('states');
  return new Map(
    states.names.map((number) => {
      if (!/^-?\d+$/.test(number)) tasks.wrong('states', 'an object of names by the number of the state');
      return [Number(number), states.string(number)];
    }),
  );
}

function parseStateList(
  tasks: Arguments,
  name: string,
  absent: readonly (string | number)[],
): readonly (string | number)[] {
  if (!tasks.has(name)) return absent;
  return tasks.list(name).map((state) => {
    if (typeof state === 'string' || typeof state === 'number') return state;
    return tasks.wrong(name, 'a list of states, by name or number');
  });
}

function parseRegisters(tasks: Arguments): ReadonlyMap<string, string> {
  if (!tasks.has('registers')) return new Map();
  const registers = tasks.object('registers');
  registers.refuseUnknown(integerRegisterNames);
  return new Map(registers.names.map((register) => [register, registers.string(register)]));
}
