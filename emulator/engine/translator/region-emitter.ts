import type {
  AtomicOperation,
  CsrChange,
  I32 as Condition,
  I64 as Integer,
  Operand,
  OperandName,
  SystemOperation,
  Width,
} from '../../riscv/emitter.ts';
import { slotAddress } from '../csr-access.ts';
import {
  FRM,
  MSTATUS,
  PRIVILEGE,
  RAM_BASE,
  RESERVATION,
  TLB_ADDEND,
  TLB_INDEX_MASK,
  TLB_WATCHED,
  TLB_WATCHED_FIRST,
  TLB_WATCHED_LAST,
  TLB_WRITE,
} from '../layout.ts';
import { WasmEmitter, type FunctionIndex } from '../wasm-emitter.ts';
import { WASM_I32, WASM_I64 } from '../wasm/types.ts';
import type { FunctionBody, Label, Local } from '../wasm/function-body.ts';
import { I32, I64, MEMORY } from '../wasm/opcodes.ts';
import { combine } from './atomic-operation.ts';
import type { AccessGroup } from './access-groups.ts';
import { inlineCsr } from './inline-csr.ts';
import { isVirtualMemoryFence, namedOperands } from './instruction-facts.ts';
import type { PlacedInstruction } from './region.ts';
import { RegisterLocals } from './register-locals.ts';

/** Parameters of a region's function. */
export const PAGE_PARAMETER = 0;
export const REMAINING_PARAMETER = 1;
export const DATA_TLB_PARAMETER = 2;
export const PARAMETER_COUNT = 3;

const PAGE_MASK = -4096n;
const MSTATUS_FS = 0x6000n;
const MSTATUS_TVM = 1n << 20n;
const NO_RESERVATION = -1n;

/** Where RAM lies in linear memory. */
export interface RamPlace {
  readonly ramLinear: number;
  readonly ramPages: number;
}

/** What the last instruction of a block does: the block decides how. */
export interface BlockExits {
  branch(pushCondition: () => void): void;
  jumpRelative(): void;
  jump(pushTarget: () => void): void;
}

/**
 * Writes the instructions of a region: operands are known, registers are locals. An instruction that cannot be finished
 * here leaves by the side exit before it has changed anything; the interpreter carries it out.
 */
export class RegionEmitter extends WasmEmitter {
  readonly #ram: RamPlace;
  readonly #passesWatched: boolean;
  /** Where the registers are; the region says which are loaded and stored. */
  readonly registers: RegisterLocals;
  readonly #groups = new Map<AccessGroup, Local>();
  readonly #where: Local;
  #side: Label | undefined;
  #exits: BlockExits | undefined;
  #placed: PlacedInstruction | undefined;
  #group: AccessGroup | undefined;
  #undo = 0;
  /** What the present block has established already, and what a conditional part may not. */
  #floatIsOn = false;
  #floatIsDirty = false;

  /** `passesWatched`: see Translations.passWatched. */
  constructor(body: FunctionBody, functionIndex: FunctionIndex, ram: RamPlace, passesWatched: boolean) {
    super(body, functionIndex);
    this.#ram = ram;
    this.#passesWatched = passesWatched;
    this.registers = new RegisterLocals(body);
    this.#where = body.local(WASM_I32);
  }

  /** Writes `body` inside the block whose end is the side exit. */
  withSideExit(body: () => void): void {
    this.body.block((side) => {
      this.#side = side;
      body();
    });
  }
  /** At the side exit: leaves on the stack the address of the instruction that was not carried out. */
  pushSideAddress(): void {
    this.body.get(PAGE_PARAMETER);
    this.body.get(this.#where);
    this.body.i32Const(4095);
    this.body.op(I32.and, I64.extendI32U, I64.add);
  }
  /** The same for the steps to give back: its own and those of what follows in its block. */
  pushSideSteps(): void {
    this.body.get(this.#where);
    this.body.i32Const(12);
    this.body.op(I32.shrU);
  }

  beginBlock(exits: BlockExits): void {
    this.#exits = exits;
    this.#floatIsOn = false;
    this.#floatIsDirty = false;
  }
  /** Writes one instruction; `steps` are those of the block that it and its successors take. */
  instruction(placed: PlacedInstruction, group: AccessGroup | undefined, steps: number): void {
    this.#placed = placed;
    this.#group = group;
    this.#undo = steps;
    placed.decoded.instruction.semantics(this, namedOperands);
    this.releaseTemporaries();
  }
  endBlock(): void {
    for (const local of this.#groups.values()) this.body.release(local);
    this.#groups.clear();
  }

  #number(operand: Operand): number {
    return this.#instruction.decoded[operand.operand satisfies OperandName];
  }
  get #instruction(): PlacedInstruction {
    if (!this.#placed) throw new Error('outside an instruction');
    return this.#placed;
  }
  get #blockExits(): BlockExits {
    if (!this.#exits) throw new Error('outside a block');
    return this.#exits;
  }

  /** The condition on the stack holds: the interpreter must carry this instruction out. */
  #leaveIf(): void {
    if (!this.#side) throw new Error('outside the region');
    this.body.i32Const(this.#instruction.offset | (this.#undo << 12));
    this.body.set(this.#where);
    this.body.brIf(this.#side);
  }

  readX(register: Operand): Integer {
    const number = this.#number(register);
    return this.integer(() => {
      if (number === 0) this.body.i64Const(0n);
      else this.body.get(this.registers.x(number));
    });
  }
  writeX(register: Operand, value: Integer): void {
    const number = this.#number(register);
    this.push(value);
    if (number === 0) this.body.drop();
    else this.body.set(this.registers.x(number));
  }
  readF(register: Operand): Integer {
    const number = this.#number(register);
    return this.integer(() => {
      this.body.get(this.registers.f(number));
    });
  }
  writeF(register: Operand, value: Integer): void {
    this.push(value);
    this.body.set(this.registers.f(this.#number(register)));
    this.markFloatDirty();
  }
  immediate(immediate: Operand): Integer {
    return this.constant(this.#number(immediate));
  }
  isZeroField(field: Operand): Condition {
    return this.knownCondition(this.#number(field) === 0 ? 1 : 0);
  }
  override when(condition: Condition, then: () => void, otherwise?: () => void): void {
    const known = this.knownValue(condition);
    if (known !== undefined) {
      if (known !== 0) then();
      else otherwise?.();
      return;
    }
    const [isOn, isDirty] = [this.#floatIsOn, this.#floatIsDirty];
    const restore = (): void => {
      this.#floatIsOn = isOn;
      this.#floatIsDirty = isDirty;
    };
    super.when(
      condition,
      then,
      otherwise &&
        (() => {
          restore();
          otherwise();
        }),
    );
    restore();
  }

  pc(): Integer {
    return this.#address(this.#instruction.offset);
  }
  nextPc(): Integer {
    return this.#address(this.#instruction.offset + this.#instruction.decoded.length);
  }
  #address(offset: number): Integer {
    return this.integer(() => {
      this.pushAddress(offset);
    });
  }
  /** Leaves the virtual address of an offset in the page on the stack. */
  pushAddress(offset: number): void {
    this.body.get(PAGE_PARAMETER);
    this.body.i64Const(BigInt(offset));
    this.body.op(I64.add);
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
    const group = this.#group;
    const { access } = this.#instruction.facts;
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
    const array = kind === 'store' ? TLB_WRITE : 0;
    const at = this.temporary(WASM_I64);
    const entry = this.temporary(WASM_I32);
    this.push(address);
    body.tee(at);
    body.i64Const(8n);
    body.op(I64.shrU, I32.wrapI64);
    body.i32Const(TLB_INDEX_MASK);
    body.op(I32.and);
    body.get(DATA_TLB_PARAMETER);
    body.op(I32.add);
    body.tee(entry);
    body.memory(MEMORY.i64Load, array);
    body.get(at);
    if (bytes > 1) {
      body.i64Const(BigInt(bytes - 1));
      body.op(I64.add);
    }
    body.i64Const(PAGE_MASK);
    body.op(I64.and, I64.ne);
    if (this.#passesWatched) {
      body.if(() => {
        this.#passWatched(at, entry, array, bytes);
      });
    } else this.#leaveIf();
    body.get(at);
    body.op(I32.wrapI64);
    body.get(entry);
    body.memory(MEMORY.i32Load, array + TLB_ADDEND);
    body.op(I32.add);
  }

  /** At an entry that does not answer: leaves the region, unless the page is watched and the watched bytes lie elsewhere in it. */
  #passWatched(at: Local, entry: Local, array: number, bytes: number): void {
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
    this.#leaveIf();
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
    this.#leaveIf();
  }

  /** The linear address of a naturally aligned word in RAM. */
  #aligned(address: Integer, width: 4 | 8, kind: 'load' | 'store'): Local {
    const at = this.bind(address);
    this.push(at);
    this.body.op(I32.wrapI64);
    this.body.i32Const(width - 1);
    this.body.op(I32.and);
    this.#leaveIf();
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
      this.#leaveIf();
      this.#setDoubleword(RESERVATION, this.#physical(linear));
      this.push(this.#loadSigned(linear, width));
    });
  }
  storeConditional(width: 4 | 8, address: Integer, value: Integer): Integer {
    return this.integer(() => {
      const linear = this.#aligned(address, width, 'store');
      const held = this.bindCondition(this.eq(this.#doubleword(RESERVATION), this.#physical(linear)));
      this.#setDoubleword(RESERVATION, this.constant(NO_RESERVATION));
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
  cacheBlock(): void {
    throw new Error('cache-block operations are the interpreter’s');
  }

  jump(target: Integer): void {
    this.#blockExits.jump(() => {
      this.push(target);
    });
  }
  jumpRelative(): void {
    this.#blockExits.jumpRelative();
  }
  branch(condition: Condition): void {
    this.#blockExits.branch(() => {
      this.push(condition);
    });
  }

  requireFloat(): void {
    if (this.#floatIsOn) return;
    this.push(this.eq(this.and(this.#doubleword(MSTATUS), this.constant(MSTATUS_FS)), this.constant(0)));
    this.#leaveIf();
    this.#floatIsOn = true;
  }
  roundingMode(field: Operand): Condition {
    const mode = this.#number(field);
    if (mode === DYNAMIC) {
      const dynamic = this.bindCondition(this.#word(FRM));
      this.push(dynamic);
      this.body.i32Const(LAST_ROUNDING_MODE);
      this.body.op(I32.gtU);
      this.#leaveIf();
      return dynamic;
    }
    if (mode > LAST_ROUNDING_MODE) {
      this.body.i32Const(1);
      this.#leaveIf();
    }
    return this.knownCondition(mode);
  }
  /** The interpreter calls the core: a call would cost the whole region its registers. */
  protected override fallBackFloat(): void {
    this.body.i32Const(1);
    this.#leaveIf();
    this.push(this.constant(0));
  }
  protected override markFloatDirty(): void {
    if (this.#floatIsDirty) return;
    this.#setDoubleword(MSTATUS, this.or(this.#doubleword(MSTATUS), this.constant(MSTATUS_FS)));
    this.#floatIsDirty = true;
  }

  readCsr(csr: Operand): Integer {
    const { behaviour, lowestPrivilege } = this.#inlineCsr(csr);
    return this.integer(() => {
      if (lowestPrivilege > 0) {
        this.push(this.#word(PRIVILEGE));
        this.body.i32Const(lowestPrivilege);
        this.body.op(I32.ltU);
        this.#leaveIf();
      }
      if (behaviour.kind === 'constant') this.push(this.constant(behaviour.value));
      else this.push(this.#doubleword(slotAddress[behaviour.slot]));
    });
  }
  writeCsr(csr: Operand, value: Integer, change: CsrChange): void {
    const { behaviour, readOnly } = this.#inlineCsr(csr);
    if (readOnly) {
      this.body.i32Const(1);
      this.#leaveIf();
      return;
    }
    if (behaviour.kind === 'constant') return;
    const address = slotAddress[behaviour.slot];
    const old = this.#doubleword(address);
    const next = { write: value, set: this.or(old, value), clear: this.and(old, this.not(value)) }[change];
    this.#setDoubleword(address, this.and(next, this.constant(behaviour.writable)));
  }
  #inlineCsr(csr: Operand): NonNullable<ReturnType<typeof inlineCsr>> {
    const found = inlineCsr(this.#number(csr));
    if (!found) throw new Error('a CSR that only the interpreter reaches');
    return found;
  }

  system(operation: SystemOperation): void {
    if (!isVirtualMemoryFence(operation)) return;
    this.push(this.#word(PRIVILEGE));
    this.body.op(I32.eqz);
    this.#leaveIf();
    if (operation === 'sfence.order') return;
    this.push(this.ne(this.and(this.#doubleword(MSTATUS), this.constant(MSTATUS_TVM)), this.constant(0)));
    this.#leaveIf();
  }

  #word(address: number): Condition {
    return this.condition(() => {
      this.body.i32Const(0);
      this.body.memory(MEMORY.i32Load, address);
    });
  }
  #doubleword(address: number): Integer {
    return this.integer(() => {
      this.body.i32Const(0);
      this.body.memory(MEMORY.i64Load, address);
    });
  }
  #setDoubleword(address: number, value: Integer): void {
    this.body.i32Const(0);
    this.push(value);
    this.body.memory(MEMORY.i64Store, address);
  }
}

const DYNAMIC = 7;
const LAST_ROUNDING_MODE = 4;
