import assert from 'node:assert/strict';
import { PlainText } from '../../../../adapter/session/console/plain-text.ts';
import { TestSession } from '../debug-session.ts';

describe('styled output (supportsANSIStyling)', function () {
  this.timeout(60_000);

  it('is promised, and left out for clients that cannot show it', async () => {
    const session = await TestSession.start();
    assert.equal(session.capabilities.supportsANSIStyling, true);
    await session.stop();
  });

  it('is plain without its sequences, wherever they are cut in two', () => {
    const text = 'a\x1b[1;31mred\x1b[0m b\x1b]0;title\x07c\x1b[?25lé\x1b(B\x1bM.';
    for (let cut = 0; cut <= text.length; cut++) {
      const plain = new PlainText();
      assert.equal(plain.of(text.slice(0, cut)) + plain.of(text.slice(cut)), 'ared bcé.', `cut at ${cut}`);
    }
    const stuck = new PlainText();
    assert.equal(stuck.of('\x1b[') + stuck.of('9'.repeat(5000)), `[${'9'.repeat(5000)}`);
  });
});
