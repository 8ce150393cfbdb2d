import { ByteCursor } from '../byte-cursor.ts';
import {
  binaryResult,
  converted,
  genericValue,
  objectBits,
  reinterpreted,
  typedValue,
  unaryResult,
  type BaseType,
  type StackValue,
} from './typed-value.ts';
import { UnavailableError } from './unavailable-error.ts';

/** What a DWARF expression may ask of its surroundings. Each answers undefined for what cannot be known. */
export interface ExpressionContext {
  /** By DWARF register number. */
  readonly readRegister: (register: number) => bigint | undefined;
  readonly readMemory: (address: bigint, length: number) => Uint8Array | undefined;
  /** The value of the function's DW_AT_frame_base. */
  readonly frameBase?: () => bigint | undefined;
  readonly canonicalFrameAddress?: () => bigint | undefined;
  /** An address of the unit's .debug_addr. */
  readonly addressAt?: (index: number) => bigint | undefined;
  /** Added to addresses in the expression: where the program was loaded, less where it was linked. */
  readonly bias?: bigint;
  /** The value that a register or a place had when the function was entered. */
  readonly entryValue?: (expression: Uint8Array) => bigint | undefined;
  /** The value that the parameter with this offset in the unit had when the function was entered. */
  readonly parameterOnEntry?: (offset: number) => bigint | undefined;
  /** The type of numbers that the unit's entry with this offset is. */
  readonly baseType?: (offset: number) => BaseType | undefined;
  /** The expression of another entry, by the unit's offset (call2, call4) or that of .debug_info (call_ref). */
  readonly expressionOf?: (offset: number, relativeTo: 'unit' | 'section') => Uint8Array | undefined;
}

/** Where an object is (DWARF 5, section 2.6.1.1). */
export type SimpleLocation =
  | { readonly kind: 'memory'; readonly address: bigint }
  | { readonly kind: 'register'; readonly register: number }
  /** The object has no place, but this value. */
  | { readonly kind: 'value'; readonly value: bigint }
  | { readonly kind: 'implicit'; readonly bytes: Uint8Array }
  /** A pointer to an object that is nowhere in memory: the entry in .debug_info that describes it. */
  | { readonly kind: 'implicit-pointer'; readonly entry: number; readonly offset: number }
  | { readonly kind: 'optimized-out' };

/** A part of an object in pieces; sizes and offsets in bits. */
export interface LocationPiece {
  readonly location: SimpleLocation;
  readonly bitSize: number;
  readonly bitOffset: number;
}

export type Location = SimpleLocation | { readonly kind: 'pieces'; readonly pieces: readonly LocationPiece[] };

/** Bounds an expression that branches backwards for ever, or pushes without end. */
const MOST_OPERATIONS = 10_000;
const DEEPEST_STACK = 1_000;
const DEEPEST_CALL = 16;
/** DW_OP_plus. */
const PLUS = 0x22;

/**
 * Evaluates a DWARF expression (DWARF 5, sections 2.5 and 2.6). Its result is 64 bits, unsigned. Throws UnavailableError when something it needs is not known, and
 * SymbolError when it is damaged. `initial` is what the stack begins with.
 */
export function evaluateLocation(
  bytes: Uint8Array,
  context: ExpressionContext,
  offsetSize: 4 | 8 = 4,
  initial: readonly bigint[] = [],
): Location {
  const machine = new ExpressionMachine(context, offsetSize, initial.map(genericValue));
  machine.run(bytes, 0);
  return machine.location();
}

/** Evaluates an expression whose result is a value, such as a rule of a call frame. */
export function evaluateValue(bytes: Uint8Array, context: ExpressionContext, initial: readonly bigint[] = []): bigint {
  const location = evaluateLocation(bytes, context, 4, initial);
  switch (location.kind) {
    case 'memory':
      return location.address;
    case 'value':
      return location.value;
    case 'register': {
      const value = context.readRegister(location.register);
      if (value === undefined) throw new UnavailableError(`register ${location.register} is not known in this frame`);
      return value;
    }
    default:
      throw new UnavailableError('the expression gives no value');
  }
}

class ExpressionMachine {
  private readonly pieces: LocationPiece[] = [];
  /** Set when the expression named a place itself; else the top of the stack is the address. */
  private named: SimpleLocation | undefined;
  private operations = 0;

  constructor(
    private readonly context: ExpressionContext,
    private readonly offsetSize: 4 | 8,
    private readonly stack: StackValue[],
  ) {}

  location(): Location {
    if (this.pieces.length > 0) return { kind: 'pieces', pieces: this.pieces };
    return this.simpleLocation();
  }

  run(bytes: Uint8Array, depth: number): void {
    if (depth > DEEPEST_CALL) throw new UnavailableError('its expression calls others without end');
    const cursor = new ByteCursor(bytes, 'a DWARF expression');
    while (!cursor.atEnd) {
      if (++this.operations > MOST_OPERATIONS || this.stack.length > DEEPEST_STACK) {
        throw new UnavailableError('its expression does not end');
      }
      this.operate(cursor, cursor.u8(), depth);
    }
  }

  private operate(cursor: ByteCursor, opcode: number, depth: number): void {
    if (opcode >= 0x30 && opcode <= 0x4f) {
      this.push(BigInt(opcode - 0x30));
    } else if (opcode >= 0x50 && opcode <= 0x6f) {
      this.named = { kind: 'register', register: opcode - 0x50 };
    } else if (opcode >= 0x70 && opcode <= 0x8f) {
      this.push(this.register(opcode - 0x70) + cursor.sleb128Wide());
    } else if (opcode >= 0x08 && opcode <= 0x11) {
      this.push(readConstant(cursor, opcode));
    } else if (opcode >= 0x12 && opcode <= 0x17) {
      this.shuffle(cursor, opcode);
    } else if (opcode >= 0x19 && opcode <= 0x2e && opcode !== 0x23 && opcode !== 0x28) {
      this.calculate(cursor, opcode);
    } else {
      this.operateOther(cursor, opcode, depth);
    }
  }

  private operateOther(cursor: ByteCursor, opcode: number, depth: number): void {
    const { context } = this;
    switch (opcode) {
      case 0x03: // addr
        this.push(cursor.u64() + (context.bias ?? 0n));
        return;
      case 0x06: // deref
        this.push(this.load(8));
        return;
      case 0x23: // plus_uconst
        this.addConstant(cursor.uleb128Wide());
        return;
      case 0x28: // bra
        this.jump(cursor, cursor.i16(), this.pop().bits !== 0n);
        return;
      case 0x2f: // skip
        this.jump(cursor, cursor.i16(), true);
        return;
      case 0x90: // regx
        this.named = { kind: 'register', register: cursor.uleb128() };
        return;
      case 0x91: // fbreg
        this.push(need(context.frameBase?.(), 'the frame base is not known') + cursor.sleb128Wide());
        return;
      case 0x92: // bregx
        this.push(this.register(cursor.uleb128()) + cursor.sleb128Wide());
        return;
      case 0x93: // piece
        this.addPiece(cursor.uleb128() * 8, 0);
        return;
      case 0x94: // deref_size
        this.push(this.load(cursor.u8()));
        return;
      case 0x96: // nop
        return;
      case 0x98: // call2
        this.call(cursor.u16(), 'unit', depth);
        return;
      case 0x99: // call4
        this.call(cursor.u32(), 'unit', depth);
        return;
      case 0x9a: // call_ref
        this.call(this.readOffset(cursor), 'section', depth);
        return;
      case 0x9b: // form_tls_address
      case 0xe0:
        throw new UnavailableError('it is local to a thread');
      case 0x9c: // call_frame_cfa
        this.push(need(context.canonicalFrameAddress?.(), 'the frame has no canonical address'));
        return;
      case 0x9d: // bit_piece
        this.addPiece(cursor.uleb128(), cursor.uleb128());
        return;
      case 0x9e: // implicit_value
        this.named = { kind: 'implicit', bytes: cursor.take8(cursor.uleb128()) };
        return;
      case 0x9f: // stack_value
        this.named = { kind: 'value', value: objectBits(this.pop()) };
        return;
      case 0xa0: // implicit_pointer
      case 0xf2:
        this.named = { kind: 'implicit-pointer', entry: this.readOffset(cursor), offset: cursor.sleb128() };
        return;
      case 0xa1: // addrx
      case 0xfb: // GNU_addr_index
        this.push(this.indexedAddress(cursor.uleb128()) + (context.bias ?? 0n));
        return;
      case 0xa2: // constx
      case 0xfc:
        this.push(this.indexedAddress(cursor.uleb128()));
        return;
      case 0xa3: // entry_value
      case 0xf3: {
        const expression = cursor.take8(cursor.uleb128());
        const value = need(context.entryValue?.(expression), 'its value on entry to the function is not known');
        this.stack.push(this.ofRegisterType(value, expression));
        return;
      }
      case 0xfa: // GNU_parameter_ref
        this.push(need(context.parameterOnEntry?.(cursor.u32()), 'its value on entry to the function is not known'));
        return;
      case 0xa4: // const_type
      case 0xf4: {
        const type = this.baseType(cursor.uleb128());
        this.stack.push(typedValue(littleEndian(cursor.take8(cursor.u8())), type));
        return;
      }
      case 0xa5: // regval_type
      case 0xf5: {
        const register = this.register(cursor.uleb128());
        this.stack.push(typedValue(register, this.baseType(cursor.uleb128())));
        return;
      }
      case 0xa6: // deref_type
      case 0xf6: {
        const loaded = this.load(cursor.u8());
        this.stack.push(typedValue(loaded, this.baseType(cursor.uleb128())));
        return;
      }
      case 0xa8: // convert
      case 0xf7:
        this.stack.push(converted(this.pop(), this.typeOrGeneric(cursor.uleb128())));
        return;
      case 0xa9: // reinterpret
      case 0xf9:
        this.stack.push(reinterpreted(this.pop(), this.typeOrGeneric(cursor.uleb128())));
        return;
      case 0xf0: // GNU_uninit
        return;
      case 0xfd: // GNU_variable_value
        throw new UnavailableError('it depends on the value of another variable');
      default:
        throw cursor.error(`operation 0x${opcode.toString(16)} is not known`, cursor.position - 1);
    }
  }

  /** dup, drop, over, pick, swap, rot. */
  private shuffle(cursor: ByteCursor, opcode: number): void {
    const { stack } = this;
    switch (opcode) {
      case 0x12:
        stack.push(this.peek(0));
        return;
      case 0x13:
        this.pop();
        return;
      case 0x14:
        stack.push(this.peek(1));
        return;
      case 0x15:
        stack.push(this.peek(cursor.u8()));
        return;
      case 0x16: {
        const [top, second] = [this.pop(), this.pop()];
        stack.push(top, second);
        return;
      }
      default: {
        const [top, second, third] = [this.pop(), this.pop(), this.pop()];
        stack.push(top, third, second);
      }
    }
  }

  private calculate(cursor: ByteCursor, opcode: number): void {
    const right = this.pop();
    if (opcode === 0x19 || opcode === 0x1f || opcode === 0x20) {
      this.stack.push(unaryResult(opcode, right));
      return;
    }
    const result = binaryResult(opcode, this.pop(), right);
    if (result === undefined) {
      throw cursor.error(`operation 0x${opcode.toString(16)} is not known`, cursor.position - 1);
    }
    this.stack.push(result);
  }

  /** DW_OP_plus_uconst. */
  private addConstant(constant: bigint): void {
    const value = this.pop();
    const addend = converted(genericValue(constant), value.type);
    this.stack.push(need(binaryResult(PLUS, value, addend), 'it adds what cannot be added'));
  }

  private baseType(offset: number): BaseType {
    return need(this.context.baseType?.(offset), 'the type of a number in its expression is not known');
  }

  /** Of conversions: 0 stands for the generic type. */
  private typeOrGeneric(offset: number): BaseType | undefined {
    return offset === 0 ? undefined : this.baseType(offset);
  }

  /** What a register held, as the expression that names the register means it. */
  private ofRegisterType(value: bigint, expression: Uint8Array): StackValue {
    const cursor = new ByteCursor(expression, 'a DWARF expression');
    const opcode = cursor.u8();
    if (opcode !== 0xa5 && opcode !== 0xf5) return genericValue(value);
    cursor.skipLeb128();
    return typedValue(value, this.baseType(cursor.uleb128()));
  }

  private push(value: bigint): void {
    this.stack.push(genericValue(value));
  }

  private pop(): StackValue {
    return need(this.stack.pop(), 'its expression takes more from the stack than is there');
  }

  private peek(depth: number): StackValue {
    return need(this.stack.at(-1 - depth), 'its expression looks below its stack');
  }

  private register(register: number): bigint {
    return need(this.context.readRegister(register), `register ${register} is not known in this frame`);
  }

  private load(size: number): bigint {
    const address = this.pop().bits;
    if (size > 8) throw new UnavailableError(`its expression loads ${size} bytes at once`);
    const bytes = this.context.readMemory(address, size);
    return littleEndian(need(bytes, `memory at 0x${address.toString(16)} cannot be read`));
  }

  private indexedAddress(index: number): bigint {
    return need(this.context.addressAt?.(index), `address ${index} of the unit is not known`);
  }

  private jump(cursor: ByteCursor, distance: number, taken: boolean): void {
    if (!taken) return;
    const target = cursor.position + distance;
    if (target < 0) throw cursor.error('a branch leads before the expression');
    cursor.seek(target);
  }

  private call(offset: number, relativeTo: 'unit' | 'section', depth: number): void {
    const bytes = this.context.expressionOf?.(offset, relativeTo);
    this.run(need(bytes, 'the expression it calls is not known'), depth + 1);
  }

  private readOffset(cursor: ByteCursor): number {
    return this.offsetSize === 4 ? cursor.u32() : cursor.size64();
  }

  private addPiece(bitSize: number, bitOffset: number): void {
    const isEmpty = this.named === undefined && this.stack.length === 0;
    const location: SimpleLocation = isEmpty ? { kind: 'optimized-out' } : this.simpleLocation();
    this.named = undefined;
    this.stack.length = 0;
    this.pieces.push({ location, bitSize, bitOffset });
  }

  private simpleLocation(): SimpleLocation {
    if (this.named !== undefined) return this.named;
    const address = this.stack.at(-1);
    return address === undefined ? { kind: 'optimized-out' } : { kind: 'memory', address: objectBits(address) };
  }
}

function readConstant(cursor: ByteCursor, opcode: number): bigint {
  switch (opcode) {
    case 0x08:
      return BigInt(cursor.u8());
    case 0x09:
      return BigInt(cursor.i8());
    case 0x0a:
      return BigInt(cursor.u16());
    case 0x0b:
      return BigInt(cursor.i16());
    case 0x0c:
      return BigInt(cursor.u32());
    case 0x0d:
      return BigInt(cursor.i32());
    case 0x0e:
      return cursor.u64();
    case 0x0f:
      return cursor.i64();
    case 0x10:
      return cursor.uleb128Wide();
    default:
      return cursor.sleb128Wide();
  }
}

/** The bytes of memory or of a constant as an unsigned number. */
export function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let at = bytes.length - 1; at >= 0; at--) value = (value << 8n) | BigInt(bytes[at] ?? 0);
  return value;
}

function need<T>(value: T | undefined, reason: string): T {
  if (value === undefined) throw new UnavailableError(reason);
  return value;
}
