import type { Arguments } from '../host/arguments.ts';
import { DEFAULT_MEMORY, type MachineRequest } from '../host/assemble-machine.ts';
import type { CommandOptions } from './command.ts';
import { parseDrive, parseMemory, parseRtc, parseSeed, parseVirtio } from './values.ts';

/** What describes a machine, in every command that starts one. */
export const machineOptions: CommandOptions = {
  kernel: { type: 'string', value: 'FILE', help: 'ELF, Linux Image or raw, gzip too' },
  initrd: { type: 'string', value: 'FILE', help: 'initial RAM disk' },
  append: { type: 'string', value: 'TEXT', help: "the kernel's command line" },
  firmware: {
    type: 'string',
    value: 'WHICH',
    help: "builtin, none, or a FILE such as OpenSBI's fw_dynamic.bin (what the kernel wants)",
  },
  memory: { type: 'string', value: 'SIZE', help: `RAM, as 128M or 1G (${DEFAULT_MEMORY / 2 ** 20}M)` },
  drive: { type: 'string', multiple: true, value: 'FILE[,readonly]', help: 'a disk image, never altered; repeatable' },
  virtio: {
    type: 'string',
    value: 'WHICH',
    help: 'legacy (virtio-mmio version 1, as QEMU has by default) or modern (version 2)',
  },
  dtb: { type: 'string', value: 'FILE', help: 'a device tree in place of the generated one' },
  rtc: { type: 'string', value: 'DATE', help: 'wall clock at power-on, ISO 8601 or now (now)' },
  seed: { type: 'string', value: 'HEX', help: 'of what is random in the machine (drawn)' },
  symbols: { type: 'string', value: 'FILE', help: "ELF with the kernel's symbols, to be kept with the recording" },
};

export function machineRequest(args: Arguments): MachineRequest {
  const { firmware, memory, virtio, rtc, seed } = {
    firmware: args.text('firmware'),
    memory: args.text('memory'),
    virtio: args.text('virtio'),
    rtc: args.text('rtc'),
    seed: args.text('seed'),
  };
  return {
    kernel: args.text('kernel'),
    initrd: args.text('initrd'),
    append: args.text('append'),
    firmware: firmware === undefined || firmware === 'builtin' || firmware === 'none' ? firmware : { path: firmware },
    memory: memory === undefined ? undefined : parseMemory(memory),
    drives: args.texts('drive').map(parseDrive),
    virtio: virtio === undefined ? undefined : parseVirtio(virtio),
    dtb: args.text('dtb'),
    rtc: rtc === undefined ? undefined : parseRtc(rtc),
    seed: seed === undefined ? undefined : parseSeed(seed),
    symbols: args.text('symbols'),
  };
}
