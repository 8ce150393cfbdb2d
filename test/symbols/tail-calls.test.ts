import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Program } from '../../adapter/symbols/program.ts';
import { guestPath } from '../guests/programs.ts';
import { recordToEnd } from '../peers/recorded-guest.ts';
import type { ChooseMoments } from './moments.ts';
import { compareWithGdb } from './oracle.ts';
import { loadProgram } from './our-stacks.ts';

describe('stacks, variables and types as gdb tells them: functions that end by calling others', function () {
  this.timeout(120_000);

  it('at every step of them', async () => {
    const elf = fileURLToPath(guestPath('calls/calls'));
    const program = loadProgram(elf);
    const timeline = await recordToEnd({ configuration: {}, images: { kernel: readFileSync(elf) } });
    try {
      const subject = { timeline, program, loadSymbols: [`file ${elf}`] };
      const expected = { moments: 200, frames: 1000, values: 500, tailCalls: 100 };
      await compareWithGdb('tail calls', subject, everyStepIn(program, 'calls.c'), expected);
    } finally {
      await timeline.close();
    }
  });
});

/** Every moment at which the hart executes code of a source file. */
function everyStepIn(program: Program, file: string): ChooseMoments {
  return async (timeline) => {
    const moments: number[] = [];
    for (await timeline.travelTo(1); timeline.counter < timeline.end - 1; await timeline.step(1)) {
      const pc = timeline.harts[0]?.pc ?? 0n;
      if (program.lineAt(pc)?.path.endsWith(file) === true) moments.push(timeline.counter);
    }
    return moments;
  };
}
