import type { SearchPredicate } from '../../emulator/machine/predicate.ts';
import type { ReadMemory } from './memory/memory.ts';

/** What is known of a particular kernel, at the present moment. Every method may throw a GuestError, a sentence. */
export interface Guest {
  /** `Linux`, `bare metal`, or what the person calls it. */
  readonly kind: string;
  /** All tasks, in the kernel's order; empty before the kernel has any. */
  tasks(): readonly Task[];
  /** The task that a hart executes; undefined when it executes none, or nobody can tell. */
  currentTask(hart: HartRegisters): Task | undefined;
  /** What holds while a hart executes the task at an address, in the kernel or its user program; undefined when nobody can tell. */
  executes(hart: number, task: bigint): SearchPredicate | undefined;
  /** What the kernel says of itself. */
  identity(): KernelIdentity;
  /** The kernel's log, oldest message first. */
  log(): readonly LogMessage[];
  modules(): readonly KernelModule[];
  /** The functions of the kernel at whose entry code appears or goes: what was known of its places must be asked for anew. */
  readonly arrivals: CodeArrivals;
  /** The memory that a task's user program has mapped, ascending. */
  mappings(task: Task): readonly Mapping[];
}

/** Names of functions of the kernel. At the entry of each, both what goes and what comes can be seen. */
export interface CodeArrivals {
  /** Of modules: before the initialisation of one, and before one is given back. */
  readonly modules: readonly string[];
  /** Of user programs: before one begins, before it makes room for another, and before it ends. */
  readonly programs: readonly string[];
  /** Holds at these when it is about the program of a name: most that come by are others. Undefined when nothing tells. */
  readonly isOfProgram: (name: string) => SearchPredicate | undefined;
}

export const NO_ARRIVALS: CodeArrivals = { modules: [], programs: [], isOfProgram: () => undefined };

/** The registers that tell which task a hart executes. */
export interface HartRegisters {
  readonly index: number;
  readonly privilege: 'U' | 'S' | 'M';
  readX(register: number): bigint;
  readCsr(number: number): bigint | undefined;
}

/** A thread of execution that the kernel schedules. */
export interface Task {
  /** Unique among the tasks of one moment; Linux's pid. */
  readonly id: number;
  /** The process: for Linux the tgid, equal to `id` in its first thread. */
  readonly process: number;
  readonly name: string;
  /** For people: `running`, `sleeping`, ... */
  readonly state: string;
  /** Where the kernel keeps it. */
  readonly address: bigint;
  /** The registers that the scheduler saved when it left the task, for unwinding; undefined when nothing is saved. */
  readonly saved: (() => SavedContext) | undefined;
  /** Its user program's address space; undefined for one that runs in the kernel alone. */
  readonly space: (() => UserSpace | undefined) | undefined;
}

/** A context that is not on a hart. */
export interface SavedContext {
  readonly pc: bigint;
  /** x0 to x31; undefined where it was not saved. */
  readonly register: (number: number) => bigint | undefined;
}

/** An address space of user programs. */
export interface UserSpace {
  /** The value of satp that selects it, without the ASID. */
  readonly satp: bigint;
  readonly read: ReadMemory;
  /** The path of the program as the kernel knows it; undefined where it does not keep that. */
  readonly program: string | undefined;
}

export interface KernelIdentity {
  /** Such as `Linux version 6.1.0 ...`. */
  readonly version: string | undefined;
  readonly commandLine: string | undefined;
}

export interface LogMessage {
  /** Counts from 0 since the kernel began. */
  readonly sequence: number;
  /** Nanoseconds of the kernel's clock. */
  readonly time: bigint;
  /** 0 (emergency) to 7 (debug). */
  readonly level: number;
  /** 0 for the kernel's own messages. */
  readonly facility: number;
  /** Without its final newline. */
  readonly text: string;
}

export interface KernelModule {
  readonly name: string;
  readonly state: string;
  /** Where the kernel keeps it. */
  readonly address: bigint;
  /** Its parts in memory: text first. */
  readonly regions: readonly { readonly name: string; readonly address: bigint; readonly size: number }[];
  /** What the kernel keeps in memory as long as the module is loaded, and nothing else has there: its name. */
  readonly mark: { readonly address: bigint; readonly bytes: Uint8Array };
  /** Where the kernel keeps the address of its initialisation code: zero there once that code is given back. */
  readonly initialization: bigint;
  /** Sections as they were loaded, for the module's own file: `.text` at its address. */
  readonly sections: () => ReadonlyMap<string, bigint>;
  /** In lower-case hexadecimal; undefined when the module has none in memory. */
  readonly buildId: () => string | undefined;
  /** The symbols that the kernel keeps of it. */
  readonly symbols: () => readonly { readonly name: string; readonly address: bigint; readonly size: number }[];
}

/** A stretch of a user program's memory: [start, end). */
export interface Mapping {
  readonly start: bigint;
  readonly end: bigint;
  readonly read: boolean;
  readonly write: boolean;
  readonly execute: boolean;
  /** Writes reach the file, or other processes. */
  readonly shared: boolean;
  /** What it is of: the path of a file, `[stack]`, `[heap]`; empty for memory of its own. */
  readonly name: string;
  /** Bytes from the start of the file. */
  readonly offset: bigint;
}
