import assert from 'node:assert/strict';
import { TestSession } from '../debug-session.ts';

describe('values for the clipboard (supportsClipboardContext)', function () {
  this.timeout(180_000);
  let session: TestSession;

  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
  });
  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  it('are given whole, where others are cut short for the eye', async () => {
    await session.travel('end');
    const expression = 'samples[0..512]';
    const shown = (await session.client.evaluateRequest({ expression, context: 'watch' })).body.result;
    const copied = (await session.client.evaluateRequest({ expression, context: 'clipboard' })).body.result;
    assert.match(shown, /\.\.\.\}?(\.\.\.)?$/);
    assert.equal(copied.split(',').length, 512);
    assert.ok(!copied.includes('...'), copied.slice(0, 100));
  });
});
