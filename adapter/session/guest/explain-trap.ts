import type { HartView } from '../../../emulator/machine/machine.ts';
import { disassemble } from '../../../emulator/riscv/disassembler.ts';
import { ifKnown } from '../../guests/guest-error.ts';
import { littleEndian, memoryOfSpace } from '../../guests/memory/memory.ts';
import { causeIn } from '../../guests/trap-cause.ts';
import { whyTrap, type Trap } from '../../guests/why-trap.ts';
import { formatAddress } from '../address.ts';
import type { SessionContext } from '../context.ts';
import type { Debuggee } from '../debuggee.ts';
import { RequestFailure } from '../failure.ts';
import { mappingsOf, permissionsOf } from './queries.ts';

/** CSR numbers (privileged specification, chapter 2). */
const SSTATUS = 0x100;
const SEPC = 0x141;
const SCAUSE = 0x142;
const STVAL = 0x143;
const MSTATUS = 0x300;
const MEPC = 0x341;
const MCAUSE = 0x342;
const MTVAL = 0x343;

/** Why the last trap of a hart was taken, in sentences. Throws when it has taken none. */
export function explainTrap({ motions }: SessionContext, debuggee: Debuggee, hart: number): readonly string[] {
  const view = debuggee.timeline.harts[hart];
  if (view === undefined) throw new RequestFailure(`There is no hart ${hart}.`);
  const ahead = motions.last?.hits.find((hit) => hit.kind === 'trap' && hit.counter === debuggee.timeline.counter);
  if (ahead !== undefined) {
    throw new RequestFailure(
      'The trap has not been taken yet at this moment: go one instruction forward, and ask again.',
    );
  }
  const trap = lastTrap(view, debuggee.guestView.spaceOf(hart), debuggee);
  const { guestView } = debuggee;
  const read = memoryOfSpace(trap.satp, guestView.readPhysical);
  const code = read(trap.pc, 4) ?? read(trap.pc, 2);
  return whyTrap(trap, {
    readEntry: guestView.readEntry,
    describe: (address) => describe(debuggee, address),
    memoryAround: (address) => memoryAround(debuggee, address),
    instruction: code && instructionText(code, trap.pc),
  });
}

function lastTrap(view: HartView, satp: bigint, debuggee: Debuggee): Trap {
  const csr = (number: number): bigint => view.readCsr(number) ?? 0n;
  const isMachine = view.privilege === 'M';
  const pc = csr(isMachine ? MEPC : SEPC);
  const value = csr(isMachine ? MTVAL : STVAL);
  const cause = csr(isMachine ? MCAUSE : SCAUSE);
  if (pc === 0n && cause === 0n) throw new RequestFailure(`Hart ${view.index} has taken no trap yet.`);
  const status = csr(isMachine ? MSTATUS : SSTATUS);
  const from = isMachine ? (['U', 'S', 'M', 'M'] as const)[Number((status >> 11n) & 3n)] : status & 0x100n ? 'S' : 'U';
  // A kernel with page tables of its own has changed satp since a user program trapped.
  const ofTask = from === 'U' ? ifKnown(() => debuggee.guestView.guest.currentTask(view)?.space?.()?.satp) : undefined;
  return { cause: causeIn(cause), pc, value, from: from ?? 'M', satp: ofTask ?? satp, status };
}

function instructionText(code: Uint8Array, pc: bigint): string | undefined {
  const bits = Number(littleEndian(code));
  const isLong = (bits & 3) === 3;
  if (isLong && code.length < 4) return undefined;
  return disassemble(isLong ? bits : bits & 0xffff, pc).text;
}

/** `name+0x12 (file.c:7)`. */
function describe({ program }: Debuggee, address: bigint): string | undefined {
  const symbol = program.symbolAt(address);
  if (symbol === undefined) return undefined;
  const offset = address - symbol.address;
  const position = program.positionAt(address);
  const file = position?.file.path.slice(position.file.path.lastIndexOf('/') + 1);
  const line = position === undefined ? '' : ` (${file}:${position.line})`;
  return `${symbol.name}${offset === 0n ? '' : `+0x${offset.toString(16)}`}${line}`;
}

/** What the kernel has mapped around an address of a user program. */
function memoryAround(debuggee: Debuggee, address: bigint): string | undefined {
  if (address >> 63n !== 0n) return undefined;
  const mappings = ifKnown(() => {
    try {
      return mappingsOf(debuggee, undefined);
    } catch (error) {
      if (error instanceof RequestFailure) return undefined;
      throw error;
    }
  });
  if (mappings === undefined || mappings.length === 0) return undefined;
  const inside = mappings.find(({ start, end }) => start <= address && address < end);
  if (inside !== undefined) {
    const what = inside.name === '' ? 'anonymous memory' : inside.name;
    return `The kernel has it in a mapping of ${what} (${permissionsOf(inside)}, ${formatAddress(inside.start)} to ${formatAddress(inside.end)}).`;
  }
  const below = mappings.findLast(({ end }) => end <= address);
  const above = mappings.find(({ start }) => start > address);
  const parts = [
    ...(below === undefined ? [] : [`${below.name || 'anonymous memory'} ends at ${formatAddress(below.end)}`]),
    ...(above === undefined ? [] : [`${above.name || 'anonymous memory'} begins at ${formatAddress(above.start)}`]),
  ];
  return `The task has no mapping there: ${parts.join(', ')}.`;
}
