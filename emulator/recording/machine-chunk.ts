import type { DriveConfiguration, Firmware, MachineConfiguration } from '../machine/configuration.ts';
import { PAGE_SIZE } from '../machine/paged-space.ts';
import { JsonReader, JsonShapeError } from './json.ts';

/** `MACH`: what the machine is, as JSON. */
export interface RecordedMachine {
  readonly configuration: MachineConfiguration;
  /** The physical address at which a write ends the run, if the kernel had a symbol `tohost`. */
  readonly tohost: number | undefined;
}

/** What one recording may claim for the memory of its machine and for each drive. */
const MOST_MEMORY = 16 * 2 ** 30;
const MOST_DRIVE = 2 ** 40;
const MOST_DRIVES = 6;

export function encodeMachine({ configuration, tohost }: RecordedMachine): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ configuration, ...(tohost === undefined ? {} : { tohost }) }));
}

/** Throws a JsonShapeError when the text is not exactly what encodeMachine writes. */
export function decodeMachine(text: string): RecordedMachine {
  const json = JsonReader.parse(text, 'machine');
  const configuration = decodeConfiguration(json.object('configuration'));
  const tohost = json.has('tohost') ? json.integer('tohost', 0, Number.MAX_SAFE_INTEGER) : undefined;
  json.end();
  return { configuration, tohost };
}

function decodeConfiguration(json: JsonReader): MachineConfiguration {
  const memory = json.integer('memory', PAGE_SIZE, MOST_MEMORY);
  if (memory % PAGE_SIZE !== 0) throw new JsonShapeError(`the memory is not a multiple of ${PAGE_SIZE}`);
  json.integer('harts', 1, 1);
  const configuration: MachineConfiguration = {
    memory,
    harts: 1,
    firmware: decodeFirmware(json.object('firmware')),
    append: json.text('append'),
    stepsPerTick: json.integer('stepsPerTick', 1, 1_000_000),
    rtc: json.text('rtc', /^[0-9]{1,20}$/),
    seed: json.text('seed', /^[0-9a-fA-F]{64}$/),
    drives: json.objects('drives', MOST_DRIVES).map(decodeDrive),
    ...(json.has('virtio') ? { virtio: decodeVirtio(json) } : {}),
  };
  json.end();
  return configuration;
}

function decodeFirmware(json: JsonReader): Firmware {
  const kind = json.text('kind', /^(builtin|none|image)$/);
  json.end();
  if (kind === 'builtin' || kind === 'none') return { kind };
  return { kind: 'image' };
}

function decodeVirtio(json: JsonReader): 'legacy' | 'modern' {
  return json.text('virtio', /^(legacy|modern)$/) === 'legacy' ? 'legacy' : 'modern';
}

function decodeDrive(json: JsonReader): DriveConfiguration {
  const drive = {
    name: json.text('name'),
    size: json.integer('size', 512, MOST_DRIVE),
    readOnly: json.boolean('readOnly'),
  };
  json.end();
  if (drive.size % 512 !== 0) throw new JsonShapeError('the size of a drive is not a multiple of 512');
  return drive;
}
