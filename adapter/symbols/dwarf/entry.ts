import type { Abbreviation } from './abbreviation.ts';
import type { AttributeValue } from './attribute-value.ts';

/** A debugging information entry: its tag and its attributes, but not its children, which follow it at `end`. */
export class Entry {
  constructor(
    /** In the numbering of entry-space.ts. */
    readonly offset: number,
    readonly abbreviation: Abbreviation,
    /** In the order of the abbreviation. */
    readonly values: readonly AttributeValue[],
    /** The offset just behind it. */
    readonly end: number,
  ) {}

  /** DW_TAG. */
  get tag(): number {
    return this.abbreviation.tag;
  }

  get hasChildren(): boolean {
    return this.abbreviation.hasChildren;
  }

  /** By DW_AT; undefined when it has no such attribute. */
  get(attribute: number): AttributeValue | undefined {
    const { attributes } = this.abbreviation;
    for (let at = 0; at < attributes.length; at++) if (attributes[at]?.name === attribute) return this.values[at];
    return undefined;
  }

  /** Whether a flag is given and set. */
  has(attribute: number): boolean {
    const value = this.get(attribute);
    return value !== undefined && !(value.kind === 'flag' && !value.value);
  }
}
