import { parseAddress } from '../address.ts';
import { Arguments } from '../arguments.ts';
import { isModulePath } from '../spaces/module-files.ts';

/** Whose code a file has. */
export type SymbolSpace = 'kernel' | 'module' | 'firmware' | 'user';

const SPACES: readonly SymbolSpace[] = ['kernel', 'module', 'firmware', 'user'];

/** A file of the attribute `symbols`. */
export interface SymbolFile {
  readonly file: string;
  readonly space: SymbolSpace;
  /** Where it is loaded, less where it was linked to be; undefined to find that out from the guest. */
  readonly address: bigint | undefined;
}

/**
 * Reads `symbols`: a path, or a list of paths and of objects with `file`, `space` and `address`. A path is the kernel's
 * when it comes first, a module's by its name, else a user program's.
 */
export function parseSymbolFiles(args: Arguments): readonly SymbolFile[] {
  const value = args.raw('symbols');
  if (value === undefined) return [];
  if (typeof value === 'string') {
    if (value === '') args.wrong('symbols', 'the path of a file; leave it out to take the symbols of the kernel file');
    return [{ file: value, space: 'kernel', address: undefined }];
  }
  if (!Array.isArray(value)) args.wrong('symbols', 'a path, or a list of paths and of objects with "file" and "space"');
  const files = args.list('symbols').map((one, index) => parseOne(args, one, index));
  if (files.filter(({ space }) => space === 'kernel').length > 1) {
    args.wrong(
      'symbols',
      'a list with one file of the kernel; the others are of "space": "user", "module" or "firmware"',
    );
  }
  return files;
}

function parseOne(args: Arguments, value: unknown, index: number): SymbolFile {
  const usual = (file: string): SymbolSpace => (isModulePath(file) ? 'module' : index === 0 ? 'kernel' : 'user');
  if (typeof value === 'string' && value !== '') return { file: value, space: usual(value), address: undefined };
  const one = new Arguments(`${args.owner}: symbols[${index}]`, value);
  one.refuseUnknown(['file', 'space', 'address']);
  const file = one.string('file');
  if (file === '') one.wrong('file', 'the path of a file');
  const space = one.optionalOneOf<SymbolSpace>('space', SPACES) ?? usual(file);
  const text = one.optionalString('address') ?? 'auto';
  const address = text === 'auto' ? undefined : parseAddress(text);
  if (text !== 'auto' && address === undefined) one.wrong('address', '"auto" or an address such as "0x2aaaaaa000"');
  if (address !== undefined && space === 'module') {
    one.wrong('address', 'left out for a module: the kernel tells where each of its sections is');
  }
  return { file, space, address };
}
