import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildRust, requireRust } from '../guests/rust.ts';
import { recordToEnd } from '../peers/recorded-guest.ts';
import { momentsInKernel } from './moments.ts';
import { compareWithGdb } from './oracle.ts';
import { loadProgram } from './our-stacks.ts';

describe('stacks, variables and types as gdb tells them: a program in Rust', function () {
  this.timeout(300_000);
  let folder: string;

  before(function () {
    requireRust(this);
    folder = mkdtempSync(path.join(tmpdir(), 'retrograde-rust-'));
  });

  after(() => {
    if (folder) rmSync(folder, { recursive: true });
  });

  for (const optimization of [0, 2] as const) {
    for (const dwarf of [4, 5] as const) {
      it(`-O${optimization}, DWARF ${dwarf}`, async () => {
        const elf = path.join(folder, `rust-${optimization}-${dwarf}.elf`);
        buildRust('collections', elf, { optimization, dwarf });
        const timeline = await recordToEnd({ configuration: {}, images: { kernel: readFileSync(elf) } });
        try {
          const subject = { timeline, program: loadProgram(elf), loadSymbols: [`file ${elf}`] };
          const expected = { moments: 200, frames: 400, values: 400 };
          await compareWithGdb(`Rust, -O${optimization}, DWARF ${dwarf}`, subject, momentsInKernel(200), expected);
        } finally {
          await timeline.close();
        }
      });
    }
  }
});
