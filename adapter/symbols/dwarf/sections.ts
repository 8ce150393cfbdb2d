import { ByteCursor, decodeText } from '../byte-cursor.ts';
import type { ElfFile } from '../elf/elf-file.ts';
import { recover, SymbolError } from '../symbol-error.ts';

/** Where in a section a unit of a package (.dwp) has its part: bytes. */
export interface Contribution {
  readonly offset: number;
  readonly size: number;
}

/** How a file names its sections of debug information, and which part of them is meant. */
export interface SectionChoice {
  /** Sections of a split unit have `.dwo` behind their names (DWARF 5, section 7.3.5). */
  readonly suffix?: '' | '.dwo';
  /** In a package: the part of each section, by its name without `.dwo`; a section that is not named is whole. */
  readonly contributions?: ReadonlyMap<string, Contribution>;
}

/**
 * The sections of debug information, by the names that they have in a file that is not split; decompressed once, when
 * first asked for. One that is missing or cannot be had is empty.
 */
export class DwarfSections {
  private readonly texts = new Map<string, Map<number, string>>();
  private readonly contents = new Map<string, Uint8Array>();

  constructor(
    private readonly elf: ElfFile,
    private readonly onError: (error: SymbolError) => void,
    private readonly choice: SectionChoice = {},
  ) {}

  get(name: string): Uint8Array {
    let contents = this.contents.get(name);
    if (contents === undefined) {
      contents = recover(() => this.read(name), undefined, this.onError) ?? new Uint8Array(0);
      this.contents.set(name, contents);
    }
    return contents;
  }

  /** Makes sure of [start, end) of a section that is read part by part: `.debug_info` and `.debug_line`. */
  fetch(name: string, start: number, end: number): void {
    const into = this.choice.contributions?.get(name)?.offset ?? 0;
    this.elf.fetchPart(this.nameOf(name), into + start, into + end);
  }

  /** Where any of some patterns stands in a section of a file that is no package, ascending. */
  positionsIn(name: string, patterns: readonly Uint8Array[]): readonly number[] {
    return recover(() => this.elf.positionsIn(this.nameOf(name), patterns), [], this.onError);
  }

  has(name: string): boolean {
    return this.get(name).length > 0;
  }

  /** A name as the file has it, for messages. */
  nameOf(name: string): string {
    return `${name}${this.choice.suffix ?? ''}`;
  }

  /** Reads from an offset on; `what` lies there, for the message when the section ends before. */
  cursorAt(name: string, offset: number, what: string): ByteCursor {
    const contents = this.get(name);
    if (!(offset >= 0 && offset <= contents.length)) {
      throw new SymbolError(`${what} lies beyond the section`, this.nameOf(name), offset);
    }
    return new ByteCursor(contents, this.nameOf(name), offset);
  }

  /** The string at an offset of a section of strings. Names repeat from unit to unit, so they are kept. */
  text(name: string, offset: number): string {
    let texts = this.texts.get(name);
    if (texts === undefined) this.texts.set(name, (texts = new Map<number, string>()));
    const known = texts.get(offset);
    if (known !== undefined) return known;
    const contents = this.get(name);
    const terminator = offset < contents.length ? contents.indexOf(0, offset) : -1;
    if (terminator < 0) throw new SymbolError('a string is missing or has no end', this.nameOf(name), offset);
    const text = decodeText(contents.subarray(offset, terminator));
    if (text.length <= LONGEST_KEPT) texts.set(offset, text);
    return text;
  }

  private read(name: string): Uint8Array | undefined {
    const whole = this.elf.contentsOf(this.nameOf(name));
    const part = this.choice.contributions?.get(name);
    if (whole === undefined || part === undefined) return whole;
    if (part.offset + part.size > whole.length) {
      throw new SymbolError(`a unit's part of ${part.size} bytes does not fit`, this.nameOf(name), part.offset);
    }
    return whole.subarray(part.offset, part.offset + part.size);
  }
}

/** Longer ones, such as the compiler's options, are seldom asked for twice. */
const LONGEST_KEPT = 256;
