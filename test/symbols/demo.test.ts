import { DEMO_KERNEL, demoRecording } from '../adapter/session/debug-session.ts';
import { compareWithGdb } from './oracle.ts';
import { loadProgram } from './our-stacks.ts';

describe('stacks, variables and types as gdb tells them: the demo kernel', function () {
  this.timeout(600_000);

  it('at 200 random moments', async () => {
    const recording = await demoRecording();
    const subject = { recording, program: loadProgram(DEMO_KERNEL), loadSymbols: [`file ${DEMO_KERNEL}`] };
    await compareWithGdb('the demo kernel', subject, { moments: 200 }, { frames: 500, values: 500 });
  });
});
