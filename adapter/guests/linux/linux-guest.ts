import { privilegeIs, registerIs, type SearchPredicate } from '../../../emulator/machine/predicate.ts';
import { ifKnown } from '../guest-error.ts';
import type { Guest, HartRegisters, KernelIdentity, KernelModule, LogMessage, Mapping, Task } from '../guest.ts';
import { KernelObject } from '../kernel-object.ts';
import { linuxIdentity } from './identity.ts';
import { kernelLog } from './kernel-log.ts';
import { mappingsOf } from './mappings.ts';
import { loadedModules } from './modules.ts';
import { allTasks, currentTaskIsNamed, describeTask, type LinuxMemory } from './tasks.ts';

const SSCRATCH = 0x140;
const TP = 4;

/** Linux on RISC-V, at the moment that `memory` shows. */
export class LinuxGuest implements Guest {
  readonly kind = 'Linux';
  readonly arrivals = {
    modules: ['do_init_module', 'free_module'],
    programs: ['start_thread', 'begin_new_exec', 'do_exit'],
    isOfProgram: (name: string) => ifKnown(() => currentTaskIsNamed(this.memory, name)),
  };

  constructor(
    private readonly memory: LinuxMemory,
    private readonly harts: readonly HartRegisters[],
  ) {}

  tasks(): readonly Task[] {
    const running = new Set(this.harts.map((hart) => this.currentAddress(hart)));
    return this.taskObjects().map((task) => describeTask(this.memory, task, running.has(task.address)));
  }

  currentTask(hart: HartRegisters): Task | undefined {
    const address = this.currentAddress(hart);
    if (address === undefined) return undefined;
    return describeTask(this.memory, KernelObject.at(this.memory, 'task_struct', address), true);
  }

  /** The kernel keeps the task in tp, and in sscratch while the user program runs. */
  executes(_hart: number, task: bigint): SearchPredicate {
    const scratch = { kind: 'csr', number: SSCRATCH } as const;
    const inUser: SearchPredicate = { kind: 'compare', operand: scratch, comparison: '==', value: task };
    const inKernel: SearchPredicate = {
      kind: 'all',
      of: [{ kind: 'not', of: privilegeIs('U') }, registerIs(TP, task)],
    };
    return { kind: 'any', of: [inUser, inKernel] };
  }

  identity(): KernelIdentity {
    return linuxIdentity(this.memory);
  }

  log(): readonly LogMessage[] {
    return kernelLog(this.memory);
  }

  modules(): readonly KernelModule[] {
    return loadedModules(this.memory);
  }

  mappings(task: Task): readonly Mapping[] {
    const mm = KernelObject.at(this.memory, 'task_struct', task.address).member('mm').target();
    return mm === undefined ? [] : mappingsOf(this.memory, mm);
  }

  /**
   * The kernel keeps the current task in tp; while a user program runs, and for the first instructions of a trap, in
   * sscratch (arch/riscv/kernel/entry.S). Only what is on the list of tasks is believed.
   */
  private currentAddress(hart: HartRegisters): bigint | undefined {
    const tp = hart.readX(TP);
    const scratch = hart.readCsr(SSCRATCH);
    const candidates = hart.privilege === 'U' ? [scratch, tp] : [tp, scratch];
    const tasks = new Set(this.taskObjects().map(({ address }) => address));
    return candidates.find((one) => one !== undefined && tasks.has(one));
  }

  private taskObjects(): readonly KernelObject[] {
    this.known ??= asFarAsKnown(allTasks(this.memory));
    return this.known;
  }

  private known: readonly KernelObject[] | undefined;
}

/** A list that the kernel is writing to just now may break off: what came before that is true all the same. */
function asFarAsKnown<T>(items: Generator<T>): readonly T[] {
  const found: T[] = [];
  for (;;) {
    const next = ifKnown(() => items.next());
    if (next === undefined || next.done === true) return found;
    found.push(next.value);
  }
}
