/**
 * One numbering for the entries of a program, wherever they lie. An entry is named by its offset in its section plus the
 * section's base, so that an offset alone tells it, as the key of a map too; the base of the program's own .debug_info is
 * 0. Other sections with entries (.debug_types, those of split units, of a supplementary file) come behind it.
 */

/** Bytes from one section's base to the next; no section is longer. */
export const SPACE_SIZE = 2 ** 32;

/** A section of entries, at its place in the numbering above. */
export interface EntrySection {
  /** As the file has it, for messages. */
  readonly name: string;
  readonly contents: Uint8Array;
  readonly base: number;
}

/** What references in the entries of a section lead to (DWARF 5, section 7.5.5.9). */
export interface ReferenceTargets {
  /** Of the section that holds the entries. */
  readonly base: number;
  /** Of .debug_info in the supplementary file; undefined when there is none, or it was not found. */
  readonly supplementaryBase: number | undefined;
  /** The type's entry in the type unit of a signature. */
  readonly typeOfSignature: (signature: bigint) => number | undefined;
}

/** For forms that are read where no references can be. */
export const NO_TARGETS: ReferenceTargets = {
  base: 0,
  supplementaryBase: undefined,
  typeOfSignature: () => undefined,
};
