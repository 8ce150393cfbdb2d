import { parseAddress } from '../address.ts';
import { Arguments } from '../arguments.ts';

/** The file of a user program. */
export interface UserProgramFile {
  readonly file: string;
  /** Where it is loaded, less where it was linked to be; undefined to find that out from the guest. */
  readonly address: bigint | undefined;
}

/** What the attribute `symbols` says: of the kernel one file, and of user programs any number. */
export interface SymbolFiles {
  /** An ELF file with debug information, in place of the kernel file. */
  readonly symbols: string | undefined;
  readonly userPrograms: readonly UserProgramFile[];
}

/**
 * Reads `symbols`: a path, or a list of paths and of objects with `file`, `space` and `address`. A path is the kernel's
 * when it comes first, else a user program's.
 */
export function parseSymbolFiles(args: Arguments): SymbolFiles {
  const value = args.raw('symbols');
  if (value === undefined) return { symbols: undefined, userPrograms: [] };
  if (typeof value === 'string') {
    if (value === '') args.wrong('symbols', 'the path of a file; leave it out to take the symbols of the kernel file');
    return { symbols: value, userPrograms: [] };
  }
  if (!Array.isArray(value)) args.wrong('symbols', 'a path, or a list of paths and of objects with "file" and "space"');
  const files = args.list('symbols').map((one, index) => parseOne(args, one, index));
  const kernels = files.filter(({ space }) => space === 'kernel');
  if (kernels.length > 1)
    args.wrong('symbols', 'a list with one file of the kernel; the others are of "space": "user"');
  return { symbols: kernels[0]?.file, userPrograms: files.filter(({ space }) => space === 'user') };
}

function parseOne(args: Arguments, value: unknown, index: number): UserProgramFile & { space: 'kernel' | 'user' } {
  const usual = index === 0 ? 'kernel' : 'user';
  if (typeof value === 'string' && value !== '') return { file: value, space: usual, address: undefined };
  const one = new Arguments(`${args.owner}: symbols[${index}]`, value);
  one.refuseUnknown(['file', 'space', 'address']);
  const file = one.string('file');
  if (file === '') one.wrong('file', 'the path of a file');
  const space = one.optionalOneOf<'kernel' | 'user'>('space', ['kernel', 'user']) ?? usual;
  const text = one.optionalString('address') ?? 'auto';
  const address = text === 'auto' ? undefined : parseAddress(text);
  if (text !== 'auto' && address === undefined) one.wrong('address', '"auto" or an address such as "0x2aaaaaa000"');
  if (address !== undefined && space === 'kernel')
    one.wrong('address', 'left out for the kernel, which tells where it is');
  return { file, space, address };
}
