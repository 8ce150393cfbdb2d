import { ElfFile } from '../../adapter/symbols/elf/elf-file.ts';
import { SymbolTable } from '../../adapter/symbols/elf/symbol-table.ts';

/** A copy of one of the bare guests that does its work `times` times over: the word at its symbol `repetitions` is changed. */
export function repeatedGuest(elf: Uint8Array, times: number): Uint8Array {
  const file = ElfFile.parse(elf);
  const [symbol] = SymbolTable.read(file).named('repetitions');
  const section = symbol?.section === undefined ? undefined : file.sections[symbol.section];
  if (symbol === undefined || section === undefined) throw new Error('the guest has no symbol repetitions: run make');
  const copy = elf.slice();
  const offset = section.offset + symbol.address - section.address;
  new DataView(copy.buffer).setBigUint64(offset, BigInt(times), true);
  return copy;
}
