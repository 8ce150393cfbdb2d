/**
 * What a person says of a small kernel in the attribute `guest`, so that its tasks are found without code. Names are those
 * of the kernel's own variables and members; layouts come from its debug information.
 */
export interface GuestDescription {
  /** What to call it. */
  readonly name: string;
  readonly tasks: TaskTable;
  /**
   * The task that a hart executes: a path from a variable to a pointer, with `[hart]` for the hart's number:
   * `cpus[hart].proc`. Undefined: the task whose state is `running` in `states`.
   */
  readonly current: string | undefined;
}

/** A table of tasks: an array of structures, or of pointers to them. */
export interface TaskTable {
  /** The variable. */
  readonly table: string;
  /** Where it ends: a number of elements, or the symbol behind the last; undefined when the variable's type tells. */
  readonly end:
    { readonly kind: 'count'; readonly count: number } | { readonly kind: 'symbol'; readonly name: string } | undefined;
  /** Members, as paths from the structure. */
  readonly state: string;
  /** Names of the state by number, where the debug information has none (an enum's names need not be said). */
  readonly states: ReadonlyMap<number, string>;
  /** States of elements that hold no task, by name or number. */
  readonly unused: readonly (string | number)[];
  /** States of a task that is on a hart, by name or number. */
  readonly running: readonly (string | number)[];
  readonly name: string | undefined;
  /** Undefined: the index in the table. */
  readonly id: string | undefined;
  /** The registers that the switch between tasks saves: a structure, or a pointer to one. */
  readonly context: string | undefined;
  /** Members of the context by register: `ra`, `sp`, `s0`, ... Names that are the registers' own need not be said. */
  readonly registers: ReadonlyMap<string, string>;
  /** The page table: a pointer to the root page, or a value of satp. */
  readonly pageTable: string | undefined;
}
