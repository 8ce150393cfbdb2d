import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { record } from '../adapter/session/debug-session.ts';
import { smallLinux } from '../dap/linux-guests.ts';
import { cpioArchive } from '../guests/cpio.ts';
import { userProgram } from './c-program.ts';
import { momentsInProgram } from './moments.ts';
import { compareRecordingWithGdb } from './oracle.ts';

describe('stacks, variables and types as gdb tells them: a program that Linux runs', function () {
  this.timeout(300_000);
  let folder: string;

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'retrograde-user-'));
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  for (const options of [
    ['-O0', '-gdwarf-5'],
    ['-O2', '-gdwarf-4'],
  ] as const) {
    it(`at 200 random moments in user mode, ${options.join(' ')}`, async function () {
      const { machine } = smallLinux(this);
      const name = `user${options.join('')}`;
      const { elf, program, loadSymbols } = userProgram(folder, name, options);
      // The program is all that the kernel finds to run.
      const initrd = path.join(folder, `${name}.cpio`);
      writeFileSync(
        initrd,
        cpioArchive([{ kind: 'file', path: 'init', content: readFileSync(elf), executable: true }]),
      );
      const always = { append: 'console=ttyS0 panic=-1', rtc: '2026-01-01T00:00:00Z', seed: '5e'.repeat(32) };
      const recording = await record({ ...machine, ...always, initrd }, `${name}.retrograde`);
      const moments = momentsInProgram(program.entry ?? 0n, 200);
      const expected = { moments: 200, frames: 400, values: 600 };
      await compareRecordingWithGdb(name, recording, { program, loadSymbols }, moments, expected);
    });
  }
});
