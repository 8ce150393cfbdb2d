import {
  walkPageTable,
  permissionText,
  type PageTableWalk,
  type Permissions,
  type ReadEntry,
} from './memory/page-table.ts';
import { causeName, type TrapCause } from './trap-cause.ts';

/** A trap, and what its cause can be read from. */
export interface Trap {
  readonly cause: TrapCause;
  /** The instruction that trapped, or that was about to execute. */
  readonly pc: bigint;
  /** stval or mtval. */
  readonly value: bigint;
  /** The privilege that it came from. */
  readonly from: 'U' | 'S' | 'M';
  readonly satp: bigint;
  /** sstatus: SUM and MXR decide what S-mode may do. */
  readonly status: bigint;
}

/** What an answer names addresses by. */
export interface TrapNames {
  readonly readEntry: ReadEntry;
  /** `main+0x12 (main.c:7)` for code, or the symbol around data; undefined where nothing is known. */
  readonly describe: (address: bigint) => string | undefined;
  /** What is known of the memory around an address beside the page table: `in the mapping ...`, `below the stack`. */
  readonly memoryAround: (address: bigint) => string | undefined;
  /** The instruction at pc, disassembled. */
  readonly instruction: string | undefined;
}

const SUM = 1n << 18n;
const MXR = 1n << 19n;
const PAGE = 4096n;
const CANNOT_READ = 'nothing answers at that physical address, or PMP forbids it';

type Access = 'load' | 'store' | 'fetch';

const VERBS: Readonly<Record<Access, string>> = { load: 'read', store: 'write', fetch: 'execute' };
const PRIVILEGE_NAMES = { U: 'user', S: 'supervisor', M: 'machine' } as const;

/** Why a trap was taken, in sentences: the first says what happened, the others what explains it. */
export function whyTrap(trap: Trap, names: TrapNames): readonly string[] {
  const { cause, pc, from } = trap;
  const at = `${hex(pc)}${named(names.describe(pc))}`;
  if (cause.interrupt) {
    return [
      `An interrupt (${causeName(cause)}) came before the instruction at ${at}, in ${PRIVILEGE_NAMES[from]} mode.`,
    ];
  }
  const instruction = names.instruction === undefined ? '' : `, \`${names.instruction}\`,`;
  const first = (what: string): string => `The instruction at ${at}${instruction} ${what}.`;
  switch (cause.code) {
    case 0:
      return [first(`jumped to ${hex(trap.value)}, which is no multiple of 2`)];
    case 2:
      return [first(`is illegal in ${PRIVILEGE_NAMES[from]} mode${encodingText(trap.value)}`)];
    case 3:
      return [first('is a breakpoint (ebreak)')];
    case 4:
    case 6:
      return [first(`accessed ${hex(trap.value)}, which is not aligned as this access needs it`)];
    case 8:
    case 9:
    case 11:
      return [first(`asked for a service by ecall, from ${PRIVILEGE_NAMES[from]} mode`)];
    case 1:
    case 5:
    case 7:
      return accessFault(trap, names, first);
    case 12:
    case 13:
    case 15:
      return pageFault(trap, names, first);
    default:
      return [first(`raised ${causeName(cause)}`)];
  }
}

function accessOf({ code }: TrapCause): Access {
  if (code === 1 || code === 12) return 'fetch';
  return code === 5 || code === 13 ? 'load' : 'store';
}

function accessFault(trap: Trap, names: TrapNames, first: (what: string) => string): readonly string[] {
  const target = `${hex(trap.value)}${named(names.describe(trap.value))}`;
  const walk = walkPageTable(trap.from === 'M' ? 0n : trap.satp, trap.value, names.readEntry);
  const physical = walk.outcome.kind === 'mapped' ? ` (physical ${hex(walk.outcome.physical)})` : '';
  return [first(`tried to ${VERBS[accessOf(trap.cause)]} ${target}${physical}`), `That failed: ${CANNOT_READ}.`];
}

function pageFault(trap: Trap, names: TrapNames, first: (what: string) => string): readonly string[] {
  const access = accessOf(trap.cause);
  const { value } = trap;
  const sentences = [
    first(
      `tried to ${VERBS[access]} ${hex(value)}${named(names.describe(value))} in ${PRIVILEGE_NAMES[trap.from]} mode`,
    ),
  ];
  if (value < PAGE)
    sentences.push('That is within the first page: a NULL pointer, or a member of a structure at NULL.');
  sentences.push(reasonOf(trap, access, walkPageTable(trap.satp, value, names.readEntry)));
  const around = names.memoryAround(value);
  if (around !== undefined) sentences.push(around);
  return sentences;
}

/** Which rule of the page table, or of sstatus, forbids the access. */
function reasonOf({ value, from, status }: Trap, access: Access, { outcome, entries }: PageTableWalk): string {
  if (outcome.kind === 'unmapped') return `${hex(value)} ${outcome.reason}.`;
  const { permissions } = outcome;
  const page = `Its page (${permissionText(permissions)}) is mapped to physical ${hex(outcome.physical)}`;
  const forbidden = forbiddenBy(permissions, access, from, status);
  if (forbidden !== undefined) return `${page}, but ${forbidden}.`;
  const flags = entries.at(-1)?.flags ?? '';
  return `${page} with the flags ${flags}, and permits the access now: the kernel has mapped it since, or the access set A or D.`;
}

function forbiddenBy(
  { read, write, execute, user }: Permissions,
  access: Access,
  from: Trap['from'],
  status: bigint,
): string | undefined {
  if (from === 'U' && !user) return 'is not for user programs (U is clear)';
  if (from === 'S' && user && access === 'fetch') return 'supervisor mode never executes pages of user programs';
  if (from === 'S' && user && (status & SUM) === 0n) {
    return 'supervisor mode may not touch pages of user programs while sstatus.SUM is clear';
  }
  if (access === 'fetch') return execute ? undefined : 'may not be executed (X is clear)';
  if (access === 'store') return write ? undefined : 'may not be written (W is clear)';
  const readable = read || (execute && (status & MXR) !== 0n);
  return readable ? undefined : 'may not be read (R is clear)';
}

function encodingText(value: bigint): string {
  return value === 0n ? '' : ` (its encoding is ${hex(value)})`;
}

function named(text: string | undefined): string {
  return text === undefined ? '' : ` <${text}>`;
}

function hex(value: bigint): string {
  return `0x${BigInt.asUintN(64, value).toString(16)}`;
}
