import type { SearchPredicate } from '../../../emulator/machine/predicate.ts';
import { integerRegisterNames } from '../../../emulator/riscv/registers.ts';
import { sizeOf, strip } from '../../symbols/types/type.ts';
import { GuestError, ifKnown } from '../guest-error.ts';
import {
  NO_ARRIVALS,
  type Guest,
  type HartRegisters,
  type KernelIdentity,
  type KernelModule,
  type LogMessage,
  type Mapping,
  type SavedContext,
  type Task,
  type UserSpace,
} from '../guest.ts';
import { KernelObject, symbolAddress, type KernelView } from '../kernel-object.ts';
import { memoryOfSpace, type ReadMemory } from '../memory/memory.ts';
import type { GuestDescription } from './description.ts';
import { objectAtPath } from './path.ts';

/** What a declared guest is read through. */
export interface DeclaredMemory extends KernelView {
  readonly readPhysical: ReadMemory;
  readonly satp: bigint;
  /** The physical address behind one of the kernel's own. */
  readonly physical: (address: bigint) => bigint | undefined;
}

/** More elements than the table of a small kernel has. */
const MOST_TASKS = 65_536;
/** satp.MODE of Sv39, for kernels that keep the root page and run without paging themselves. */
const SV39 = 8n << 60n;

/** A small kernel whose tasks a person has described. */
export class DeclaredGuest implements Guest {
  readonly kind: string;
  readonly arrivals = NO_ARRIVALS;

  constructor(
    private readonly description: GuestDescription,
    private readonly memory: DeclaredMemory,
    private readonly harts: readonly HartRegisters[],
  ) {
    this.kind = description.name;
  }

  tasks(): readonly Task[] {
    const current = new Set(this.harts.map((hart) => this.currentAddress(hart)));
    return [...this.elements()].map(({ task, index }) => this.describe(task, index, current.has(task.address)));
  }

  currentTask(hart: HartRegisters): Task | undefined {
    const address = this.currentAddress(hart);
    return address === undefined ? undefined : this.tasks().find((task) => task.address === address);
  }

  /** As far as the kernel's memory is mapped: not while a user program runs in page tables of its own. */
  executes(hart: number, task: bigint): SearchPredicate | undefined {
    const { current } = this.description;
    if (current === undefined) return undefined;
    const { address } = objectAtPath(this.memory, current, hart);
    return { kind: 'compare', operand: { kind: 'memory', address }, comparison: '==', value: task };
  }

  identity(): KernelIdentity {
    return { version: undefined, commandLine: undefined };
  }

  log(): readonly LogMessage[] {
    throw this.untold('a kernel log');
  }

  modules(): readonly KernelModule[] {
    throw this.untold('modules');
  }

  mappings(): readonly Mapping[] {
    throw this.untold('mappings; /walk ADDRESS reads the page table');
  }

  /** The elements of the table that hold a task. */
  private *elements(): Generator<{ readonly task: KernelObject; readonly index: number }> {
    const { table, state, unused } = this.description.tasks;
    const array = KernelObject.variable(this.memory, table);
    const element = array.element(0);
    const size = sizeOf(element.type) ?? 0;
    const count = this.count(array, size);
    const holdsPointers = strip(element.type).kind === 'pointer';
    for (let index = 0; index < count; index++) {
      const entry = array.element(index);
      const task = holdsPointers ? entry.target() : entry;
      if (task === undefined || isOneOf(this.stateOf(task.member(state)), unused)) continue;
      yield { task, index };
    }
  }

  private count(array: KernelObject, size: number): number {
    const { end, table } = this.description.tasks;
    const count =
      end === undefined
        ? array.count
        : end.kind === 'count'
          ? end.count
          : Number(symbolAddress(this.memory, end.name) - array.address) / size;
    if (Number.isInteger(count) && count > 0 && count <= MOST_TASKS) return count;
    throw new GuestError(
      `"guest": ${table} seems to have ${count} elements. Say how many in "count", or name the symbol behind it in "end".`,
    );
  }

  private describe(task: KernelObject, index: number, isCurrent: boolean): Task {
    const { state, name, id, context, pageTable } = this.description.tasks;
    const number = id === undefined ? index : task.member(id).number();
    const label = (name === undefined ? '' : ifKnown(() => task.member(name).text())) ?? '';
    return {
      id: number,
      process: number,
      name: label === '' ? `task ${number}` : label,
      state: isCurrent ? 'running' : this.stateOf(task.member(state)).name,
      address: task.address,
      saved: context === undefined || isCurrent ? undefined : () => this.savedContext(task.member(context)),
      space: pageTable === undefined ? undefined : () => this.userSpace(task.member(pageTable)),
    };
  }

  /** A number, and its name: as the description has it, else as the enum has it. */
  private stateOf(object: KernelObject): { readonly number: number; readonly name: string } {
    const number = object.number();
    const bare = strip(object.type);
    const enumerator =
      bare.kind === 'enumeration' ? bare.enumerators().find(({ value }) => value === BigInt(number))?.name : undefined;
    return { number, name: this.description.tasks.states.get(number) ?? enumerator ?? `state ${number}` };
  }

  private savedContext(context: KernelObject): SavedContext {
    const registers = new Map<number, bigint>([[0, 0n]]);
    integerRegisterNames.forEach((register, number) => {
      const member = this.description.tasks.registers.get(register) ?? register;
      if (context.has(member) || isPointer(context)) {
        const value = ifKnown(() => context.member(member).unsigned());
        if (value !== undefined) registers.set(number, value);
      }
    });
    const pc = registers.get(1);
    if (pc === undefined || pc === 0n)
      throw new GuestError('This task has no saved context: it has never left its hart.');
    return { pc, register: (number) => registers.get(number) };
  }

  /** A page table's address; a value of satp is told by its mode. */
  private userSpace(pageTable: KernelObject): UserSpace | undefined {
    const value = pageTable.unsigned();
    if (value === 0n) return undefined;
    const isSatp = !isPointer(pageTable) && value >> 60n >= 8n;
    const root = isSatp ? undefined : this.memory.physical(value);
    if (!isSatp && root === undefined) return undefined;
    const mode = this.memory.satp >> 60n === 0n ? SV39 : this.memory.satp & (0xfn << 60n);
    const satp = root === undefined ? value & ~(0xffffn << 44n) : mode | (root >> 12n);
    return { satp, read: memoryOfSpace(satp, this.memory.readPhysical), program: undefined };
  }

  private currentAddress(hart: HartRegisters): bigint | undefined {
    const { current, tasks } = this.description;
    if (current === undefined) {
      const running = [...this.elements()].filter(({ task }) =>
        isOneOf(this.stateOf(task.member(tasks.state)), tasks.running),
      );
      return running.length === 1 ? running[0]?.task.address : undefined;
    }
    return ifKnown(() => objectAtPath(this.memory, current, hart.index).target()?.address);
  }

  private untold(what: string): GuestError {
    return new GuestError(`The attribute "guest" says nothing of ${what}.`);
  }
}

function isPointer(object: KernelObject): boolean {
  return strip(object.type).kind === 'pointer';
}

function isOneOf(
  state: { readonly number: number; readonly name: string },
  wanted: readonly (string | number)[],
): boolean {
  return wanted.includes(state.number) || wanted.includes(state.name);
}
