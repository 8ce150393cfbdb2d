import assert from 'node:assert/strict';
import { TestSession } from '../debug-session.ts';

describe('setExpression (supportsSetExpression)', function () {
  this.timeout(180_000);

  it('changes what an expression names, and refuses what names nothing that can be changed', async () => {
    const session = await TestSession.onDemo({ at: 1_000_000 });
    const stopped = session.client.waitForEvent('stopped');
    const set = (await session.request('setExpression', { expression: 'ticks', value: '12 * 3' })) as { value: string };
    await stopped;
    assert.equal(set.value, '36');
    assert.equal(await session.evaluate('ticks', 'watch'), '36');
    assert.ok((await session.refusal('setExpression', { expression: 'ticks + 1', value: '2' })).length > 0);
    assert.equal(await session.evaluate('ticks', 'watch'), '36');
    await session.stop();
  });
});
