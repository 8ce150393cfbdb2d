import { Random } from '../../../random.ts';
import { DEMO_SOURCES, demoRecording } from '../debug-session.ts';
import { InProcessClient } from '../in-process-client.ts';
import { openGuest } from './opened-guest.ts';
import { assertThereAndBack, livelyMoments } from './there-and-back.ts';

/** More with MOTION_CASES=1000, others with MOTION_SEED. */
const OF_EACH = Number(process.env['MOTION_CASES'] ?? 160);
const SEED = Number(process.env['MOTION_SEED'] ?? 5);

describe('Forward, then back', function () {
  this.timeout(600_000);

  it(`returns to the same moment of the demo, in ${5 * OF_EACH} random cases`, async () => {
    const random = new Random(SEED);
    const recording = await demoRecording();
    const debuggee = await openGuest(recording);
    const moments = await livelyMoments(debuggee, 300, random);
    await debuggee.opened.close();
    const client = await InProcessClient.attach({ recording, sourceRoots: [DEMO_SOURCES] });
    await assertThereAndBack(client, moments, OF_EACH, random);
    await client.close();
  });
});
