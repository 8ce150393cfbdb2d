import type { DriveConfiguration, Firmware, MachineConfiguration } from '../machine/configuration.ts';
import { PAGE_SIZE } from '../machine/paged-space.ts';
import { JsonReader, JsonShapeError } from './json.ts';

/** `MACH`: the machine's configuration as JSON. */

/** What one recording may claim for the memory of its machine and for each drive. */
const MOST_MEMORY = 16 * 2 ** 30;
const MOST_DRIVE = 2 ** 40;
const MOST_DRIVES = 8;

export function encodeMachine(configuration: MachineConfiguration): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(configuration));
}

/** Throws a JsonShapeError when the text is not exactly a configuration. */
export function decodeMachine(text: string): MachineConfiguration {
  const json = JsonReader.parse(text, 'machine');
  const memory = json.integer('memory', PAGE_SIZE, MOST_MEMORY);
  if (memory % PAGE_SIZE !== 0) throw new JsonShapeError(`machine.memory is not a multiple of ${PAGE_SIZE}`);
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
