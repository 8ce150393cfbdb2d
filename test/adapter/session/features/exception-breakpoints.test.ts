import assert from 'node:assert/strict';
import { TestSession } from '../debug-session.ts';

describe('exception breakpoints (exceptionBreakpointFilters)', function () {
  this.timeout(180_000);
  let session: TestSession;

  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
  });
  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  it('stop at the traps that their filters name', async () => {
    const { exceptionBreakpointFilters = [] } = session.capabilities;
    assert.ok(exceptionBreakpointFilters.some(({ filter }) => filter === 'faults'));
    await session.client.setExceptionBreakpointsRequest({ filters: ['faults'] });
    const stop = await session.continue();
    assert.deepEqual([stop.reason, stop.name], ['exception', 'trap_vector']);
    for (const { filter } of exceptionBreakpointFilters) {
      await session.client.setExceptionBreakpointsRequest({ filters: [filter] });
    }
    assert.match(await session.refusal('setExceptionBreakpoints', { filters: ['rain'] }), /rain/);
  });
});
