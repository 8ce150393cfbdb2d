import { recordedLinux, smallLinux } from '../dap/linux-guests.ts';
import { momentsInKernel } from './moments.ts';
import { compareRecordingWithGdb } from './oracle.ts';
import { loadProgram } from './our-stacks.ts';

describe('stacks, variables and types as gdb tells them: the small Linux', function () {
  this.timeout(600_000);

  it('at 200 random moments of its boot', async function () {
    const { recording, symbols: file } = await recordedLinux(smallLinux(this));
    const symbols = { program: loadProgram(file), loadSymbols: [`file ${file}`] };
    const expected = { moments: 200, frames: 2_000, values: 5_000 };
    await compareRecordingWithGdb('the small Linux', recording, symbols, momentsInKernel(200), expected);
  });
});
