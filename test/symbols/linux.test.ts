import { recordedLinux, smallLinux } from '../dap/linux-guests.ts';
import { compareWithGdb } from './oracle.ts';
import { loadProgram } from './our-stacks.ts';

describe('stacks, variables and types as gdb tells them: the small Linux', function () {
  this.timeout(600_000);

  it('at 200 random moments of its boot', async function () {
    const { recording, symbols } = await recordedLinux(smallLinux(this));
    const subject = { recording, program: loadProgram(symbols), loadSymbols: [`file ${symbols}`] };
    await compareWithGdb('the small Linux', subject, { moments: 200 }, { frames: 2_000, values: 5_000 });
  });
});
