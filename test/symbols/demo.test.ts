import { DEMO_KERNEL, demoRecording } from '../adapter/session/debug-session.ts';
import { momentsInKernel } from './moments.ts';
import { compareRecordingWithGdb } from './oracle.ts';
import { loadProgram } from './our-stacks.ts';

describe('stacks, variables and types as gdb tells them: the demo kernel', function () {
  this.timeout(600_000);

  it('at 200 random moments', async () => {
    const symbols = { program: loadProgram(DEMO_KERNEL), loadSymbols: [`file ${DEMO_KERNEL}`] };
    const expected = { moments: 200, frames: 500, values: 500 };
    await compareRecordingWithGdb('the demo kernel', await demoRecording(), symbols, momentsInKernel(200), expected);
  });
});
