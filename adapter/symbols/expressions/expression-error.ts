/** A stretch of an expression's text: characters, from 0, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Why an expression has no value, and which part of its text is to blame. `message` is a sentence without the column. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';

  constructor(
    message: string,
    readonly span: Span,
  ) {
    super(message);
  }

  /** From 1. */
  get column(): number {
    return this.span.start + 1;
  }

  /** The message with the column and, on two lines of their own, the text and a mark under the part to blame. */
  explain(text: string): string {
    const length = Math.max(1, Math.min(this.span.end, text.length) - this.span.start);
    // A line break within the text would part the mark from what it marks.
    const line = text.replace(/\s/g, ' ');
    return `Column ${this.column}: ${this.message}\n${line}\n${' '.repeat(this.span.start)}${'^'.repeat(length)}`;
  }
}

/** From the beginning of one part to the end of another. */
export function spanning(first: Span, last: Span): Span {
  return { start: first.start, end: last.end };
}
