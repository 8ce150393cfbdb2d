import assert from 'node:assert/strict';
import { DEMO_SOURCES, TestSession } from '../debug-session.ts';

describe('breakpointLocations (supportsBreakpointLocationsRequest)', function () {
  this.timeout(180_000);
  let session: TestSession;

  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
  });
  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  it('are the lines of a range that have code', async () => {
    const where = { source: { path: `${DEMO_SOURCES}/timer.c` }, line: 30, endLine: 41 };
    const { breakpoints } = (await session.request('breakpointLocations', where)) as {
      breakpoints: { line: number }[];
    };
    const lines = breakpoints.map(({ line }) => line);
    assert.ok(lines.length > 2);
    assert.ok(
      lines.every((line) => line >= 30 && line <= 41),
      lines.join(),
    );
    const set = await session.breakAtLines('timer.c', ...lines);
    assert.deepEqual(
      set.map(({ line }) => line),
      lines,
    );
  });
});
