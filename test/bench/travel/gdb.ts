import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { qemu, retrograde } from '../contenders.ts';
import type { BenchGuest } from '../guests.ts';
import { time, trackUntilEnd } from '../process.ts';
import { emptyQcow2 } from './empty-qcow2.ts';
import type { GdbTimes } from './figures.ts';

/** gdb with the same script on both: from the end of a bare guest's work, what going back takes. */

export const gdbMotions = [
  'reverse-stepi',
  'reverse-continue to a breakpoint met some times, in the page of the code that runs',
  'reverse-continue to a breakpoint met once, at the start',
] as const;

/** The guest is compute/recursion: `repeat` is entered once, `run` for each repetition. */
const script = (port: number): string => `
set pagination off
set confirm off
set osabi none
set remotetimeout 300
target remote 127.0.0.1:${port}
python
import time
def timed(name, command):
    began = time.time()
    gdb.execute(command)
    print("timed %s: %.1f" % (name, (time.time() - began) * 1000), flush=True)
end
hbreak finish
continue
delete
${'python timed("reverse-stepi", "reverse-stepi")\n'.repeat(5)}
hbreak run
python timed("${gdbMotions[1]}", "reverse-continue")
delete
hbreak repeat
python timed("${gdbMotions[2]}", "reverse-continue")
delete
kill
quit
`;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}

/** Runs the script against a server that is being started; undefined when it does not come to its end in time. */
async function timesOf(server: ChildProcess, port: number, elf: string, folder: string): Promise<GdbTimes | undefined> {
  const file = join(folder, 'travel.gdb');
  writeFileSync(file, script(port));
  const listening = trackUntilEnd(server);
  try {
    // Until it listens.
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const run = await time({
      name: 'gdb',
      command: ['gdb-multiarch', '-nx', '-batch', '-x', file, elf],
      mustPrint: '',
      limit: 300,
    });
    const times = new Map<string, number[]>();
    for (const [, name = '', value] of run.output.matchAll(/^timed (.*): ([\d.]+)$/gm)) {
      times.set(name, [...(times.get(name) ?? []), Number(value)]);
    }
    if (gdbMotions.some((name) => !times.has(name))) {
      process.stderr.write(`gdb did not get through its script:\n${run.output.slice(-400)}\n`);
      return undefined;
    }
    return new Map(
      [...times].map(([name, values]) => [name, values.reduce((sum, value) => sum + value) / values.length]),
    );
  } finally {
    server.kill('SIGKILL');
    await listening;
  }
}

export async function gdbOnRetrograde(recording: string, elf: string, folder: string): Promise<GdbTimes | undefined> {
  const port = await freePort();
  const [program, ...args] = [...retrograde, 'gdb', recording, '--listen', `127.0.0.1:${port}`];
  return timesOf(spawn(program, args, { stdio: 'ignore', detached: true }), port, elf, folder);
}

export async function gdbOnQemu(guest: BenchGuest, elf: string, folder: string): Promise<GdbTimes | undefined> {
  const port = await freePort();
  const disk = join(folder, 'snapshots.qcow2');
  writeFileSync(disk, emptyQcow2(2 ** 20));
  const log = join(folder, 'travel.rr');
  const command = (mode: string): readonly string[] => [
    ...qemu,
    ...['-icount', `shift=0,rr=${mode},rrfile=${log},rrsnapshot=init`],
    ...['-drive', `file=${disk},if=none,id=snapshots`],
    ...guest.qemuOptions,
  ];
  await time({ name: 'QEMU rr=record', command: command('record'), mustPrint: '', limit: 120 });
  const [program, ...args] = [...command('replay'), '-S', '-gdb', `tcp:127.0.0.1:${port}`];
  return timesOf(spawn(program, args, { stdio: 'ignore', detached: true }), port, elf, folder);
}
