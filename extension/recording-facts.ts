import type { Recording } from '../emulator/recording/recording.ts';
import { formatCounter } from './moment.ts';

/** One line of what a person wants to know of a recording before debugging it. */
export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** The machine, the run and the file, in that order. */
export function recordingFacts(recording: Recording): readonly Fact[] {
  const { machine, header, events, checkpoints, digests } = recording;
  const { configuration } = machine;
  const inputs = events.filter(({ kind }) => kind === 'console-input').length;
  const facts: (Fact | undefined)[] = [
    { name: 'Memory', value: formatBytes(configuration.memory) },
    { name: 'Firmware', value: FIRMWARE[configuration.firmware.kind] },
    configuration.append === '' ? undefined : { name: 'Kernel command line', value: configuration.append },
    ...configuration.drives.map(({ name, size, readOnly }, index) => ({
      name: `Drive ${index}`,
      value: `${name}, ${formatBytes(size)}${readOnly ? ', read-only' : ''}`,
    })),
    { name: 'Clock at power-on', value: formatClock(configuration.rtc) },
    { name: 'Length', value: `${formatCounter(recording.lastCounter)} steps` },
    { name: 'End', value: ending(recording) },
    {
      name: 'Host input',
      value: `${count(events.length, 'event')}, ${formatCounter(inputs)} of them typed on the console`,
    },
    { name: 'Checkpoints', value: formatCounter(checkpoints.length) },
    { name: 'Digests', value: formatCounter(digests.length) },
    { name: 'File size', value: formatBytes(recording.size) },
    header.build && { name: 'Recorded by', value: header.build.program },
  ];
  return facts.filter((fact) => fact !== undefined);
}

const FIRMWARE = {
  builtin: "the machine's own SBI",
  none: 'none: the kernel starts in M-mode',
  image: 'a firmware image',
} as const;

function ending({ end, damage }: Recording): string {
  if (damage?.kind === 'corrupt')
    return `the file is damaged from byte ${formatCounter(damage.offset)} on: ${damage.reason}`;
  if (damage !== undefined) return 'the recorder was stopped before it could close the file; all before is good';
  if (end === undefined) return 'not known';
  if (end.reason.kind === 'stopped') return end.reason.why;
  switch (end.reason.exit.kind) {
    case 'power-off':
      return `the guest powered off with code ${end.reason.exit.code}`;
    case 'tohost':
      return `the guest ended through tohost with code ${end.reason.exit.code}`;
    case 'reset':
      return 'the guest asked for a reset';
  }
}

/** Bytes in the largest binary unit that keeps them exact to a tenth. */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${Number.isInteger(value) ? String(value) : value.toFixed(1)} ${units[unit] ?? ''}`;
}

function count(number: number, noun: string): string {
  return `${formatCounter(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** Nanoseconds since 1970 as UTC; as they are when they exceed what a date can be. */
function formatClock(nanoseconds: string): string {
  const date = new Date(Number(BigInt(nanoseconds) / 1_000_000n));
  return Number.isNaN(date.getTime()) ? `${nanoseconds} ns` : date.toISOString();
}
