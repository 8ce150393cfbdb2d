import { csrByName } from '../../../emulator/riscv/csr.ts';
import type { Debuggee } from '../debuggee.ts';
import { RequestFailure } from '../failure.ts';
import { floatRegisterNumber, registerNumber } from '../registers.ts';
import type { ViewFrame } from '../stopped-view.ts';
import type { Environment } from './evaluate.ts';

/** Names as a frame sees them: registers as its caller left them, symbols of the program, memory of its hart. */
export function environmentOf(debuggee: Debuggee, { hart, depth, frame }: ViewFrame): Environment {
  const { program, timeline } = debuggee;
  const view = timeline.harts[hart];
  return {
    register: (name) => {
      if (name === 'pc') return frame.pc;
      const integer = registerNumber(name);
      if (integer !== undefined) {
        const value = frame.register(integer);
        if (value === undefined) throw new RequestFailure(`The value of ${name} in frame ${depth} is not known.`);
        return value;
      }
      const float = floatRegisterNumber(name);
      if (float !== undefined) return view?.readF(float);
      const csr = csrByName(name);
      return csr === undefined ? undefined : view?.readCsr(csr.number);
    },
    symbol: (name) => program.symbolNamed(name),
    isFunction: (symbol) => program.functionAt(symbol.address)?.entry === symbol.address,
    load: (address, width) => {
      const { bytes } = timeline.readVirtual(hart, address, width);
      return bytes.length < width ? undefined : littleEndian(bytes);
    },
  };
}

export function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
