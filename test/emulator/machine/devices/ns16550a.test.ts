import assert from 'node:assert/strict';
import { Ns16550a } from '../../../../emulator/machine/devices/ns16550a.ts';

const [DATA, IER, IIR, LCR, MCR, LSR, MSR, SCR] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
const FCR = IIR;

function serialPort() {
  const state = { interrupt: false, printed: '' };
  const uart = new Ns16550a({
    interrupt: { set: (level) => (state.interrupt = level) },
    output: { write: (bytes) => (state.printed += Buffer.from(bytes).toString('latin1')) },
  });
  return {
    uart,
    state,
    load: (register: number) => uart.read(register),
    store: (register: number, value: number) => {
      uart.write(register, 1, value);
    },
    type: (text: string) => {
      uart.receive(Buffer.from(text, 'latin1'));
    },
  };
}

describe('the UART', () => {
  it('prints what is written to THR, and is ready at once', () => {
    const { state, store, load } = serialPort();
    for (const character of 'hello') {
      assert.equal(load(LSR), 0x60);
      store(DATA, character.charCodeAt(0));
    }
    assert.equal(state.printed, 'hello');
  });

  it('shows what is typed in RBR, a byte at a time', () => {
    const { type, load } = serialPort();
    assert.equal(load(LSR) & 1, 0);
    type('ab');
    assert.equal(load(LSR) & 1, 1);
    assert.equal(load(DATA), 0x61);
    assert.equal(load(DATA), 0x62);
    assert.equal(load(LSR) & 1, 0);
    assert.equal(load(DATA), 0x62, 'the last byte stays when there is no other');
  });

  it('loses nothing of what is typed faster than it is read', () => {
    const { type, load } = serialPort();
    const text = Array.from({ length: 10_000 }, (_, index) => String.fromCharCode(32 + (index % 90))).join('');
    type(text.slice(0, 5000));
    type(text.slice(5000));
    let read = '';
    while (load(LSR) & 1) read += String.fromCharCode(load(DATA));
    assert.equal(read, text);
  });

  it('interrupts for received data at the trigger level, and for less as a character timeout', () => {
    const { state, type, store, load } = serialPort();
    store(FCR, 0x81); // FIFOs on, trigger at 8 bytes.
    store(IER, 0x01);
    type('1234567');
    assert.equal(state.interrupt, true);
    assert.equal(load(IIR), 0xcc);
    type('8');
    assert.equal(load(IIR), 0xc4);
    load(DATA);
    assert.equal(load(IIR), 0xcc);
    for (let index = 0; index < 7; index++) load(DATA);
    assert.equal(load(IIR), 0xc1);
    assert.equal(state.interrupt, false);
  });

  it('interrupts when THR is empty, until IIR said so or THR is written again', () => {
    const { state, store, load } = serialPort();
    store(IER, 0x02);
    assert.equal(state.interrupt, true, 'THR is empty when the interrupt is enabled');
    assert.equal(load(IIR), 0x02);
    assert.equal(state.interrupt, false);
    assert.equal(load(IIR), 0x01);
    store(DATA, 0x41);
    assert.equal(state.interrupt, true);
    store(IER, 0x00);
    assert.equal(state.interrupt, false);
    store(IER, 0x02);
    assert.equal(load(IIR), 0x02);
  });

  it('puts line status before data, and data before THR', () => {
    const { state, store, load } = serialPort();
    store(MCR, 0x10); // Loopback, with the FIFO off: the second byte overruns the first.
    store(DATA, 0x01);
    store(DATA, 0x02);
    store(IER, 0x0f);
    assert.equal(load(IIR), 0x06);
    assert.equal(load(LSR), 0x63, 'an overrun error');
    assert.equal(load(LSR), 0x61, 'is told once');
    assert.equal(load(IIR), 0x04);
    load(DATA);
    assert.equal(load(IIR), 0x02);
    assert.equal(load(IIR), 0x01);
    assert.equal(state.interrupt, false);
  });

  it('loops modem control back to modem status', () => {
    const { state, store, load } = serialPort();
    assert.equal(load(MSR) & 0xf0, 0xb0);
    for (const [control, status] of [
      [0x11, 0x20],
      [0x12, 0x10],
      [0x14, 0x40],
      [0x18, 0x80],
      [0x1f, 0xf0],
    ] as const) {
      store(MCR, control);
      assert.equal(load(MSR) & 0xf0, status);
    }
    store(DATA, 0x55);
    assert.equal(state.printed, '', 'nothing leaves');
    assert.equal(load(DATA), 0x55);
  });

  it('holds back what is typed while it loops', () => {
    const { type, store, load } = serialPort();
    store(MCR, 0x10);
    type('x');
    assert.equal(load(LSR) & 1, 0);
    store(MCR, 0x00);
    assert.equal(load(DATA), 0x78);
  });

  it('has a divisor latch behind its first two registers, and a scratch register', () => {
    const { state, store, load } = serialPort();
    store(IER, 0x05);
    store(LCR, 0x83);
    store(DATA, 0x34);
    store(IER, 0x12);
    assert.deepEqual([load(DATA), load(IER)], [0x34, 0x12]);
    store(LCR, 0x03);
    assert.equal(load(IER), 0x05);
    assert.equal(load(LCR), 0x03);
    assert.equal(state.printed, '');
    store(SCR, 0xa5);
    assert.equal(load(SCR), 0xa5);
  });

  it('empties the FIFO on request, and takes from the line again', () => {
    const { type, store, load } = serialPort();
    store(FCR, 0x01);
    type('0123456789abcdefgh');
    store(FCR, 0x03);
    assert.equal(String.fromCharCode(load(DATA)), 'g', 'sixteen bytes were in the FIFO, the rest on the line');
  });

  it('gives the SBI what was typed, in order', () => {
    const { uart, type, load } = serialPort();
    type('abcdef');
    assert.equal(Buffer.from(uart.takeReceived(4)).toString(), 'abcd');
    assert.equal(String.fromCharCode(load(DATA)), 'e');
    assert.equal(Buffer.from(uart.takeReceived(100)).toString(), 'f');
    assert.equal(uart.takeReceived(1).length, 0);
  });
});
