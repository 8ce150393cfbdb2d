import { sizeOf, strip, type Type } from '../types/type.ts';
import type { Value } from '../variables/value.ts';
import type { ExpressionEnvironment } from './environment.ts';
import { ExpressionError, type Span } from './expression-error.ts';

/**
 * What Linux writes with macros that a kernel's debug information seldom has (-g3), and what its scripts for gdb
 * add (scripts/gdb): per-CPU variables, the current task.
 */

/** Bits of a pointer's address that a CPU adds to that of a per-CPU variable; 0 in a kernel that is built for one CPU. */
export function perCpuOffset(environment: ExpressionEnvironment, cpu: bigint, span: Span): bigint {
  const offsets = environment.name(['__per_cpu_offset'], undefined);
  if (offsets === undefined) return 0n;
  const bare = strip(offsets.type);
  const count = bare.kind === 'array' && bare.count.kind === 'fixed' ? bare.count.count : 0;
  if (bare.kind !== 'array' || cpu < 0n || cpu >= BigInt(count)) {
    throw new ExpressionError(`There is no CPU ${cpu}: the kernel is built for ${count}, counted from 0.`, span);
  }
  return numberOf(offsets.elementAt(bare, Number(cpu)), span);
}

/** The address of the `struct task_struct` that the hart runs: in tp, or in sscratch while a program of the user's runs. */
export function currentTask(environment: ExpressionEnvironment, span: Span): { address: bigint; type: Type } {
  const type = environment.types.typeNamed('struct', 'task_struct');
  if (type === undefined || sizeOf(type) === undefined) {
    throw new ExpressionError(
      'The program has no "struct task_struct": this is no Linux with debug information.',
      span,
    );
  }
  const kept = environment.register('sscratch');
  const scratch = kept === undefined ? 0n : numberOf(kept, span);
  const pointer = environment.register('tp');
  const address = scratch !== 0n || pointer === undefined ? scratch : numberOf(pointer, span);
  return { address: BigInt.asUintN(64, address), type };
}

/** The CPU that the current task is on. */
export function currentCpu(task: Value, span: Span): bigint {
  const information = task.memberNamed('thread_info');
  const cpu = information?.memberNamed('cpu') ?? task.memberNamed('cpu');
  return cpu === undefined ? 0n : numberOf(cpu, span);
}

function numberOf(value: Value, span: Span): bigint {
  const contents = value.read();
  if (contents.kind === 'bits') return contents.value;
  throw new ExpressionError(`The value of ${value.expression} cannot be had: ${contents.reason}.`, span);
}
