import type { ConsoleInput, ConsoleOutput, Device, InterruptLine, StateReader, StateWriter } from '../device.ts';
import { UART } from '../memory-map.ts';
import { ByteQueue } from './byte-queue.ts';

/** Register offsets; the first two are the divisor latch while LCR.DLAB is set. */
const RBR_THR = 0;
const IER = 1;
const IIR_FCR = 2;
const LCR = 3;
const MCR = 4;
const LSR = 5;
const MSR = 6;
const SCR = 7;

const IER_RECEIVED = 0x01;
const IER_THR_EMPTY = 0x02;
const IER_LINE_STATUS = 0x04;

const IIR_NONE = 0x01;
const IIR_THR_EMPTY = 0x02;
const IIR_RECEIVED = 0x04;
const IIR_LINE_STATUS = 0x06;
const IIR_CHARACTER_TIMEOUT = 0x0c;
const IIR_FIFO_ENABLED = 0xc0;

const FCR_ENABLE = 0x01;
const FCR_CLEAR_RECEIVER = 0x02;
const FCR_CLEAR_TRANSMITTER = 0x04;
/** The bits that stick: the enable, DMA mode and trigger level. */
const FCR_STORED = 0xc9;
const TRIGGER_LEVELS = [1, 4, 8, 14] as const;

const LCR_DLAB = 0x80;
const MCR_LOOPBACK = 0x10;
const MCR_WRITABLE = 0x1f;

const LSR_DATA_READY = 0x01;
const LSR_OVERRUN = 0x02;
const LSR_THR_EMPTY = 0x20;
const LSR_TRANSMITTER_EMPTY = 0x40;
const LSR_ERRORS = 0x1e;

/** Carrier detect, data set ready and clear to send: somebody is at the other end. */
const MSR_CONNECTED = 0xb0;

const FIFO_SIZE = 16;

export interface UartConnections {
  readonly interrupt: InterruptLine;
  readonly output: ConsoleOutput;
}

/**
 * 16550A UART (National Semiconductor PC16550D data sheet), byte-wide registers.
 *
 * The line has no baud rate: a byte is sent the moment it is written, and a byte received waits on the line, in a queue
 * without bound that is part of the state, until the receiver has room. A received byte below the FIFO's trigger level
 * raises the character timeout at once rather than after four character times: guest time must not depend on it.
 */
export class Ns16550a implements Device, ConsoleInput {
  readonly name = 'uart0';
  readonly region = UART;
  readonly #interrupt: InterruptLine;
  readonly #output: ConsoleOutput;
  /** What has arrived and not yet entered the FIFO. */
  readonly #line = new ByteQueue();
  readonly #fifo = new ByteQueue();
  #ier = 0;
  #fcr = 0;
  #lcr = 0;
  #mcr = 0;
  #lineErrors = 0;
  #scr = 0;
  #divisor = 0;
  /** THR became empty, and the interrupt that says so was not yet seen in IIR. */
  #thrEmptyPending = false;
  #lastByteRead = 0;

  constructor(connections: UartConnections) {
    this.#interrupt = connections.interrupt;
    this.#output = connections.output;
    this.reset();
  }

  get waiting(): number {
    return this.#fifo.length + this.#line.length;
  }

  receive(bytes: Uint8Array): void {
    this.#line.push(bytes);
    this.#fill();
    this.#update();
  }

  /** Sends bytes as if the guest had written them to THR; the built-in SBI's console does. */
  transmit(bytes: Uint8Array): void {
    this.#output.write(bytes);
  }

  /** Takes up to `length` received bytes past the guest's driver; the built-in SBI's console does. */
  takeReceived(length: number): Uint8Array {
    const fromFifo = this.#fifo.take(length);
    const fromLine = this.#line.take(length - fromFifo.length);
    this.#fill();
    this.#update();
    const taken = new Uint8Array(fromFifo.length + fromLine.length);
    taken.set(fromFifo);
    taken.set(fromLine, fromFifo.length);
    return taken;
  }

  read(offset: number): number {
    const value = this.peek(offset);
    switch (offset) {
      case RBR_THR:
        if (!this.#divisorLatched()) {
          this.#fifo.shift();
          this.#lastByteRead = value;
          this.#fill();
        }
        break;
      case IIR_FCR:
        if ((value & 0x0f) === IIR_THR_EMPTY) this.#thrEmptyPending = false;
        break;
      case LSR:
        this.#lineErrors = 0;
        break;
      default:
        return value;
    }
    this.#update();
    return value;
  }

  peek(offset: number): number {
    switch (offset) {
      case RBR_THR:
        return this.#divisorLatched() ? this.#divisor & 0xff : (this.#fifo.peek() ?? this.#lastByteRead);
      case IER:
        return this.#divisorLatched() ? this.#divisor >> 8 : this.#ier;
      case IIR_FCR:
        return this.#identification() | (this.#fifoEnabled() ? IIR_FIFO_ENABLED : 0);
      case LCR:
        return this.#lcr;
      case MCR:
        return this.#mcr;
      case LSR:
        return LSR_THR_EMPTY | LSR_TRANSMITTER_EMPTY | this.#lineErrors | (this.#fifo.length > 0 ? LSR_DATA_READY : 0);
      case MSR:
        return this.#modemInputs();
      case SCR:
        return this.#scr;
      default:
        return 0;
    }
  }

  write(offset: number, _width: 1 | 2 | 4, value: number): void {
    const byte = value & 0xff;
    switch (offset) {
      case RBR_THR:
        if (this.#divisorLatched()) this.#divisor = (this.#divisor & 0xff00) | byte;
        else this.#send(byte);
        break;
      case IER:
        if (this.#divisorLatched()) this.#divisor = (this.#divisor & 0xff) | (byte << 8);
        else this.#writeIer(byte);
        break;
      case IIR_FCR:
        this.#writeFcr(byte);
        break;
      case LCR:
        this.#lcr = byte;
        break;
      case MCR:
        this.#writeMcr(byte);
        break;
      case SCR:
        this.#scr = byte;
        break;
      default:
        return; // LSR and MSR are read-only.
    }
    this.#update();
  }

  reset(): void {
    this.#line.clear();
    this.#fifo.clear();
    this.#ier = 0;
    this.#fcr = 0;
    this.#lcr = 0;
    this.#mcr = 0x08;
    this.#lineErrors = 0;
    this.#scr = 0;
    this.#divisor = 0x0c;
    this.#thrEmptyPending = false;
    this.#lastByteRead = 0;
    this.#update();
  }

  save(writer: StateWriter): void {
    this.#line.save(writer);
    this.#fifo.save(writer);
    writer.u8(this.#ier);
    writer.u8(this.#fcr);
    writer.u8(this.#lcr);
    writer.u8(this.#mcr);
    writer.u8(this.#lineErrors);
    writer.u8(this.#scr);
    writer.u32(this.#divisor);
    writer.boolean(this.#thrEmptyPending);
    writer.u8(this.#lastByteRead);
  }

  restore(reader: StateReader): void {
    this.#line.restore(reader);
    this.#fifo.restore(reader);
    this.#ier = reader.u8();
    this.#fcr = reader.u8();
    this.#lcr = reader.u8();
    this.#mcr = reader.u8();
    this.#lineErrors = reader.u8();
    this.#scr = reader.u8();
    this.#divisor = reader.u32();
    this.#thrEmptyPending = reader.boolean();
    this.#lastByteRead = reader.u8();
  }

  #divisorLatched(): boolean {
    return (this.#lcr & LCR_DLAB) !== 0;
  }

  #fifoEnabled(): boolean {
    return (this.#fcr & FCR_ENABLE) !== 0;
  }

  #capacity(): number {
    return this.#fifoEnabled() ? FIFO_SIZE : 1;
  }

  #looped(): boolean {
    return (this.#mcr & MCR_LOOPBACK) !== 0;
  }

  /** Lets bytes of the line into the receiver while there is room; in loopback the line is cut off. */
  #fill(): void {
    if (this.#looped()) return;
    const room = this.#capacity() - this.#fifo.length;
    if (room > 0 && this.#line.length > 0) this.#fifo.push(this.#line.take(room));
  }

  #send(byte: number): void {
    if (!this.#looped()) {
      this.#output.write(Uint8Array.of(byte));
    } else if (this.#fifo.length < this.#capacity()) {
      this.#fifo.push(Uint8Array.of(byte));
    } else {
      this.#lineErrors |= LSR_OVERRUN;
    }
    this.#thrEmptyPending = true;
  }

  #writeIer(byte: number): void {
    const enabled = byte & 0x0f;
    const thrEmptyEnabled = (enabled & ~this.#ier & IER_THR_EMPTY) !== 0;
    this.#ier = enabled;
    // THR is always empty here, so enabling the interrupt raises it (data sheet, section 8.6.1).
    if (thrEmptyEnabled) this.#thrEmptyPending = true;
  }

  #writeFcr(byte: number): void {
    // Switching the FIFOs on or off empties them.
    const switched = ((byte ^ this.#fcr) & FCR_ENABLE) !== 0;
    if (switched || (byte & FCR_CLEAR_RECEIVER) !== 0) this.#fifo.clear();
    if (switched || (byte & FCR_CLEAR_TRANSMITTER) !== 0) this.#thrEmptyPending = true;
    this.#fcr = (byte & FCR_ENABLE) === 0 ? 0 : byte & FCR_STORED;
    this.#fill();
  }

  #writeMcr(byte: number): void {
    this.#mcr = byte & MCR_WRITABLE;
    this.#fill();
  }

  /**
   * MSR bits 7 to 4: DCD, RI, DSR, CTS; in loopback they are OUT2, OUT1, DTR and RTS. The bits that say what changed stay
   * clear, as in QEMU: the line's state never changes, and looping is not counted.
   */
  #modemInputs(): number {
    if (!this.#looped()) return MSR_CONNECTED;
    const mcr = this.#mcr;
    return ((mcr & 0x0c) << 4) | ((mcr & 0x02) << 3) | ((mcr & 0x01) << 5);
  }

  /** The interrupt of the highest priority that is enabled and pending, as IIR encodes it. */
  #identification(): number {
    if ((this.#ier & IER_LINE_STATUS) !== 0 && (this.#lineErrors & LSR_ERRORS) !== 0) return IIR_LINE_STATUS;
    if ((this.#ier & IER_RECEIVED) !== 0 && this.#fifo.length > 0) {
      const trigger = this.#fifoEnabled() ? (TRIGGER_LEVELS[this.#fcr >> 6] ?? 1) : 1;
      return this.#fifo.length >= trigger ? IIR_RECEIVED : IIR_CHARACTER_TIMEOUT;
    }
    if ((this.#ier & IER_THR_EMPTY) !== 0 && this.#thrEmptyPending) return IIR_THR_EMPTY;
    return IIR_NONE;
  }

  #update(): void {
    this.#interrupt.set(this.#identification() !== IIR_NONE);
  }
}
