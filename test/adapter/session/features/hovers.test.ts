import assert from 'node:assert/strict';
import { TestSession } from '../debug-session.ts';

describe('evaluation for hovers (supportsEvaluateForHovers)', function () {
  this.timeout(180_000);
  let session: TestSession;

  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
  });
  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  it('shows a variable with its type, and says what there is not', async () => {
    await session.breakAtFunctions('timer_interrupt');
    await session.continue();
    const { body } = await session.client.evaluateRequest({ expression: 'current', context: 'hover' });
    assert.match(body.result, /^0x[0-9a-f]+/);
    assert.match(body.type ?? '', /struct task \*/);
    assert.ok(body.variablesReference > 0);
    // A slash is no command in a hover.
    assert.match(await session.refusal('evaluate', { expression: '/when', context: 'hover' }), /Column 1/);
  });
});
