import { debianLinux, recordedLinux } from '../../dap/linux-guests.ts';
import { momentsInKernel } from '../moments.ts';
import { compareRecordingWithGdb } from '../oracle.ts';
import { loadProgram } from '../our-stacks.ts';

describe("stacks, variables and types as gdb tells them: Debian's Linux", function () {
  this.timeout(1_800_000);

  for (const seed of [1, 2]) {
    it(`at 200 random moments of its boot, seed ${seed}`, async function () {
      const { recording, symbols: file } = await recordedLinux(debianLinux(this));
      const symbols = { program: loadProgram(file), loadSymbols: [`file ${file}`] };
      const expected = { moments: 200, frames: 2_000, values: 5_000 };
      await compareRecordingWithGdb("Debian's Linux", recording, symbols, momentsInKernel(200, seed), expected);
    });
  }
});
