import type {
  CsrChange,
  FloatFunction,
  I32 as Condition,
  I64 as Integer,
  Operand,
  OperandName,
  SystemOperation,
} from '../../riscv/emitter.ts';
import { slotAddress } from '../csr-access.ts';
import { emitFloat } from '../float/float-emitter.ts';
import type { FloatSite } from '../float/inline-float.ts';
import { FRM, MSTATUS, PRIVILEGE } from '../layout.ts';
import type { FunctionIndex } from '../wasm-emitter.ts';
import { WASM_I32 } from '../wasm/types.ts';
import type { FunctionBody, Label, Local } from '../wasm/function-body.ts';
import { I32, I64 } from '../wasm/opcodes.ts';
import type { AccessGroup } from './access-groups.ts';
import { inlineCsr } from './inline-csr.ts';
import { isVirtualMemoryFence, namedOperands } from './instruction-facts.ts';
import { PAGE_PARAMETER, RegionMemoryEmitter, type RamPlace } from './region-memory-emitter.ts';
import type { PlacedInstruction } from './region.ts';

const MSTATUS_FS = 0x6000n;
const MSTATUS_TVM = 1n << 20n;

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
export class RegionEmitter extends RegionMemoryEmitter {
  readonly #where: Local;
  #side: Label | undefined;
  #exits: BlockExits | undefined;
  #placed: PlacedInstruction | undefined;
  #undo = 0;
  /** What the present block has established already, and what a conditional part may not. */
  #floatIsOn = false;
  #floatIsDirty = false;

  /** `passesWatched`: see Translations.passWatched. */
  constructor(body: FunctionBody, functionIndex: FunctionIndex, ram: RamPlace, passesWatched: boolean) {
    super(body, functionIndex, ram, passesWatched);
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
    this.group = group;
    this.#undo = steps;
    placed.decoded.instruction.semantics(this, namedOperands);
    this.releaseTemporaries();
  }
  endBlock(): void {
    this.releaseGroups();
  }

  #number(operand: Operand): number {
    return this.placed.decoded[operand.operand satisfies OperandName];
  }
  protected override get placed(): PlacedInstruction {
    if (!this.#placed) throw new Error('outside an instruction');
    return this.#placed;
  }
  get #blockExits(): BlockExits {
    if (!this.#exits) throw new Error('outside a block');
    return this.#exits;
  }

  /** The condition on the stack holds: the interpreter must carry this instruction out. */
  protected override leaveIf(): void {
    if (!this.#side) throw new Error('outside the region');
    this.body.i32Const(this.placed.offset | (this.#undo << 12));
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
    return this.#address(this.placed.offset);
  }
  nextPc(): Integer {
    return this.#address(this.placed.offset + this.placed.decoded.length);
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
    this.push(this.eq(this.and(this.doubleword(MSTATUS), this.constant(MSTATUS_FS)), this.constant(0)));
    this.leaveIf();
    this.#floatIsOn = true;
  }
  roundingMode(field: Operand): Condition {
    const mode = this.#number(field);
    if (mode === DYNAMIC) {
      const dynamic = this.bindCondition(this.word(FRM));
      this.push(dynamic);
      this.body.i32Const(LAST_ROUNDING_MODE);
      this.body.op(I32.gtU);
      this.leaveIf();
      return dynamic;
    }
    if (mode > LAST_ROUNDING_MODE) {
      this.body.i32Const(1);
      this.leaveIf();
    }
    return this.knownCondition(mode);
  }
  protected override writeFloat(operation: FloatFunction, site: FloatSite, callCore: () => void): void {
    // Where the inline path does not hold the interpreter calls the core: a call would cost the whole region its registers.
    const fallBack = (): void => {
      this.body.i32Const(1);
      this.leaveIf();
      this.push(this.constant(0));
    };
    emitFloat(operation, site, { callCore, fallBack });
  }
  protected override markFloatDirty(): void {
    if (this.#floatIsDirty) return;
    this.setDoubleword(MSTATUS, this.or(this.doubleword(MSTATUS), this.constant(MSTATUS_FS)));
    this.#floatIsDirty = true;
  }

  readCsr(csr: Operand): Integer {
    const { behaviour, lowestPrivilege } = this.#inlineCsr(csr);
    return this.integer(() => {
      if (lowestPrivilege > 0) {
        this.push(this.word(PRIVILEGE));
        this.body.i32Const(lowestPrivilege);
        this.body.op(I32.ltU);
        this.leaveIf();
      }
      if (behaviour.kind === 'constant') this.push(this.constant(behaviour.value));
      else this.push(this.doubleword(slotAddress[behaviour.slot]));
    });
  }
  writeCsr(csr: Operand, value: Integer, change: CsrChange): void {
    const { behaviour, readOnly } = this.#inlineCsr(csr);
    if (readOnly) {
      this.body.i32Const(1);
      this.leaveIf();
      return;
    }
    if (behaviour.kind === 'constant') return;
    const address = slotAddress[behaviour.slot];
    const old = this.doubleword(address);
    const next = { write: value, set: this.or(old, value), clear: this.and(old, this.not(value)) }[change];
    this.setDoubleword(address, this.and(next, this.constant(behaviour.writable)));
  }
  #inlineCsr(csr: Operand): NonNullable<ReturnType<typeof inlineCsr>> {
    const found = inlineCsr(this.#number(csr));
    if (!found) throw new Error('a CSR that only the interpreter reaches');
    return found;
  }

  system(operation: SystemOperation): void {
    if (!isVirtualMemoryFence(operation)) return;
    this.push(this.word(PRIVILEGE));
    this.body.op(I32.eqz);
    this.leaveIf();
    if (operation === 'sfence.order') return;
    this.push(this.ne(this.and(this.doubleword(MSTATUS), this.constant(MSTATUS_TVM)), this.constant(0)));
    this.leaveIf();
  }
}

const DYNAMIC = 7;
const LAST_ROUNDING_MODE = 4;
