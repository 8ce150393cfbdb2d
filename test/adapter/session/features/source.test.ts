import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { DEMO_SOURCES, demoRecording, TestSession } from '../debug-session.ts';

describe('source, for files that the client does not have', function () {
  this.timeout(180_000);
  let session: TestSession;

  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
  });
  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  it('is the text of what is here, and a sentence about what is not', async () => {
    const other = await TestSession.start();
    await other.attach({ recording: await demoRecording(), sourceRoots: [] });
    const [frame] = await other.stack(1);
    const sourceReference = frame?.source?.sourceReference;
    assert.ok(sourceReference !== undefined && sourceReference > 0);
    assert.match(await other.refusal('source', { sourceReference }), /is not on this computer.*"sourceRoots"/);
    // The client names its file in a breakpoint: from then on the session knows where it is.
    await other.breakAtLines(frame?.source?.name ?? '', 1);
    const { content } = (await other.request('source', { sourceReference })) as { content: string };
    assert.equal(content, readFileSync(`${DEMO_SOURCES}/${frame?.source?.name ?? ''}`, 'utf8'));
    await other.stop();
    assert.match(await session.refusal('source', { sourceReference: 999 }), /no source with the reference 999/);
  });
});
