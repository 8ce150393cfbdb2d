import { decodeText } from '../byte-cursor.ts';
import type { ElfFile } from '../elf/elf-file.ts';
import { recover, SymbolError } from '../symbol-error.ts';

/**
 * The sections of debug information, by name; decompressed once, when first asked for. One that is missing or cannot
 * be had is empty.
 */
export class DwarfSections {
  private readonly texts = new Map<string, Map<number, string>>();
  private readonly contents = new Map<string, Uint8Array>();

  constructor(
    private readonly elf: ElfFile,
    private readonly onError: (error: SymbolError) => void,
  ) {}

  get(name: string): Uint8Array {
    let contents = this.contents.get(name);
    if (contents === undefined) {
      contents = recover(() => this.elf.contentsOf(name), undefined, this.onError) ?? new Uint8Array(0);
      this.contents.set(name, contents);
    }
    return contents;
  }

  has(name: string): boolean {
    return this.get(name).length > 0;
  }

  /** The string at an offset of a section of strings. Names repeat from unit to unit, so they are kept. */
  text(name: string, offset: number): string {
    let texts = this.texts.get(name);
    if (texts === undefined) this.texts.set(name, (texts = new Map<number, string>()));
    const known = texts.get(offset);
    if (known !== undefined) return known;
    const contents = this.get(name);
    const terminator = offset < contents.length ? contents.indexOf(0, offset) : -1;
    if (terminator < 0) throw new SymbolError('a string is missing or has no end', name, offset);
    const text = decodeText(contents.subarray(offset, terminator));
    if (text.length <= LONGEST_KEPT) texts.set(offset, text);
    return text;
  }
}

/** Longer ones, such as the compiler's options, are seldom asked for twice. */
const LONGEST_KEPT = 256;
