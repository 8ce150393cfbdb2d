import type { Address } from '../address.ts';
import type { ByteCursor } from '../byte-cursor.ts';
import type { CallFrameTable, FrameDescription } from './call-frame-table.ts';

/** How the caller's value of a register is found (DWARF 5, section 6.4.1). */
export type RegisterRule =
  | { readonly kind: 'undefined' }
  | { readonly kind: 'same-value' }
  /** Saved at CFA + offset. */
  | { readonly kind: 'offset'; readonly offset: number }
  /** The value is CFA + offset itself. */
  | { readonly kind: 'value-offset'; readonly offset: number }
  | { readonly kind: 'register'; readonly register: number }
  /** Saved at the address that an expression, begun with the CFA on its stack, computes. */
  | { readonly kind: 'expression'; readonly bytes: Uint8Array }
  | { readonly kind: 'value-expression'; readonly bytes: Uint8Array };

/** How the canonical frame address is found: the value of sp before the call. */
export type CfaRule =
  | { readonly kind: 'register'; readonly register: number; readonly offset: number }
  | { readonly kind: 'expression'; readonly bytes: Uint8Array };

/** The rules that hold at one instruction. Registers without a rule are left to the calling convention. */
export interface CallFrameRow {
  readonly cfa: CfaRule;
  readonly registers: ReadonlyMap<number, RegisterRule>;
  readonly returnColumn: number;
  readonly isTrapFrame: boolean;
}

/** More registers than RISC-V has in any frame, and more nesting than a compiler writes: a damaged program. */
const MOST_RULES = 256;
const DEEPEST_STATE = 256;

/** Runs the instructions of a frame description up to `address` (section 6.4.3). Throws SymbolError. */
export function callFrameRowAt(table: CallFrameTable, description: FrameDescription, address: Address): CallFrameRow {
  const { common } = description;
  const machine = new CallFrameMachine(description, address);
  machine.run(table.cursor(common.instructions.start, common.instructions.end));
  machine.initial = machine.rules;
  machine.run(table.cursor(description.instructions.start, description.instructions.end));
  const { cfa } = machine;
  if (cfa === undefined) {
    throw table.cursor(description.instructions.start).error('a frame description defines no canonical frame address');
  }
  return { cfa, registers: machine.rules, returnColumn: common.returnColumn, isTrapFrame: common.isTrapFrame };
}

class CallFrameMachine {
  cfa: CfaRule | undefined;
  /** Never changed once it is shared; `define` makes a new one. */
  rules: ReadonlyMap<number, RegisterRule> = new Map();
  initial: ReadonlyMap<number, RegisterRule> = new Map();
  private location: Address;
  private readonly saved: { cfa: CfaRule | undefined; rules: ReadonlyMap<number, RegisterRule> }[] = [];

  constructor(
    private readonly description: FrameDescription,
    private readonly wanted: Address,
  ) {
    this.location = description.start;
  }

  run(cursor: ByteCursor): void {
    while (!cursor.atEnd && this.location <= this.wanted) {
      const opcode = cursor.u8();
      const operand = opcode & 0x3f;
      switch (opcode & 0xc0) {
        case 0x40:
          this.advance(operand);
          break;
        case 0x80:
          this.define(cursor, operand, { kind: 'offset', offset: this.factored(cursor.uleb128()) });
          break;
        case 0xc0:
          this.restore(cursor, operand);
          break;
        default:
          this.extended(cursor, opcode);
      }
    }
  }

  private extended(cursor: ByteCursor, opcode: number): void {
    switch (opcode) {
      case 0x00: // nop
        return;
      case 0x01: // set_loc
        this.location = cursor.address(this.description.common.addressSize);
        return;
      case 0x02:
        this.advance(cursor.u8());
        return;
      case 0x03:
        this.advance(cursor.u16());
        return;
      case 0x04:
        this.advance(cursor.u32());
        return;
      case 0x05: // offset_extended
        this.define(cursor, cursor.uleb128(), { kind: 'offset', offset: this.factored(cursor.uleb128()) });
        return;
      case 0x06: // restore_extended
        this.restore(cursor, cursor.uleb128());
        return;
      case 0x07:
        this.define(cursor, cursor.uleb128(), { kind: 'undefined' });
        return;
      case 0x08:
        this.define(cursor, cursor.uleb128(), { kind: 'same-value' });
        return;
      case 0x09:
        this.define(cursor, cursor.uleb128(), { kind: 'register', register: cursor.uleb128() });
        return;
      case 0x0a: // remember_state
        if (this.saved.length === DEEPEST_STATE) throw cursor.error('frame states nest without end');
        this.saved.push({ cfa: this.cfa, rules: this.rules });
        return;
      case 0x0b: {
        const state = this.saved.pop();
        if (state === undefined) throw cursor.error('a frame state is restored that was not remembered');
        ({ cfa: this.cfa, rules: this.rules } = state);
        return;
      }
      case 0x0c: // def_cfa
        this.cfa = { kind: 'register', register: cursor.uleb128(), offset: cursor.uleb128() };
        return;
      case 0x0d: // def_cfa_register
        // GNU as begins each RISC-V CIE with this one, and means an offset of 0.
        this.cfa = {
          kind: 'register',
          register: cursor.uleb128(),
          offset: this.cfa === undefined ? 0 : this.cfaRegister(cursor).offset,
        };
        return;
      case 0x0e: // def_cfa_offset
        this.cfa = { ...this.cfaRegister(cursor), offset: cursor.uleb128() };
        return;
      case 0x0f:
        this.cfa = { kind: 'expression', bytes: cursor.take8(cursor.uleb128()) };
        return;
      case 0x10:
        this.define(cursor, cursor.uleb128(), { kind: 'expression', bytes: cursor.take8(cursor.uleb128()) });
        return;
      case 0x11: // offset_extended_sf
        this.define(cursor, cursor.uleb128(), { kind: 'offset', offset: this.factored(cursor.sleb128()) });
        return;
      case 0x12: // def_cfa_sf
        this.cfa = { kind: 'register', register: cursor.uleb128(), offset: this.factored(cursor.sleb128()) };
        return;
      case 0x13: // def_cfa_offset_sf
        this.cfa = { ...this.cfaRegister(cursor), offset: this.factored(cursor.sleb128()) };
        return;
      case 0x14: // val_offset
        this.define(cursor, cursor.uleb128(), { kind: 'value-offset', offset: this.factored(cursor.uleb128()) });
        return;
      case 0x15: // val_offset_sf
        this.define(cursor, cursor.uleb128(), { kind: 'value-offset', offset: this.factored(cursor.sleb128()) });
        return;
      case 0x16:
        this.define(cursor, cursor.uleb128(), { kind: 'value-expression', bytes: cursor.take8(cursor.uleb128()) });
        return;
      case 0x2e: // GNU_args_size: for languages with exceptions
        cursor.skipLeb128();
        return;
      case 0x2f: // GNU_negative_offset_extended
        this.define(cursor, cursor.uleb128(), { kind: 'offset', offset: -this.factored(cursor.uleb128()) });
        return;
      default:
        throw cursor.error(`call frame instruction 0x${opcode.toString(16)} is not known`, cursor.position - 1);
    }
  }

  private advance(delta: number): void {
    this.location += delta * this.description.common.codeAlignment;
  }

  private factored(offset: number): number {
    return offset * this.description.common.dataAlignment;
  }

  private cfaRegister(cursor: ByteCursor): CfaRule & { kind: 'register' } {
    if (this.cfa?.kind !== 'register') throw cursor.error('the canonical frame address is not a register here');
    return this.cfa;
  }

  private restore(cursor: ByteCursor, register: number): void {
    this.define(cursor, register, this.initial.get(register));
  }

  private define(cursor: ByteCursor, register: number, rule: RegisterRule | undefined): void {
    const rules = new Map(this.rules);
    if (rule === undefined) rules.delete(register);
    else rules.set(register, rule);
    if (rules.size > MOST_RULES) throw cursor.error('more registers are saved than there are');
    this.rules = rules;
  }
}
