import type { Recording } from '../../../emulator/recording/recording.ts';
import { openRecording } from '../../host/recording-files.ts';
import { printOut } from '../../host/terminal.ts';
import { exitText } from '../../session/motion/exit-text.ts';
import type { Command } from '../command.ts';
import { recordingOf } from '../command.ts';
import { EXIT } from '../exit-codes.ts';

/** What chunks of each kind hold, for people. */
const KINDS: Readonly<Record<string, string>> = {
  HEAD: 'header',
  MACH: 'machine',
  FILE: 'kernel and symbols',
  PAGE: 'pages of memory and drives',
  CKPT: 'checkpoints',
  EVNT: 'events',
  CONS: 'console index',
  DGST: 'digests',
  ENDS: 'end',
  MARK: 'bookmarks',
};

export const infoCommand: Command = {
  name: 'info',
  usage: 'FILE',
  summary: 'Say what is in a recording: its machine, length, events, size by kind, and how it ended.',
  details:
    'Nothing is run. Exit code: 0, or 2 when the file cannot be read (an altered one is described as far as it is good).',
  options: { json: { type: 'boolean', help: 'print it as JSON' } },
  readsRecording: true,
  async run(args) {
    const recording = await openRecording(recordingOf(args));
    printOut(args.flag('json') ? `${JSON.stringify(asJson(recording))}\n` : asText(recording));
    await recording.close();
    return recording.damage?.kind === 'corrupt' ? EXIT.unreadable : EXIT.success;
  },
};

function asJson(recording: Recording): unknown {
  return {
    file: recording.name,
    bytes: recording.size,
    format: `${recording.header.major}.${recording.header.minor}`,
    build: recording.header.build,
    machine: recording.machine.configuration,
    counter: recording.lastCounter,
    events: countEvents(recording),
    digests: recording.digests.length,
    checkpoints: recording.checkpoints.map((checkpoint) => checkpoint.state.counter),
    bookmarks: recording.bookmarks,
    files: recording.files
      .filter(({ part }) => part.offset === 0)
      .map(({ part: { role, name, size } }) => ({ role, name, size })),
    sizes: Object.fromEntries([...recording.totals].map(([kind, { chunks, bytes }]) => [kind, { chunks, bytes }])),
    end: recording.end?.reason ?? null,
    damage: recording.damage ?? null,
  };
}

function asText(recording: Recording): string {
  const { configuration } = recording.machine;
  const { build, major, minor } = recording.header;
  const events = countEvents(recording);
  const rows: [string, string][] = [
    ['file', `${recording.name}, ${bytes(recording.size)}`],
    ['recorded by', `${build?.program ?? 'unknown'}, format ${major}.${minor}`],
    ['machine', `virt, 1 hart, ${bytes(configuration.memory)} of RAM, firmware ${configuration.firmware.kind}`],
    ['clock at power-on', new Date(Number(BigInt(configuration.rtc) / 1_000_000n)).toISOString()],
    ['seed', configuration.seed],
  ];
  if (configuration.append !== '') rows.push(['command line', configuration.append]);
  for (const { name, size, readOnly } of configuration.drives) {
    rows.push(['drive', `${name}, ${bytes(size)}${readOnly ? ', read-only' : ''}`]);
  }
  for (const { part } of recording.files) {
    const kept = part.size === 0 ? "no ELF file: it is in the machine's memory only" : bytes(part.size);
    if (part.offset === 0) rows.push([part.role, `${part.name}, ${kept}`]);
  }
  rows.push(
    ['length', `${recording.lastCounter} steps`],
    [
      'events',
      `${events.consoleInput} of console input (${events.consoleInputBytes} bytes), ${events.entropy} of entropy`,
    ],
    ['digests', String(recording.digests.length)],
    ['checkpoints', `${recording.checkpoints.length}`],
  );
  for (const [kind, total] of recording.totals) {
    rows.push([
      `  ${kind}`,
      `${bytes(total.bytes)} in ${total.chunks} chunks: ${KINDS[kind] ?? 'not known to this version'}`,
    ]);
  }
  for (const { name, counter } of recording.bookmarks) rows.push(['bookmark', `${name}, counter ${counter}`]);
  rows.push(['ended', describeEnd(recording)]);
  return rows.map(([name, value]) => `${name.padEnd(18)} ${value}\n`).join('');
}

function describeEnd({ end, damage, lastCounter }: Recording): string {
  if (damage?.kind === 'corrupt') return `damaged at byte ${damage.offset}: ${damage.reason}`;
  if (damage !== undefined) return `cut short at byte ${damage.offset}; good up to counter ${lastCounter}`;
  if (end === undefined) return 'unknown';
  return end.reason.kind === 'guest-exit' ? exitText(end.reason.exit) : `stopped because ${end.reason.why}`;
}

function countEvents({ events }: Recording): { consoleInput: number; consoleInputBytes: number; entropy: number } {
  const counts = { consoleInput: 0, consoleInputBytes: 0, entropy: 0 };
  for (const event of events) {
    if (event.kind === 'entropy') counts.entropy++;
    else {
      counts.consoleInput++;
      counts.consoleInputBytes += event.bytes.length;
    }
  }
  return counts;
}

function bytes(count: number): string {
  for (const [unit, size] of [
    ['GiB', 2 ** 30],
    ['MiB', 2 ** 20],
    ['KiB', 2 ** 10],
  ] as const) {
    if (count >= size) return `${(count / size).toFixed(1)} ${unit}`;
  }
  return `${count} bytes`;
}
