import type { AtomicOperation, I32 as Condition, I64 as Integer, Width } from '../../riscv/emitter.ts';
import { RAM_BASE, RESERVATION, TLB_WATCHED, TLB_WATCHED_FIRST, TLB_WATCHED_LAST, TLB_WRITE } from '../layout.ts';
import { PAGE_MASK, pushLinear, pushTagAndPage, type TlbLook } from '../tlb-look.ts';
import { WasmEmitter, type FunctionIndex } from '../wasm-emitter.ts';
import { WASM_I32, WASM_I64 } from '../wasm/types.ts';
import type { FunctionBody, Local } from '../wasm/function-body.ts';
import { I32, I64, MEMORY } from '../wasm/opcodes.ts';
import type { AccessGroup } from './access-groups.ts';
import { combine } from './atomic-operation.ts';
import type { PlacedInstruction } from './region.ts';
import { RegisterLocals } from './register-locals.ts';

/** Parameters of a region's function. */
export const PAGE_PARAMETER = 0;
export const REMAINING_PARAMETER = 1;
export const DATA_TLB_PARAMETER = 2;
export const PARAMETER_COUNT = 3;

const NO_RESERVATION = -1n;

/** Where RAM lies in linear memory. */
export interface RamPlace {
  readonly ramLinear: number;
  readonly ramPages: number;
}

/** How regions reach memory: by the TLB, inline. What it does not answer is left to the interpreter. */
export abstract class RegionMemoryEmitter extends WasmEmitter {
  readonly #ram: RamPlace;
  readonly #passesWatched: boolean;
  /** Where the registers are; the region says which are loaded and stored. */
  readonly registers: RegisterLocals;
  /** Linear addresses of the groups of the present block that were looked up. */
  readonly #groups = new Map<AccessGroup, Local>();
  /** That of the present instruction. */
  protected group: AccessGroup | undefined;

  /** `passesWatched`: see Translations.passWatched. */
  constructor(body: FunctionBody, functionIndex: FunctionIndex, ram: RamPlace, passesWatched: boolean) {
    super(body, functionIndex);
    this.#ram = ram;
    this.#passesWatched = passesWatched;
    this.registers = new RegisterLocals(body);
  }

  /** The present instruction. */
  protected abstract get placed(): PlacedInstruction;
  /** The condition on the stack holds: the interpreter must carry this instruction out. */
  protected abstract leaveIf(): void;

  /** Forgets the groups of a block. */
  protected releaseGroups(): void {
    for (const local of this.#groups.values()) this.body.release(local);
    this.#groups.clear();
  }

  load(width: Width, extension: 'signed' | 'unsigned', address: Integer): Integer {
    return this.integer(() => {
      const offset = this.#pushPlace(address, width, 'load');
      this.loadAt(width, extension, offset);
    });
  }
  store(width: Width, address: Integer, value: Integer): void {
    const offset = this.#pushPlace(address, width, 'store');
    this.push(value);
    this.storeAt(width, offset);
  }

  /** Leaves a linear address on the stack; the access is at the returned offset from it. */
  #pushPlace(address: Integer, width: Width, kind: 'load' | 'store'): number {
    const group = this.group;
    const { access } = this.placed.facts;
    if (!group || !access) {
      this.#look(address, width, kind);
      return 0;
    }
    let linear = this.#groups.get(group);
    if (linear === undefined) {
      linear = this.body.local(WASM_I32);
      this.#groups.set(group, linear);
      const first = this.integer(() => {
        this.body.get(this.registers.x(group.base));
        if (group.low !== 0) {
          this.body.i64Const(BigInt(group.low));
          this.body.op(I64.add);
        }
      });
      this.#look(first, group.high - group.low, group.write ? 'store' : 'load');
      this.body.set(linear);
    }
    this.body.get(linear);
    return access.displacement - group.low;
  }

  /** Leaves the linear address of `bytes` bytes at `address` on the stack, which lie in one page; or leaves the region. */
  #look(address: Integer, bytes: number, kind: 'load' | 'store'): void {
    const { body } = this;
    const look = {
      at: this.temporary(WASM_I64),
      entry: this.temporary(WASM_I32),
      array: kind === 'store' ? TLB_WRITE : 0,
    };
    this.push(address);
    pushTagAndPage(body, look, DATA_TLB_PARAMETER, bytes);
    body.op(I64.ne);
    if (this.#passesWatched) {
      body.if(() => {
        this.#passWatched(look, bytes);
      });
    } else this.leaveIf();
    pushLinear(body, look);
  }

  /** At an entry that does not answer: leaves the region, unless the page is watched and the watched bytes lie elsewhere in it. */
  #passWatched({ at, entry, array }: TlbLook, bytes: number): void {
    const { body } = this;
    body.get(at);
    body.i64Const(BigInt(bytes - 1));
    body.op(I64.add);
    body.i64Const(PAGE_MASK);
    body.op(I64.and);
    body.i64Const(BigInt(TLB_WATCHED));
    body.op(I64.or);
    body.get(entry);
    body.memory(MEMORY.i64Load, array);
    body.op(I64.ne);
    this.leaveIf();
    const offset = this.temporary(WASM_I32);
    body.get(at);
    body.op(I32.wrapI64);
    body.i32Const(4095);
    body.op(I32.and);
    body.tee(offset);
    body.get(entry);
    body.memory(MEMORY.i32Load16U, array + TLB_WATCHED_LAST);
    body.op(I32.gtU, I32.eqz);
    body.get(offset);
    body.i32Const(bytes);
    body.op(I32.add);
    body.get(entry);
    body.memory(MEMORY.i32Load16U, array + TLB_WATCHED_FIRST);
    body.op(I32.gtU, I32.and);
    this.leaveIf();
  }

  /** The linear address of a naturally aligned word in RAM. */
  #aligned(address: Integer, width: 4 | 8, kind: 'load' | 'store'): Local {
    const at = this.bind(address);
    this.push(at);
    this.body.op(I32.wrapI64);
    this.body.i32Const(width - 1);
    this.body.op(I32.and);
    this.leaveIf();
    const linear = this.temporary(WASM_I32);
    this.#look(at, width, kind);
    this.body.set(linear);
    return linear;
  }
  #loadSigned(linear: Local, width: 4 | 8): Integer {
    return this.integer(() => {
      this.body.get(linear);
      this.loadAt(width, 'signed', 0);
    });
  }
  /** RAM lies in one piece, physically and in linear memory. */
  #physical(linear: Local): Integer {
    return this.integer(() => {
      this.body.get(linear);
      this.body.op(I64.extendI32U);
      this.body.i64Const(BigInt(RAM_BASE - this.#ram.ramLinear));
      this.body.op(I64.add);
    });
  }
  loadReserved(width: 4 | 8, address: Integer): Integer {
    return this.integer(() => {
      const linear = this.#aligned(address, width, 'load');
      // The boot ROM's pages follow RAM.
      this.body.get(linear);
      this.body.i32Const(this.#ram.ramLinear + this.#ram.ramPages * 4096);
      this.body.op(I32.geU);
      this.leaveIf();
      this.setDoubleword(RESERVATION, this.#physical(linear));
      this.push(this.#loadSigned(linear, width));
    });
  }
  storeConditional(width: 4 | 8, address: Integer, value: Integer): Integer {
    return this.integer(() => {
      const linear = this.#aligned(address, width, 'store');
      const held = this.bindCondition(this.eq(this.doubleword(RESERVATION), this.#physical(linear)));
      this.setDoubleword(RESERVATION, this.constant(NO_RESERVATION));
      this.push(held);
      this.body.if(() => {
        this.body.get(linear);
        this.push(value);
        this.storeAt(width, 0);
      });
      this.push(this.xor(this.fromCondition(held), this.constant(1)));
    });
  }
  atomic(operation: AtomicOperation, width: 4 | 8, address: Integer, value: Integer): Integer {
    return this.integer(() => {
      const linear = this.#aligned(address, width, 'store');
      const operand = this.bind(width === 8 ? value : this.signExtend(value, 32));
      const old = this.bind(this.#loadSigned(linear, width));
      this.body.get(linear);
      this.push(combine(this, operation, old, operand));
      this.storeAt(width, 0);
      this.push(old);
    });
  }

  protected word(address: number): Condition {
    return this.condition(() => {
      this.body.i32Const(0);
      this.body.memory(MEMORY.i32Load, address);
    });
  }
  protected doubleword(address: number): Integer {
    return this.integer(() => {
      this.body.i32Const(0);
      this.body.memory(MEMORY.i64Load, address);
    });
  }
  protected setDoubleword(address: number, value: Integer): void {
    this.body.i32Const(0);
    this.push(value);
    this.body.memory(MEMORY.i64Store, address);
  }
}
