import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { record } from '../adapter/session/debug-session.ts';
import { fixturePath } from '../adapter/symbols/fixtures.ts';
import { compareWithGdb } from './oracle.ts';
import { loadProgram } from './our-stacks.ts';

/** The ways in which a compiler and a linker write debug information of one program in C. */
const variants = [
  { name: 'o0-dwarf4', options: ['-O0', '-gdwarf-4'] },
  { name: 'o0-dwarf5', options: ['-O0', '-gdwarf-5'] },
  { name: 'o2-dwarf4', options: ['-O2', '-gdwarf-4'] },
  { name: 'o2-dwarf5', options: ['-O2', '-gdwarf-5'] },
  { name: 'og-dwarf5-strict', options: ['-Og', '-gdwarf-5', '-gstrict-dwarf'] },
  { name: 'o2-type-units', options: ['-O2', '-gdwarf-5', '-fdebug-types-section'] },
  { name: 'o2-zlib', options: ['-O2', '-gdwarf-5', '-gz=zlib'] },
  { name: 'o2-zstd', options: ['-O2', '-gdwarf-5', '-Wl,--compress-debug-sections=zstd'] },
] as const;

const machine = { firmware: 'none', memory: '16M', rtc: '2026-01-01T00:00:00Z', seed: '0'.repeat(64) };
const sources = path.dirname(fixturePath('o0-dwarf5.elf'));

describe('stacks, variables and types as gdb tells them: a program in C', function () {
  this.timeout(120_000);
  let folder: string;

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'retrograde-guests-'));
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  for (const { name, options } of variants) {
    it(options.join(' '), async () => {
      const elf = compile(path.join(folder, `${name}.elf`), options);
      const recording = await record({ ...machine, kernel: elf }, `${name}.retrograde`);
      const subject = { recording, program: loadProgram(elf), loadSymbols: [`file ${elf}`] };
      await compareWithGdb(name, subject, { moments: 100 }, { frames: 200, values: 300 });
    });
  }
});

function compile(elf: string, options: readonly string[]): string {
  const flags = [
    '-march=rv64gc',
    '-mabi=lp64d',
    '-mcmodel=medany',
    '-ffreestanding',
    '-nostdlib',
    '-static',
    '-no-pie',
  ];
  const files = ['start.S', 'main.c', 'other.c', 'types.c'];
  const link = '-Wl,-T,link.ld,--build-id=sha1,--no-warn-rwx-segments';
  const args = [...flags, '-fno-stack-protector', link, ...options, '-o', elf, ...files];
  execFileSync('riscv64-linux-gnu-gcc', args, { cwd: sources, stdio: ['ignore', 'ignore', 'inherit'] });
  return elf;
}
