import { CLINT, TIMEBASE_FREQUENCY } from '../../../emulator/machine/memory-map.ts';
import { hexadecimal, type DeviceField, type PeekRegister } from './fields.ts';

/** Registers of the CLINT (RISC-V ACLINT specification, MSWI and MTIMER devices). */
const MSIP = 0x0;
const MTIMECMP = 0x4000;
const MTIME = 0xbff8;
const NEVER = (1n << 64n) - 1n;

export function clintFields(peek: PeekRegister, harts: number): readonly DeviceField[] {
  const double = (offset: number): bigint =>
    BigInt(peek(CLINT.base + offset, 4)) | (BigInt(peek(CLINT.base + offset + 4, 4)) << 32n);
  const time = double(MTIME);
  const fields: DeviceField[] = [{ name: 'mtime', text: `${time} (${secondsText(time)} since power-on)` }];
  for (let hart = 0; hart < harts; hart++) {
    const deadline = double(MTIMECMP + 8 * hart);
    const when = deadline === NEVER ? 'never' : deadline <= time ? 'due' : `due in ${secondsText(deadline - time)}`;
    fields.push(
      { name: `mtimecmp of hart ${hart}`, text: `${hexadecimal(deadline)} (${when})` },
      { name: `msip of hart ${hart}`, text: String(peek(CLINT.base + MSIP + 4 * hart, 4)) },
    );
  }
  return fields;
}

function secondsText(ticks: bigint): string {
  return `${(Number(ticks) / TIMEBASE_FREQUENCY).toFixed(6)} s`;
}
