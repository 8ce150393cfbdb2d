import {
  PLIC,
  PLIC_SOURCES,
  RTC_IRQ,
  UART_IRQ,
  VIRTIO_SLOTS,
  virtioIrq,
} from '../../../emulator/machine/memory-map.ts';
import type { DeviceField, PeekRegister } from './fields.ts';

/** Registers of the PLIC (RISC-V PLIC specification 1.0.0, "Memory Map"). */
const PENDING = 0x1000;
const ENABLE = 0x2000;
const ENABLE_STRIDE = 0x80;
const CONTEXT = 0x20_0000;
const CONTEXT_STRIDE = 0x1000;

/** Contexts of a hart, in the order of the device tree. */
const CONTEXT_NAMES = ['hart 0, machine', 'hart 0, supervisor'];

/** The sources that have a priority or are pending, and what each context sees of them. */
export function plicFields(peek: PeekRegister): readonly DeviceField[] {
  const word = (offset: number): number => peek(PLIC.base + offset, 4);
  const bit = (base: number, source: number): boolean => ((word(base + 4 * (source >> 5)) >> (source & 31)) & 1) !== 0;
  const sources: DeviceField[] = [];
  for (let source = 1; source < PLIC_SOURCES; source++) {
    const priority = word(4 * source);
    const pending = bit(PENDING, source);
    if (priority === 0 && !pending) continue;
    const text = `priority ${priority}${pending ? ', pending' : ''}`;
    sources.push({ name: `${source} (${sourceName(source)})`, text });
  }
  const contexts = CONTEXT_NAMES.map((name, index): DeviceField => {
    const enabled: number[] = [];
    for (let source = 1; source < PLIC_SOURCES; source++) {
      if (bit(ENABLE + index * ENABLE_STRIDE, source)) enabled.push(source);
    }
    const threshold = word(CONTEXT + index * CONTEXT_STRIDE);
    const claim = word(CONTEXT + index * CONTEXT_STRIDE + 4);
    const best = claim === 0 ? 'nothing to claim' : `would claim ${claim} (${sourceName(claim)})`;
    return { name, text: `enabled: ${enabled.join(', ') || 'none'}; threshold ${threshold}; ${best}` };
  });
  return [...contexts, ...sources];
}

function sourceName(source: number): string {
  if (source === UART_IRQ) return 'uart0';
  if (source === RTC_IRQ) return 'rtc';
  for (let slot = 0; slot < VIRTIO_SLOTS; slot++) if (virtioIrq(slot) === source) return `virtio slot ${slot}`;
  return 'no device';
}
