import type { Hit, StopCondition } from '../../emulator/machine/stop.ts';

/**
 * The client's breakpoints and watchpoints (packets `Z` and `z`), as stop conditions of the timeline. They are never
 * written into guest memory (law 6), so software and hardware breakpoints differ only in how a stop is reported.
 */

/** The type digit of a `Z` packet. */
export type BreakpointType = 0 | 1 | 2 | 3 | 4;

export interface Breakpoint {
  readonly type: BreakpointType;
  readonly address: bigint;
  /** Bytes watched; for breakpoints the size of the instruction, which does not matter here. */
  readonly length: number;
}

export function parseBreakpointType(text: string): BreakpointType | undefined {
  const digit = Number(text);
  return digit === 0 || digit === 1 || digit === 2 || digit === 3 || digit === 4 ? digit : undefined;
}

const watchedAccess = { 2: 'write', 3: 'read', 4: 'read-write' } as const;

function conditionOf({ type, address, length }: Breakpoint): StopCondition {
  if (type === 0 || type === 1) return { kind: 'instruction', address };
  return { kind: 'access', space: 'virtual', address, length, access: watchedAccess[type] };
}

function sameBreakpoint(a: Breakpoint, b: Breakpoint): boolean {
  return a.type === b.type && a.address === b.address && (a.type < 2 || a.length === b.length);
}

/** The set that is inserted at present. Inserting twice is the same as once, as the protocol wants it. */
export class Breakpoints {
  #inserted: Breakpoint[] = [];

  insert(breakpoint: Breakpoint): void {
    if (!this.#inserted.some((other) => sameBreakpoint(other, breakpoint))) this.#inserted.push(breakpoint);
  }

  /** No error when there is none. */
  remove(breakpoint: Breakpoint): void {
    this.#inserted = this.#inserted.filter((other) => !sameBreakpoint(other, breakpoint));
  }

  clear(): void {
    this.#inserted = [];
  }

  conditions(): readonly StopCondition[] {
    return this.#inserted.map(conditionOf);
  }

  /** The inserted breakpoint that a hit belongs to. */
  find(hit: Hit): Breakpoint | undefined {
    switch (hit.kind) {
      case 'instruction':
        return this.#inserted.find(({ type, address }) => type < 2 && address === hit.address);
      case 'access': {
        const { address, length, access } = hit.condition;
        return this.#inserted.find(
          (other) =>
            (other.type === 2 || other.type === 3 || other.type === 4) &&
            watchedAccess[other.type] === access &&
            other.address === address &&
            other.length === length,
        );
      }
      case 'trap':
      case 'register-change':
        return undefined;
    }
  }
}
