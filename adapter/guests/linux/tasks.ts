import type { SearchPredicate } from '../../../emulator/machine/predicate.ts';
import { GuestError, ifKnown } from '../guest-error.ts';
import type { SavedContext, Task, UserSpace } from '../guest.ts';
import { KernelObject, offsetOf, type KernelView } from '../kernel-object.ts';
import { littleEndian, memoryOfSpace, type ReadMemory } from '../memory/memory.ts';
import { pathOfFile } from './file-path.ts';
import { listElements } from './list.ts';

/** What tasks need beside the kernel's own memory. */
export interface LinuxMemory extends KernelView {
  readonly readPhysical: ReadMemory;
  /** satp as the kernel runs with it at this moment: its mode is that of all page tables. */
  readonly satp: bigint;
  /** The physical address behind one of the kernel's own. */
  readonly physical: (address: bigint) => bigint | undefined;
}

/** Bits of task_struct.__state and .exit_state (include/linux/sched.h): no debug information has these macros' names. */
const STATE_NAMES: readonly (readonly [bit: number, name: string])[] = [
  [0x20, 'zombie'],
  [0x10, 'dead'],
  [0x80, 'dead'],
  [0x8, 'traced'],
  [0x4, 'stopped'],
  [0x40, 'parked'],
  [0x800, 'new'],
  [0x200, 'waking'],
];
const INTERRUPTIBLE = 0x1;
const UNINTERRUPTIBLE = 0x2;
const NO_LOAD = 0x400;

/** x8, x9 and x18 to x27 are s0 to s11, in the order of thread_struct.s. */
const SAVED_REGISTERS = [8, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27];

/** All tasks: the idle task of the boot hart, then each process with its threads, in the kernel's order. */
export function* allTasks(kernel: LinuxMemory): Generator<KernelObject> {
  const first = KernelObject.variable(kernel, 'init_task');
  yield first;
  // Before the kernel has set up paging its lists hold nothing but the first task.
  for (const leader of listElements(kernel, first.member('tasks'), 'task_struct', 'tasks')) {
    const signal = leader.member('signal').target();
    if (signal === undefined) {
      yield leader;
      continue;
    }
    yield* listElements(kernel, signal.member('thread_head'), 'task_struct', 'thread_node');
  }
}

/** Bytes of task_struct.comm with its terminating zero. */
const LONGEST_NAME = 16;
const WORD = 8;
const TP = 4;

/** Holds in the kernel while it runs for a task of this name, which tp points to. A task may give itself another name. */
export function currentTaskIsNamed(kernel: LinuxMemory, name: string): SearchPredicate {
  const bytes = new Uint8Array(LONGEST_NAME);
  const text = new TextEncoder().encode(name).subarray(0, LONGEST_NAME - 1);
  bytes.set(text);
  const offset = offsetOf(kernel, 'task_struct', 'comm');
  const of: SearchPredicate[] = [];
  // Behind the zero at its end anything may be left of an earlier name.
  for (let at = 0; at <= text.length; at += WORD) {
    const length = Math.min(WORD, text.length + 1 - at);
    const value = littleEndian(bytes.subarray(at, at + WORD));
    const operand = { kind: 'memory', base: TP, address: offset + BigInt(at) } as const;
    of.push({ kind: 'compare', operand, comparison: '==', mask: (1n << BigInt(8 * length)) - 1n, value });
  }
  return { kind: 'all', of };
}

export function describeTask(kernel: LinuxMemory, task: KernelObject, isCurrent: boolean): Task {
  const state = isCurrent ? 'running' : stateOf(task);
  return {
    id: task.member('pid').number(),
    process: task.member('tgid').number(),
    name: task.member('comm').text(),
    state,
    address: task.address,
    saved: isCurrent || state === 'dead' ? undefined : () => savedContext(task),
    space: () => userSpace(kernel, task),
  };
}

function stateOf(task: KernelObject): string {
  const exit = task.member('exit_state').number();
  const state = task.anyMember('__state', 'state').number() | exit;
  if (state === 0) return 'runnable';
  const named = STATE_NAMES.find(([bit]) => (state & bit) !== 0);
  if (named !== undefined) return named[1];
  if ((state & INTERRUPTIBLE) !== 0) return 'sleeping';
  if ((state & UNINTERRUPTIBLE) !== 0) return (state & NO_LOAD) === 0 ? 'uninterruptible' : 'idle';
  return `state 0x${state.toString(16)}`;
}

/** What __switch_to saved (arch/riscv/kernel/entry.S): where the task goes on when it is scheduled again. */
function savedContext(task: KernelObject): SavedContext {
  const thread = task.member('thread');
  const registers = new Map<number, bigint>([
    [0, 0n],
    [1, thread.member('ra').unsigned()],
    [2, thread.member('sp').unsigned()],
  ]);
  const saved = thread.member('s');
  SAVED_REGISTERS.forEach((register, index) => registers.set(register, saved.element(index).unsigned()));
  registers.set(4, task.address);
  const pc = registers.get(1) ?? 0n;
  if (pc === 0n)
    throw new GuestError(`${task.member('comm').text()} has no saved context: it has never left its hart.`);
  return { pc, register: (number) => registers.get(number) };
}

/** The memory of the task's user program; a kernel thread has none. */
function userSpace(kernel: LinuxMemory, task: KernelObject): UserSpace | undefined {
  const mm = task.member('mm').target();
  if (mm === undefined) return undefined;
  const root = kernel.physical(mm.member('pgd').unsigned());
  if (root === undefined) return undefined;
  const satp = (kernel.satp & (0xfn << 60n)) | (root >> 12n);
  return {
    satp,
    read: memoryOfSpace(satp, kernel.readPhysical),
    program: ifKnown(() => {
      const file = mm.member('exe_file').target();
      return file === undefined ? undefined : pathOfFile(kernel, file);
    }),
  };
}
