import {
  INPUTS,
  LANDING,
  LANDING_SIZE,
  MAXIMUM_CASES,
  RAM,
  RESULTS,
  SANDBOX,
  SANDBOX_SIZE,
  SLOTS,
  SLOTS_SIZE,
  TABLES,
  TABLES_SIZE,
  WATCHES,
  csr,
  input,
  loadedCsrs,
  result,
} from './layout.ts';
import type { LoadedCsr } from './layout.ts';
import type { Random } from '../random.ts';
import { defaultPmpConfiguration, runner } from './runner.ts';

/** mstatus fields. */
export const mstatus = {
  SPP: 1n << 8n,
  MPP_SHIFT: 11n,
  FS_SHIFT: 13n,
  MPRV: 1n << 17n,
  SUM: 1n << 18n,
  MXR: 1n << 19n,
  TVM: 1n << 20n,
  TW: 1n << 21n,
  TSR: 1n << 22n,
  /** UXL and SXL of 64 bits, which hold no other value. */
  XL: (2n << 32n) | (2n << 34n),
} as const;

export type Privilege = 'U' | 'S' | 'M';
const privilegeBits = { U: 0n, S: 1n, M: 3n } as const;

/** What a case runs, and from which state. */
export interface TestCase {
  /** 16-bit parcels. What follows them in the slot is c.ebreak. */
  readonly code: readonly number[];
  /** The family that made it, for reports. */
  readonly family: string;
  readonly privilege: Privilege;
  /** Further mstatus bits. */
  readonly mstatus: bigint;
  readonly fcsr: number;
  /** x0 to x31; x0 is ignored. */
  readonly x: readonly bigint[];
  readonly f: readonly bigint[];
  /** Physical addresses of memory words to compare, multiples of 8; at most WATCHES. */
  readonly watches: readonly number[];
  /** CSR values other than the default. */
  readonly csrs?: ReadonlyMap<LoadedCsr, bigint>;
  /** CSRs that the code reads, by the integer register they are read into. */
  readonly reads?: ReadonlyMap<number, number>;
  /** Where to enter the slot, given its physical address; the address itself when absent. */
  readonly entry?: (slot: number) => bigint;
}

/** A case with its place in the program. */
export interface PlacedCase {
  readonly index: number;
  readonly test: TestCase;
  /** Physical address of its slot. */
  readonly slot: number;
}

const C_EBREAK = 0x9002;
const ECALL = 0x0000_0073;

/** Where S-mode handles traps that are delegated to it: an ecall, which comes back to the runner. */
export const SUPERVISOR_HANDLER = SLOTS;

/** Parcels of c.ebreak after each slot's code: jumps forward land among them. */
export const PAD_PARCELS = 16;

const defaultCsrs: ReadonlyMap<LoadedCsr, bigint> = new Map([[csr.pmpcfg0, defaultPmpConfiguration()]]);

/** A test program being put together. */
export class Program {
  readonly cases: PlacedCase[] = [];
  readonly image = new Uint8Array(RESULTS - RAM);
  private readonly view = new DataView(this.image.buffer);
  private slotCursor = SUPERVISOR_HANDLER + 4;
  private tableCursor = TABLES;

  constructor(private readonly random: Random) {
    for (const [index, word] of runner().entries()) this.view.setUint32(4 * index, word, true);
    for (let offset = 0; offset < SANDBOX_SIZE; offset += 4) {
      this.view.setUint32(SANDBOX - RAM + offset, random.bits32(), true);
    }
    // A jump into the landing pages ends at a c.ebreak, or at an ecall that lies across their ends.
    for (let offset = 0; offset < LANDING_SIZE; offset += 2) {
      const within = offset % 4096;
      const parcel = within === 0 ? ECALL >>> 16 : within === 4094 ? ECALL & 0xffff : C_EBREAK;
      this.view.setUint16(LANDING - RAM + offset, parcel, true);
    }
    this.view.setUint32(SUPERVISOR_HANDLER - RAM, ECALL, true);
  }

  get full(): boolean {
    return this.cases.length >= MAXIMUM_CASES - 1 || this.slotCursor + 256 > SLOTS + SLOTS_SIZE;
  }

  /** Bytes of RAM that results take. */
  get resultSize(): number {
    return this.cases.length * result.size;
  }

  get tablesFull(): boolean {
    return this.tableCursor >= TABLES + TABLES_SIZE;
  }

  /** A zeroed page for page tables; its physical address. */
  allocateTable(): number {
    const table = this.tableCursor;
    if (table + 4096 > TABLES + TABLES_SIZE) throw new RangeError('no room for another page table');
    this.tableCursor += 4096;
    return table;
  }

  writeWord(address: number, value: bigint): void {
    this.view.setBigUint64(address - RAM, value, true);
  }

  /** Chooses where the next case added will be: as a rule after the last one. */
  openSlot(): number {
    // Now and then code is placed across the end of a page, where a fetch has two translations.
    const toPageEnd = 4096 - (this.slotCursor % 4096);
    const before = 2 + 4 * this.random.below(4);
    if (toPageEnd < 256 && toPageEnd > before && this.random.once(2)) this.slotCursor += toPageEnd - before;
    return this.slotCursor;
  }

  add(test: TestCase): PlacedCase {
    if (this.full) throw new RangeError('the program is full');
    const slot = this.slotCursor;
    const index = this.cases.length;
    const placed: PlacedCase = { index, test, slot };
    for (let parcel = 0; parcel < test.code.length + PAD_PARCELS; parcel++) {
      this.view.setUint16(slot - RAM + 2 * parcel, test.code[parcel] ?? C_EBREAK, true);
    }
    this.slotCursor = slot + 2 * (test.code.length + PAD_PARCELS);

    const record = INPUTS - RAM + index * input.size;
    const word = (offset: number, value: bigint): void => {
      this.view.setBigUint64(record + offset, value, true);
    };
    word(input.slot, test.entry?.(slot) ?? BigInt(slot));
    word(input.mstatus, mstatus.XL | (privilegeBits[test.privilege] << mstatus.MPP_SHIFT) | test.mstatus);
    word(input.fcsr, BigInt(test.fcsr));
    for (const [at, number] of loadedCsrs.entries()) {
      word(input.csrs + 8 * at, test.csrs?.get(number) ?? defaultCsrs.get(number) ?? 0n);
    }
    for (let watch = 0; watch < WATCHES; watch++) {
      word(input.watches + 8 * watch, BigInt(test.watches[watch] ?? SANDBOX));
    }
    for (let register = 0; register < 32; register++) {
      word(input.x + 8 * register, test.x[register] ?? 0n);
      word(input.f + 8 * register, test.f[register] ?? 0n);
    }
    this.cases.push(placed);
    return placed;
  }
}

/** Throws unless every case has left its result: a program that is stuck is not one that agrees. */
export function requireComplete(program: Program, results: Uint8Array, machine: string): void {
  const view = new DataView(results.buffer, results.byteOffset, results.byteLength);
  for (const { index, test } of program.cases) {
    if (Number(view.getBigUint64(index * result.size + result.input, true)) === INPUTS + index * input.size) continue;
    throw new Error(`${machine} is stuck: case ${index - 1} or ${index} (${test.family}) left no result`);
  }
}
