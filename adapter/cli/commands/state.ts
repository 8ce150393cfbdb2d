import type { HartView } from '../../../emulator/machine/machine.ts';
import type { Timeline } from '../../../emulator/replay/timeline.ts';
import { csrs } from '../../../emulator/riscv/csr.ts';
import { floatRegisterNames, integerRegisterNames } from '../../../emulator/riscv/registers.ts';
import { UsageError } from '../../host/arguments.ts';
import { openTimeline } from '../../host/recording-files.ts';
import { printOut } from '../../host/terminal.ts';
import type { Command } from '../command.ts';
import { recordingOf } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { openForReplay } from '../opened.ts';
import { standAt } from '../stand-at.ts';

export const stateCommand: Command = {
  name: 'state',
  usage: 'FILE --at N',
  summary: 'Print the registers, CSRs and digest at a counter.',
  details:
    'Exit code: 0, 1 when the replay diverges on the way, 2 when the file cannot be read. A counter beyond the\n' +
    'end is an error.',
  options: {
    at: { type: 'string', value: 'N', help: 'the counter, or `end`' },
    json: { type: 'boolean', help: 'print it as JSON, registers as hexadecimal' },
  },
  readsRecording: true,
  async run(args) {
    const path = recordingOf(args);
    const at = args.text('at');
    if (at === undefined) throw new UsageError('Name the counter with --at N.');
    const timeline = await openTimeline(await openForReplay(path));
    const standing = await standAt(timeline, path, at);
    if (standing.kind === 'not-there') return standing.exitCode;
    const state = stateOf(timeline);
    printOut(args.flag('json') ? `${JSON.stringify(state)}\n` : asText(state));
    await timeline.close();
    return EXIT.success;
  },
};

type Registers = readonly (readonly [name: string, value: string])[];

interface HartState {
  readonly hart: number;
  readonly privilege: string;
  readonly waiting: boolean;
  readonly pc: string;
  readonly registers: Readonly<Record<string, string>>;
  readonly floats: Readonly<Record<string, string>>;
  readonly csrs: Readonly<Record<string, string>>;
}

interface State {
  readonly counter: number;
  readonly digest: string;
  readonly harts: readonly HartState[];
}

function stateOf(timeline: Timeline): State {
  return { counter: timeline.counter, digest: timeline.digest(), harts: timeline.harts.map(hartState) };
}

function hartState(hart: HartView): HartState {
  const readable: [string, string][] = [];
  for (const { name, number } of csrs) {
    const value = hart.readCsr(number);
    if (value !== undefined) readable.push([name, hex(value)]);
  }
  return {
    hart: hart.index,
    privilege: hart.privilege,
    waiting: hart.waiting,
    pc: hex(hart.pc),
    registers: named(integerRegisterNames, (register) => hart.readX(register)),
    floats: named(floatRegisterNames, (register) => hart.readF(register)),
    csrs: Object.fromEntries(readable),
  };
}

function named(names: readonly string[], read: (register: number) => bigint): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name, register) => [name, hex(read(register))]));
}

function asText(state: State): string {
  const lines = [`counter ${state.counter}`, `digest  ${state.digest}`];
  for (const hart of state.harts) {
    lines.push('', `hart ${hart.hart}, ${hart.privilege}-mode${hart.waiting ? ', waiting' : ''}`);
    lines.push(...columns([['pc', hart.pc], ...Object.entries(hart.registers)]));
    lines.push('', ...columns(Object.entries(hart.floats)), '', ...columns(Object.entries(hart.csrs)));
  }
  return `${lines.join('\n')}\n`;
}

const COLUMNS = 3;

function columns(registers: Registers): string[] {
  const lines: string[] = [];
  for (let at = 0; at < registers.length; at += COLUMNS) {
    const row = registers.slice(at, at + COLUMNS).map(([name, value]) => `${name.padEnd(14)} ${value}`);
    lines.push(row.join('   '));
  }
  return lines;
}

function hex(value: bigint): string {
  return `0x${BigInt.asUintN(64, value).toString(16).padStart(16, '0')}`;
}
