import type { DebugProtocol } from '@vscode/debugprotocol';
import { ifKnown } from '../guests/guest-error.ts';
import type { KernelModule } from '../guests/guest.ts';
import { formatAddress } from './address.ts';
import type { Arguments } from './arguments.ts';
import { debuggeeOf, stoppedDebuggee, type SessionContext } from './context.ts';
import type { Debuggee } from './debuggee.ts';
import type { Handlers, Reply } from './handlers.ts';
import type { Program, ProgramModule } from './program.ts';

/** `modules`: the files whose code the guest executes. */
export function moduleHandlers(context: SessionContext): Handlers {
  return { modules: (args) => listModules(context, args) };
}

function listModules(context: SessionContext, args: Arguments): Reply {
  debuggeeOf(context);
  const all = modulesOf(stoppedDebuggee(context));
  context.roster.modules.tell(all);
  const start = Math.max(0, args.optionalInteger('startModule') ?? 0);
  const count = args.optionalInteger('moduleCount') ?? 0;
  return { body: { modules: all.slice(start, count > 0 ? start + count : undefined), totalModules: all.length } };
}

/** The program files that symbols were read of, then what the kernel has loaded into itself, at the present moment. */
export function modulesOf({ program, guestView }: Debuggee): readonly DebugProtocol.Module[] {
  const loaded = ifKnown(() => guestView.guest.modules()) ?? [];
  const files = program.modules().filter(({ space }) => space !== 'module');
  return [...files.map(describeFile), ...loaded.map((module) => describeKernelModule(module, fileOf(program, module)))];
}

/** The identifier of the module that an address lies in. */
export function moduleIdAt({ program, guestView }: Debuggee, address: bigint): string | undefined {
  const file = program.moduleAt(address);
  if (file !== undefined && file.space !== 'module') return file.id;
  const loaded = ifKnown(() => guestView.guest.modules()) ?? [];
  const found = loaded.find(({ regions }) => regions.some((region) => contains(region, address)));
  return found && idOf(found);
}

const SYMBOL_STATUS: Readonly<Record<ProgramModule['symbols'], string>> = {
  none: 'No symbols.',
  'names only': 'Names without lines: compile it with -g.',
  'with lines': 'Symbols and lines.',
};

function describeFile({ id, name, path, space, symbols, range }: ProgramModule): DebugProtocol.Module {
  return {
    id,
    name,
    ...(path === undefined ? {} : { path }),
    isUserCode: space === 'user',
    symbolStatus: SYMBOL_STATUS[symbols],
    ...(path === undefined || symbols === 'none' ? {} : { symbolFilePath: path }),
    ...(range === undefined ? {} : { addressRange: rangeText(range.low, range.high) }),
  };
}

/** The file that the symbols of a module were read of. */
function fileOf(program: Program, { regions: [text] }: KernelModule): ProgramModule | undefined {
  const found = text && program.moduleAt(text.address);
  return found?.space === 'module' ? found : undefined;
}

function describeKernelModule(module: KernelModule, file: ProgramModule | undefined): DebugProtocol.Module {
  const [text] = module.regions;
  const symbols = file === undefined ? 'No file with its symbols is known.' : SYMBOL_STATUS[file.symbols];
  return {
    id: idOf(module),
    name: module.name,
    isUserCode: false,
    symbolStatus: `Loaded by the kernel (${module.state}). ${symbols}`,
    ...(file?.path === undefined ? {} : { path: file.path, symbolFilePath: file.path }),
    ...(text === undefined ? {} : { addressRange: rangeText(text.address, text.address + BigInt(text.size)) }),
  };
}

/** A module that is taken out and loaded again is another one. */
function idOf({ name, regions }: KernelModule): string {
  const [text] = regions;
  return `${name}.ko${text === undefined ? '' : `@${formatAddress(text.address)}`}`;
}

function contains({ address: start, size }: KernelModule['regions'][number], address: bigint): boolean {
  return start <= address && address < start + BigInt(size);
}

function rangeText(low: bigint, high: bigint): string {
  return `${formatAddress(low)} - ${formatAddress(high)}`;
}
