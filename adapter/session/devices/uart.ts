import { UART } from '../../../emulator/machine/memory-map.ts';
import { flagged, hexadecimal, type DeviceField, type PeekRegister } from './fields.ts';

/** Registers of the 16550A (PC16550D data sheet, table II), by their offset. */
const DIVISOR_LATCHED = 0x80;

export function uartFields(peek: PeekRegister): readonly DeviceField[] {
  const register = (offset: number): number => peek(UART.base + offset, 1);
  const line = register(3);
  const interrupts = register(2);
  const latched = (line & DIVISOR_LATCHED) !== 0;
  return [
    latched
      ? { name: 'divisor', text: String(register(0) | (register(1) << 8)) }
      : { name: 'RBR', text: `${hexadecimal(register(0))} (what the guest would read next)` },
    ...(latched
      ? []
      : [
          {
            name: 'IER',
            text: flagged(register(1), [
              [1, 'received'],
              [2, 'THR empty'],
              [4, 'line status'],
              [8, 'modem status'],
            ]),
          },
        ]),
    {
      name: 'IIR',
      text: `${hexadecimal(interrupts)} [${(interrupts & 1) !== 0 ? 'no interrupt' : 'interrupt'}${(interrupts & 0xc0) !== 0 ? ', FIFOs on' : ''}]`,
    },
    { name: 'LCR', text: `${hexadecimal(line)} [${5 + (line & 3)} bits${latched ? ', divisor latched' : ''}]` },
    {
      name: 'MCR',
      text: flagged(register(4), [
        [1, 'DTR'],
        [2, 'RTS'],
        [4, 'OUT1'],
        [8, 'OUT2'],
        [16, 'loopback'],
      ]),
    },
    {
      name: 'LSR',
      text: flagged(register(5), [
        [1, 'data ready'],
        [2, 'overrun'],
        [4, 'parity'],
        [8, 'framing'],
        [16, 'break'],
        [32, 'THR empty'],
        [64, 'transmitter empty'],
      ]),
    },
    {
      name: 'MSR',
      text: flagged(register(6), [
        [16, 'CTS'],
        [32, 'DSR'],
        [64, 'RI'],
        [128, 'DCD'],
      ]),
    },
    { name: 'SCR', text: hexadecimal(register(7)) },
  ];
}
