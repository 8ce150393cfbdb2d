import path from 'node:path';
import { DEMO_MACHINE, DEMO_SOURCES, demoRecording, temporaryFolder, TestSession } from '../debug-session.ts';
import { Transcript } from './transcript.ts';

describe('whole sessions, as they were when somebody read them last', function () {
  this.timeout(300_000);

  it('records the crash, runs back to its cause, and steps around in it', async () => {
    const session = await TestSession.start();
    const transcript = Transcript.of(session);
    const launch = {
      ...DEMO_MACHINE,
      recording: path.join(temporaryFolder(), 'crash.retrograde'),
      sourceRoots: [DEMO_SOURCES],
    };
    await session.arrive(async () => {
      const initialized = session.client.waitForEvent('initialized');
      await session.request('launch', launch);
      await initialized;
      await session.breakAtLines('panic.c', 24);
      await session.client.configurationDoneRequest();
    });
    await session.stack();
    await session.client.threadsRequest();
    await session.evaluate('why', 'watch');
    await session.scopeNamed('Arguments');
    await session.client.setExceptionBreakpointsRequest({ filters: ['faults'] });
    await session.reverseContinue();
    await session.stepBack('instruction');
    await session.next('instruction');
    await session.reverseStepOut().catch(() => undefined);
    await session.evaluate('/when');
    await session.travel('start');
    await session.reverseContinue();
    await session.leave();
    transcript.assertGolden('crash');
  });

  it('asks who last wrote what, and goes there', async () => {
    const session = await TestSession.start();
    const transcript = Transcript.of(session);
    await session.attach({ recording: await demoRecording(), at: 1_000_000, sourceRoots: [DEMO_SOURCES] });
    await session.request('retrograde/lastWrite', { name: 'ticks' });
    await session.request('retrograde/valueHistory', { name: 'ticks', to: 1_000_000, most: 4 });
    await session.request('retrograde/calls', { function: 'timer_interrupt', to: 1_000_000, most: 3 });
    await session.evaluate('/last-write ticks');
    await session.evaluate('no_such_name', 'watch').catch(() => undefined);
    await session.request('retrograde/consoleMoment', { offset: 0 });
    await session.leave();
    transcript.assertGolden('questions');
  });

  it('changes a variable, sees what becomes of it, and returns to history', async () => {
    const session = await TestSession.start({ supportsInvalidatedEvent: true, supportsMemoryEvent: true });
    const transcript = Transcript.of(session);
    await session.attach({ recording: await demoRecording(), at: 20_000_000, sourceRoots: [DEMO_SOURCES] });
    await session.arrive(() => session.request('setExpression', { expression: 'ticks', value: '5' }));
    await session.evaluate('ticks', 'watch');
    await session.breakAtFunctions('timer_interrupt');
    await session.continue();
    await session.evaluate('ticks', 'watch');
    await session.arrive(() => session.request('retrograde/discardBranch'));
    await session.evaluate('ticks', 'watch');
    await session.leave();
    transcript.assertGolden('branch');
  });
});
