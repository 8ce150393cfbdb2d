import { debianLinux, recordedLinux } from '../../dap/linux-guests.ts';
import { compareWithGdb } from '../oracle.ts';
import { loadProgram } from '../our-stacks.ts';

describe("stacks, variables and types as gdb tells them: Debian's Linux", function () {
  this.timeout(1_800_000);

  for (const seed of [1, 2]) {
    it(`at 200 random moments of its boot, seed ${seed}`, async function () {
      const { recording, symbols } = await recordedLinux(debianLinux(this));
      const subject = { recording, program: loadProgram(symbols), loadSymbols: [`file ${symbols}`] };
      await compareWithGdb("Debian's Linux", subject, { moments: 200, seed }, { frames: 2_000, values: 5_000 });
    });
  }
});
