import { formatAddress } from '../address.ts';
import type { Arguments } from '../arguments.ts';
import { debuggeeOf, type SessionContext } from '../context.ts';
import { RequestFailure } from '../failure.ts';
import type { Handlers, Reply } from '../handlers.ts';
import { parseMemoryReference } from '../memory.ts';
import { dataBreakpointInfo } from './data-info.ts';
import { EXCEPTION_FILTER_NAMES } from './exception-filters.ts';
import { knownMode } from './modes.ts';
import { NO_OPTIONS, type BreakpointOptions, type DataAccess, type SourceBreakpointRequest } from './requests.ts';

/** The requests that set breakpoints. They work at any time: before launch, and while the machine moves. */
export function breakpointHandlers(context: SessionContext): Handlers {
  const { breakpoints } = context;
  return {
    setBreakpoints: async (args) => {
      const path = context.client.pathFromClient(args.object('source').string('path'));
      const { client } = context;
      const lines = requestedLines(args).map(({ line, column, options }) => ({
        line: client.lineFromClient(line),
        column: column === undefined ? undefined : client.columnFromClient(column),
        options,
      }));
      return { body: { breakpoints: await breakpoints.setSource(path, lines) } };
    },
    setFunctionBreakpoints: async (args) => {
      const names = args
        .objects('breakpoints')
        .map((one) => ({ name: one.string('name'), options: optionsOf(one, 'source') }));
      return { body: { breakpoints: await breakpoints.setFunctions(names) } };
    },
    setInstructionBreakpoints: async (args) => {
      const addresses = args
        .objects('breakpoints')
        .map((one) => ({ address: instructionAddress(one), options: optionsOf(one, 'instruction') }));
      return { body: { breakpoints: await breakpoints.setInstructions(addresses) } };
    },
    setDataBreakpoints: async (args) => {
      const requests = args.objects('breakpoints').map((one) => ({
        dataId: one.string('dataId'),
        access: one.optionalOneOf<DataAccess>('accessType', ['read', 'write', 'readWrite', 'change']) ?? 'write',
        options: optionsOf(one, 'data'),
      }));
      return { body: { breakpoints: await breakpoints.setData(requests) } };
    },
    setExceptionBreakpoints: async (args) => {
      const filters = [
        ...args.strings('filters').map((filter) => ({ filter, options: NO_OPTIONS })),
        ...args
          .objects('filterOptions')
          .map((one) => ({ filter: one.string('filterId'), options: optionsOf(one, 'exception') })),
      ];
      for (const { filter } of filters) {
        if (!EXCEPTION_FILTER_NAMES.includes(filter))
          throw new RequestFailure(`There is no exception filter "${filter}".`);
      }
      return { body: { breakpoints: await breakpoints.setExceptions(filters) } };
    },
    dataBreakpointInfo: (args) => dataBreakpointInfo(context, args),
    breakpointLocations: (args) => breakpointLocations(context, args),
  };
}

/** Lines by the present attribute, or by the older one that some clients still send alone. */
function requestedLines(args: Arguments): readonly Omit<SourceBreakpointRequest, 'id' | 'path'>[] {
  if (args.has('breakpoints')) {
    return args.objects('breakpoints').map((one) => ({
      line: one.integer('line'),
      column: one.optionalInteger('column'),
      options: optionsOf(one, 'source'),
    }));
  }
  return args.list('lines').map((line) => ({
    line: typeof line === 'number' ? line : args.wrong('lines', 'a list of numbers'),
    column: undefined,
    options: NO_OPTIONS,
  }));
}

function optionsOf(one: Arguments, what: 'source' | 'instruction' | 'exception' | 'data'): BreakpointOptions {
  return {
    condition: one.optionalString('condition'),
    hitCondition: one.optionalString('hitCondition'),
    logMessage: one.optionalString('logMessage'),
    mode: knownMode(one.optionalString('mode'), what),
  };
}

function instructionAddress(args: Arguments): bigint {
  const { space, address } = parseMemoryReference(args.string('instructionReference'));
  const target = BigInt.asUintN(64, address + BigInt(args.optionalInteger('offset') ?? 0));
  if (space === 'physical') {
    throw new RequestFailure(`Instruction breakpoints are at virtual addresses; ${formatAddress(target)} is physical.`);
  }
  return target;
}

function breakpointLocations(context: SessionContext, args: Arguments): Reply {
  const { program, sources } = debuggeeOf(context);
  const { client } = context;
  const file = sources.fileFor(client.pathFromClient(args.object('source').string('path')));
  if (file === undefined) return { body: { breakpoints: [] } };
  const from = client.lineFromClient(args.integer('line'));
  const last = args.optionalInteger('endLine');
  const to = last === undefined ? from : client.lineFromClient(last);
  const column = (name: string): number | undefined => {
    const found = args.optionalInteger(name);
    return found === undefined ? undefined : client.columnFromClient(found);
  };
  const [first, end] = [column('column') ?? 0, column('endColumn') ?? Infinity];
  const locations = program.linesWithCode(file, from, to).flatMap((line) => {
    const there = { line: client.lineToClient(line) };
    const columns = program.statementsOn(file, line).flatMap((one) => (one.column > 0 ? [one.column] : []));
    // One statement is the line's, wherever in it.
    if (columns.length < 2) return [there];
    const within = columns.filter((one) => (line > from || one >= first) && (line < to || one <= end));
    return within.map((one) => ({ ...there, column: client.columnToClient(one) }));
  });
  return { body: { breakpoints: locations } };
}
