import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { recordToEnd } from '../peers/recorded-guest.ts';
import { keptProgram, loadedModule, movedProgram, wholeProgram, type BuiltProgram } from './c-program.ts';
import { momentsInKernel } from './moments.ts';
import { compareWithGdb } from './oracle.ts';

type Build = (folder: string, name: string) => BuiltProgram;

/** The ways in which compilers and linkers write debug information of one program in C, and loaders place it. */
const variants: Readonly<Record<string, Build>> = {
  '-O0, DWARF 4': whole('-O0', '-gdwarf-4'),
  '-O0, DWARF 5': whole('-O0', '-gdwarf-5'),
  '-O2, DWARF 4': whole('-O2', '-gdwarf-4'),
  '-O2, DWARF 5': whole('-O2', '-gdwarf-5'),
  '-Og, strict DWARF 5': whole('-Og', '-gdwarf-5', '-gstrict-dwarf'),
  'type units': whole('-O2', '-gdwarf-5', '-fdebug-types-section'),
  'compressed with zlib': whole('-O2', '-gdwarf-5', '-gz=zlib'),
  'compressed with zstd': whole('-O2', '-gdwarf-5', '-Wl,--compress-debug-sections=zstd'),
  'compressed as .zdebug': () => keptProgram('o2-gnu-zdebug'),
  'split, DWARF 4': () => keptProgram('o2-split-4'),
  // gdb 13 cannot read the location lists of split DWARF 5 ("Corrupted DWARF expression"): it is given the same code unsplit.
  'split, DWARF 5': () => keptProgram('o2-split-5', 'o2-whole'),
  'split and packed, DWARF 4': () => keptProgram('o2-package-4'),
  'split and packed, DWARF 5': () => keptProgram('o2-package-5', 'o2-whole'),
  'in a file by build-id': () => keptProgram('o2-build-id'),
  'partly in a file that programs share': () => keptProgram('o2-shared'),
  'clang, DWARF 4': () => keptProgram('o2-clang-4'),
  'clang, DWARF 5': () => keptProgram('o2-clang-5'),
  'linked for another address': (folder, name) => movedProgram(folder, name, ['-O2', '-gdwarf-5'], 0x20_0000n),
  'linked for a lower address, -O0': (folder, name) => movedProgram(folder, name, ['-O0', '-gdwarf-4'], 0x10_0000n),
  'relocatable, as modules are': (folder, name) => loadedModule(folder, name, ['-O2', '-gdwarf-5']),
  'relocatable, -O0, DWARF 4': (folder, name) => loadedModule(folder, name, ['-O0', '-gdwarf-4']),
};

describe('stacks, variables and types as gdb tells them: a program in C', function () {
  this.timeout(120_000);
  let folder: string;

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'retrograde-guests-'));
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  for (const [title, build] of Object.entries(variants)) {
    it(title, async () => {
      const name = title.replace(/\W+/g, '-');
      const { elf, program, loadSymbols } = build(folder, name);
      const timeline = await recordToEnd({ configuration: {}, images: { kernel: readFileSync(elf) } });
      try {
        const subject = { timeline, program, loadSymbols };
        await compareWithGdb(title, subject, momentsInKernel(100), { moments: 100, frames: 200, values: 300 });
      } finally {
        await timeline.close();
      }
    });
  }
});

function whole(...options: readonly string[]): Build {
  return (folder, name) => wholeProgram(folder, name, options);
}
