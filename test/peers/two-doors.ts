import assert from 'node:assert/strict';
import path from 'node:path';
import { TestSession, type Stop } from '../adapter/session/debug-session.ts';
import { runGdbAt, type Transcript } from './gdb.ts';
import { serveRecording } from './retrograde.ts';

/** A recording, and the ELF file with the symbols of what runs in it. */
export interface Recorded {
  readonly recording: string;
  readonly symbols: string;
}

/** Where a debugger stands. */
export interface Place {
  readonly counter: number;
  readonly pc: bigint;
  /** `function file:line` of the innermost frame; empty where there are no lines. */
  readonly line: string;
}

/** One thing that a person asks for, in the words of either debugger. */
export interface Command {
  readonly gdb: readonly string[];
  readonly dap: (session: TestSession) => Promise<unknown>;
  /** The machine moves: there is a place to compare afterwards. */
  readonly moves: boolean;
}

/** Where each debugger stood after a command that moves. */
export interface Stops {
  readonly command: string;
  readonly gdb: Place;
  readonly dap: Place;
}

/**
 * Opens a recording at its start twice, in gdb-multiarch through `retrograde gdb` and in a DAP client through the debug
 * adapter, each served by a process of its own, and gives both the same commands.
 */
export async function throughBothDoors(recorded: Recorded, commands: readonly Command[]): Promise<Stops[]> {
  const gdb = await throughGdb(recorded, commands);
  const dap = await throughDap(recorded, commands);
  return commands
    .filter(({ moves }) => moves)
    .map((command, index) => {
      const [there, here] = [gdb[index], dap[index]];
      assert.ok(there !== undefined && here !== undefined, 'a stop for every motion');
      return { command: command.gdb.join('; '), gdb: there, dap: here };
    });
}

const WHERE = ['monitor when', 'print/x $pc', 'frame'] as const;

export async function throughGdb({ recording, symbols }: Recorded, commands: readonly Command[]): Promise<Place[]> {
  const server = await serveRecording(recording);
  try {
    const lines = commands.flatMap(({ gdb, moves }) => (moves ? [...gdb, ...WHERE] : gdb));
    return placesIn(await runGdbAt(server.port, symbols, lines));
  } finally {
    await server.stop();
  }
}

function placesIn(transcript: Transcript): Place[] {
  return transcript.flatMap(({ command, output }, index) => {
    if (command !== WHERE[0]) return [];
    const counter = /^step (\d+) of \d+$/m.exec(output)?.[1];
    const pc = /0x[0-9a-f]+/.exec(transcript[index + 1]?.output ?? '')?.[0];
    assert.ok(counter !== undefined && pc !== undefined, output);
    const frame = transcript[index + 2]?.output ?? '';
    const [, name, file = '', line] = /^#0 +(?:0x[0-9a-f]+ in )?(\S+) \(.*\) at (\S+):(\d+)/m.exec(frame) ?? [];
    const known = name !== undefined && line !== undefined;
    return [{ counter: Number(counter), pc: BigInt(pc), line: known ? `${name} ${path.basename(file)}:${line}` : '' }];
  });
}

export async function throughDap({ recording, symbols }: Recorded, commands: readonly Command[]): Promise<Place[]> {
  const session = await TestSession.start();
  try {
    await session.attach({ recording, symbols, at: 'start' });
    const places: Place[] = [];
    for (const { dap, moves } of commands) {
      await dap(session);
      if (moves) places.push(await placeOf(session));
    }
    return places;
  } finally {
    await session.stop();
  }
}

async function placeOf(session: TestSession): Promise<Place> {
  const { counter } = await session.status();
  const [frame] = await session.stack(1);
  assert.ok(frame);
  // Code under no symbol is named by its address, and by gdb not at all.
  const name = frame.name.startsWith('0x') ? '??' : frame.name;
  return {
    counter,
    pc: BigInt(frame.instructionPointerReference ?? '0'),
    line: frame.line === 0 ? '' : `${name} ${path.basename(frame.source?.path ?? '')}:${frame.line}`,
  };
}

const motion = (gdb: string, dap: (session: TestSession) => Promise<Stop>): Command => ({
  gdb: [gdb],
  dap,
  moves: true,
});

export const resume = motion('continue', (session) => session.continue());
export const reverseContinue = motion('reverse-continue', (session) => session.reverseContinue());
export const stepi = motion('stepi', (session) => session.stepIn('instruction'));
export const reverseStepi = motion('reverse-stepi', (session) => session.stepBack('instruction'));
export const nexti = motion('nexti', (session) => session.next('instruction'));
export const reverseNexti = motion('reverse-nexti', (session) =>
  session.arrive(() => session.request('retrograde/reverseNext', { threadId: 1, granularity: 'instruction' })),
);
export const step = motion('step', (session) => session.stepIn());
export const next = motion('next', (session) => session.next());
export const finish = motion('finish', (session) => session.stepOut());
export const reverseStep = motion('reverse-step', (session) => session.reverseStepIn());
export const reverseNext = motion('reverse-next', (session) => session.stepBack());
export const reverseFinish = motion('reverse-finish', (session) => session.reverseStepOut());

export const times = (count: number, command: Command): readonly Command[] =>
  Array.from({ length: count }, () => command);

/**
 * Breakpoints at functions, in place of all that there were. In Debian's kernel the ELF symbol lies NOPs before the function
 * that DWARF knows, and gdb 13 breaks at both; the address of the function is taken there (`*name`).
 */
export function breakAt(...names: readonly string[]): Command {
  return {
    gdb: ['delete', ...names.map((name) => `break ${name}`)],
    dap: async (session) => {
      await session.client.setDataBreakpointsRequest({ breakpoints: [] });
      await session.breakAtFunctions(...names.map((name) => name.replace(/^\*/, '')));
    },
    moves: false,
  };
}

/** A watchpoint on writes to a variable, in place of all that there were. */
export function watch(name: string): Command {
  return {
    gdb: ['delete', `watch -l ${name}`],
    dap: async (session) => {
      await session.breakAtFunctions();
      const { dataId } = (await session.request('dataBreakpointInfo', { name })) as { dataId: string };
      await session.client.setDataBreakpointsRequest({ breakpoints: [{ dataId, accessType: 'write' }] });
    },
    moves: false,
  };
}

/** Travels to a moment. */
export function travel(counter: number): Command {
  return {
    gdb: [`monitor goto ${counter}`, 'maintenance flush register-cache'],
    dap: (session) => session.travel(counter),
    moves: true,
  };
}
